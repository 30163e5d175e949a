/*
 * change - how another thread has every main take other listeners.
 * Thread:  rd_changes_ask and rd_changes_hold are for one that may wait; the others are a main's.
 * Owns:    nothing: what is asked for stays the asker's until all have answered.
 */
#include "flow/change.h"

#include "flow/conn.h"

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

/* The old ones' services end before the generation changes, and it before a new one accepts. */
static void changes_begin(const struct rd_change *change)
{
	for (size_t i = 0; i < change->were; i++)
		if (!rd_change_keeps(change, change->was[i].service))
			rd_service_end(change->was[i].service);
	rd_generations_put(change->generations, change->next);
	for (size_t i = 0; i < change->listeners; i++)
		rd_service_set_limits(change->listener[i].service, &change->listener[i].limits);
}

bool rd_changes_ask(struct rd_changes *c, const struct rd_change *change)
{
	bool taken;

	rd_lock_take(&c->lock);
	while (c->state == CHANGES_EARLY)
		rd_cond_wait(&c->answered, &c->lock);
	taken = c->state == CHANGES_OPEN;
	if (taken) {
		changes_begin(change);
		c->asked = change;
		c->unanswered = c->mains;
		atomic_fetch_add(&c->number, 1);
		for (unsigned i = 0; i < c->mains; i++)
			rd_wake(c->wake_fd[i]);
		while (c->unanswered > 0)
			rd_cond_wait(&c->answered, &c->lock);
	}
	rd_lock_drop(&c->lock);
	return taken;
}

/* Under the lock. */
static const struct rd_change *changes_unseen(struct rd_changes *c, unsigned *seen)
{
	unsigned number = atomic_load(&c->number);
	bool is_new = *seen != number;

	*seen = number;
	return is_new ? c->asked : NULL;
}

const struct rd_change *rd_changes_look(struct rd_changes *c, unsigned *seen)
{
	const struct rd_change *asked;

	if (atomic_load_explicit(&c->number, memory_order_relaxed) == *seen)
		return NULL;
	rd_lock_take(&c->lock);
	asked = changes_unseen(c, seen);
	rd_lock_drop(&c->lock);
	return asked;
}

void rd_changes_answer(struct rd_changes *c)
{
	rd_lock_take(&c->lock);
	if (--c->unanswered == 0)
		rd_cond_signal(&c->answered);
	rd_lock_drop(&c->lock);
}

unsigned rd_changes_expect(struct rd_changes *c, int wake_fd)
{
	unsigned seen;

	rd_lock_take(&c->lock);
	if (c->state == CHANGES_OVER)
		c->mains = c->open = 0;
	c->state = CHANGES_EARLY;
	c->wake_fd[c->mains++] = wake_fd;
	seen = atomic_load(&c->number);
	rd_lock_drop(&c->lock);
	return seen;
}

void rd_changes_open(struct rd_changes *c)
{
	rd_lock_take(&c->lock);
	if (++c->open == c->mains && c->state == CHANGES_EARLY)
		c->state = CHANGES_OPEN;
	rd_cond_signal(&c->answered);
	rd_lock_drop(&c->lock);
}

const struct rd_change *rd_changes_end(struct rd_changes *c, unsigned *seen)
{
	const struct rd_change *asked;

	rd_lock_take(&c->lock);
	c->state = CHANGES_OVER;
	asked = changes_unseen(c, seen);
	rd_cond_signal(&c->answered);
	rd_lock_drop(&c->lock);
	return asked;
}

void rd_changes_close(struct rd_changes *c)
{
	rd_lock_take(&c->lock);
	c->state = CHANGES_OVER;
	rd_cond_signal(&c->answered);
	rd_lock_drop(&c->lock);
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
