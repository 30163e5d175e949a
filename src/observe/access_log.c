/*
 * access_log - a line for each request.
 *
 * A change leaves the scribe another target, which it takes up when all lines for the one before
 * are written, or given up since it takes none.
 *
 * Thread:  access_* are the scribe's; the rest is others'.
 * Owns:    its targets.
 * Never:   has a worker wait.
 */
#include "observe/access_log.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { SAY_US = 10 * 1000 * 1000 }; /* between two messages about what is lost */

static struct rd_access_log *access_of(struct rd_sink *sink)
{
	return (struct rd_access_log *)(void *)sink;
}

static void access_take_up_next(struct rd_access_log *a)
{
	struct rd_log_target *next = atomic_exchange(&a->next, NULL);

	if (!next)
		return;
	rd_log_target_close(a->target);
	a->target = next;
}

static void access_say(struct rd_access_log *a)
{
	uint64_t lost = a->lost;

	if (lost == a->said)
		return;
	rd_log("access log: %s: %s: requests that are not in it: %" PRIu64, a->target->path,
	       strerror(a->error), lost - a->said);
	a->said = lost;
	a->said_us = rd_clock_us();
}

/* It is said now and then. */
static void access_lose(struct rd_access_log *a, uint64_t requests, int error)
{
	a->lost += requests;
	a->error = error;
	if (a->said_us == 0 || rd_clock_us() >= a->said_us + SAY_US)
		access_say(a);
}

static void access_take(struct rd_sink *sink, const void *record, size_t len)
{
	struct rd_access_log *a = access_of(sink);
	const struct rd_record *r = record;
	struct rd_log_entry entry = {
		.record = r,
		.route = rd_series_name(a->series, r->series),
		.arrived_us = rd_clock_to_wall(r->at[STAMP_ARRIVED], r->at[STAMP_PERFORMED]),
	};

	(void)len;
	if (a->lines.len == 0)
		access_take_up_next(a);
	if (!rd_log_target_add(a->target, &entry, &a->lines))
		access_lose(a, 1, ENOMEM);
}

static bool access_is_to_stop(void *log)
{
	const struct rd_access_log *a = log;

	return atomic_load(&a->ends) || atomic_load(&a->next) || rd_scribe_late(a->scribe);
}

static void access_write(struct rd_sink *sink)
{
	struct rd_access_log *a = access_of(sink);
	uint64_t lost;

	lost = rd_log_target_write(a->target, &a->lines, access_is_to_stop, a);
	if (lost > 0)
		access_lose(a, lost, a->target->error);
	access_take_up_next(a);
}

void rd_access_log_init(struct rd_access_log *a, struct rd_scribe *scribe,
			const struct rd_series *series)
{
	*a = (struct rd_access_log){
		.sink = { .take = access_take, .write = access_write },
		.scribe = scribe,
		.series = series,
	};
	rd_lock_init(&a->lock, RANK_ACCESS_LOG);
}

void rd_access_log_fini(struct rd_access_log *a)
{
	rd_access_log_use(a, NULL);
	rd_buffer_free(&a->lines);
	rd_lock_fini(&a->lock);
}

/* No scribe is at it. */
static void access_end(struct rd_access_log *a)
{
	access_say(a);
	rd_log_target_close(atomic_exchange(&a->next, NULL));
	rd_log_target_close(a->target);
	a->target = NULL;
	a->lines.len = 0;
}

void rd_access_log_use(struct rd_access_log *a, struct rd_log_target *target)
{
	struct rd_log_target *was;

	if (target)
		rd_scribe_ids(a->scribe, &a->sink, rd_log_target_has(target, "id"));
	rd_lock_take(&a->lock);
	was = a->newest;
	a->newest = target;
	if (was && target)
		rd_log_target_close(atomic_exchange(&a->next, target));
	rd_lock_drop(&a->lock);
	if (was && !target) {
		atomic_store(&a->ends, true);
		rd_scribe_remove(a->scribe, &a->sink);
		atomic_store(&a->ends, false);
		access_end(a);
	} else if (target && !was) {
		a->target = target;
		rd_scribe_add(a->scribe, &a->sink);
	}
}

void rd_access_log_reopen(struct rd_access_log *a)
{
	rd_lock_take(&a->lock);
	if (a->newest && !rd_log_target_reopen(a->newest))
		rd_log_error("%s: %s: the access log goes on in the file that is open",
			     a->newest->path, strerror(errno));
	rd_lock_drop(&a->lock);
}

int rd_access_log_fd(struct rd_access_log *a)
{
	int fd;

	rd_lock_take(&a->lock);
	fd = a->newest && a->newest->kind == RD_LOG_FILE ? a->newest->fd : -1;
	rd_lock_drop(&a->lock);
	return fd;
}
