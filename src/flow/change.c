/*
 * change - how another thread has main take other listeners.
 * Thread:  rd_changes_ask and rd_changes_hold are for one that may wait; the others are main's.
 * Owns:    nothing: what is asked for stays the asker's until it is answered with 0.
 */
#include "flow/change.h"

#include "flow/conn.h"

#include <errno.h>

bool rd_change_keeps(const struct rd_change *c, const struct rd_service *service)
{
	size_t i = 0;

	while (i < c->listeners && c->listener[i].service != service)
		i++;
	return i < c->listeners;
}

void rd_changes_init(struct rd_changes *c)
{
	rd_lock_init(&c->lock, RANK_CHANGE);
	rd_cond_init(&c->answered);
}

void rd_changes_fini(struct rd_changes *c)
{
	rd_cond_fini(&c->answered);
	rd_lock_fini(&c->lock);
}

int rd_changes_ask(struct rd_changes *c, struct rd_change *change, int wake_fd)
{
	int error = ESHUTDOWN;

	rd_lock_take(&c->lock);
	while (c->state == CHANGES_EARLY)
		rd_cond_wait(&c->answered, &c->lock);
	if (c->state == CHANGES_OPEN) {
		c->asked = change;
		c->error = -1;
		atomic_store(&c->waiting, true);
		rd_wake(wake_fd);
		while (c->error < 0)
			rd_cond_wait(&c->answered, &c->lock);
		error = c->error;
	}
	rd_lock_drop(&c->lock);
	return error;
}

struct rd_change *rd_changes_look(struct rd_changes *c)
{
	struct rd_change *asked;

	if (!atomic_load_explicit(&c->waiting, memory_order_relaxed))
		return NULL;
	rd_lock_take(&c->lock);
	asked = c->asked;
	rd_lock_drop(&c->lock);
	return asked;
}

/* Under the lock. */
static void changes_tell(struct rd_changes *c, int error)
{
	c->asked = NULL;
	c->error = error;
	atomic_store(&c->waiting, false);
	rd_cond_signal(&c->answered);
}

void rd_changes_answer(struct rd_changes *c, int error)
{
	rd_lock_take(&c->lock);
	changes_tell(c, error);
	rd_lock_drop(&c->lock);
}

static void changes_state(struct rd_changes *c, int state)
{
	rd_lock_take(&c->lock);
	c->state = state;
	if (state == CHANGES_OVER && c->asked)
		changes_tell(c, ESHUTDOWN);
	rd_cond_signal(&c->answered);
	rd_lock_drop(&c->lock);
}

void rd_changes_expect(struct rd_changes *c)
{
	changes_state(c, CHANGES_EARLY);
}

void rd_changes_open(struct rd_changes *c)
{
	changes_state(c, CHANGES_OPEN);
}

void rd_changes_close(struct rd_changes *c)
{
	changes_state(c, CHANGES_OVER);
}

bool rd_changes_hold(struct rd_changes *c)
{
	rd_lock_take(&c->lock);
	if (c->state != CHANGES_OVER)
		return true;
	rd_lock_drop(&c->lock);
	return false;
}

void rd_changes_release(struct rd_changes *c)
{
	rd_lock_drop(&c->lock);
}
