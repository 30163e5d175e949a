/*
 * scribe - the one thread that empties all outboxes.
 *
 * It takes what there is, writes it, and rests for GATHER_US, so that under load it works by the
 * thousand and no producer has to wake it. When nothing came it sleeps until it is woken.
 *
 * Thread:  scribe_* are its own; the rest is others'.
 * Owns:    what was put, until the sinks have taken it.
 * Never:   waits for a producer, or has one wait.
 */
#include "observe/scribe.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/thread.h"

#include <errno.h>
#include <inttypes.h>
#include <time.h>

enum {
	GATHER_US = 20 * 1000,
	LATE_US = 1000 * 1000,	   /* for a sink, at the end */
	SAY_US = 10 * 1000 * 1000, /* between two messages about what was dropped */
};

/* A rest is ended by who is told of much, a sleep by who is told of anything. */
enum { AWAKE, RESTS, SLEEPS };

void rd_scribe_init(struct rd_scribe *s)
{
	*s = (struct rd_scribe){ .state = AWAKE };
	MUST(sem_init(&s->wake, 0, 0) == 0);
	rd_lock_init(&s->lock, RANK_SCRIBE);
	rd_cond_init(&s->done);
}

void rd_scribe_fini(struct rd_scribe *s)
{
	MUST(!s->runs);
	rd_cond_fini(&s->done);
	rd_lock_fini(&s->lock);
	sem_destroy(&s->wake);
}

void rd_scribe_join(struct rd_scribe *s, struct rd_outbox *o)
{
	o->next = atomic_load(&s->joining);
	while (!atomic_compare_exchange_weak(&s->joining, &o->next, o))
		continue;
}

void rd_scribe_tell(struct rd_scribe *s, bool much)
{
	int state = atomic_load(&s->state);

	if (state == AWAKE || (state == RESTS && !much))
		return;
	if (atomic_compare_exchange_strong(&s->state, &state, AWAKE))
		sem_post(&s->wake);
}

bool rd_scribe_late(const struct rd_scribe *s)
{
	return atomic_load(&s->ending) && rd_clock_us() >= atomic_load(&s->late_us);
}

/* Under the lock: those that joined since it last looked are known, too. */
static void scribe_welcome(struct rd_scribe *s)
{
	struct rd_outbox *o = atomic_exchange(&s->joining, NULL);

	while (o) {
		struct rd_outbox *next = o->next;

		o->next = s->outbox;
		s->outbox = o;
		o = next;
	}
}

/* Under the lock. */
static void scribe_give(struct rd_scribe *s, bool event, const void *record, size_t len)
{
	for (struct rd_sink *sink = s->sink; sink; sink = sink->next) {
		if (!event)
			sink->take(sink, record, len);
		else if (sink->note)
			sink->note(sink, record);
	}
}

/* Under the lock: all that was in it by now. */
static bool scribe_empty(struct rd_scribe *s, struct rd_outbox *o)
{
	uint64_t end = atomic_load(&o->put);
	uint64_t dropped = atomic_load_explicit(&o->dropped, memory_order_relaxed);
	const void *record;
	bool took = false;
	size_t len;

	while (o->taken != end && (record = rd_outbox_first(o, &len))) {
		scribe_give(s, rd_outbox_is_event(o), record, len);
		rd_outbox_drop(o);
		took = true;
	}
	s->lost += dropped - o->reported;
	s->dropped += dropped - o->reported;
	o->reported = dropped;
	return took;
}

/* Under the lock, which is not held meanwhile. */
static void scribe_write(struct rd_scribe *s)
{
	for (struct rd_sink *sink = s->sink; sink; sink = sink->next) {
		if (!sink->write)
			continue;
		s->writing = sink;
		rd_lock_drop(&s->lock);
		sink->write(sink);
		rd_lock_take(&s->lock);
		s->writing = NULL;
		rd_cond_broadcast(&s->done);
	}
}

static bool scribe_turn(struct rd_scribe *s)
{
	bool took = false;

	rd_lock_take(&s->lock);
	scribe_welcome(s);
	for (struct rd_outbox *o = s->outbox; o; o = o->next)
		took |= scribe_empty(s, o);
	scribe_write(s);
	rd_lock_drop(&s->lock);
	return took;
}

/* Now and then; at the end at once. */
static void scribe_say(struct rd_scribe *s, bool now)
{
	uint64_t now_us = s->dropped > 0 ? rd_clock_us() : 0;

	if (s->dropped == 0 || (!now && s->said_us != 0 && now_us < s->said_us + SAY_US))
		return;
	rd_log("records of requests dropped: %" PRIu64 "; what reads them is too slow", s->dropped);
	s->dropped = 0;
	s->said_us = now_us;
}

static bool scribe_has(struct rd_scribe *s)
{
	bool has = atomic_load(&s->joining) || atomic_load(&s->ending);

	rd_lock_take(&s->lock);
	for (struct rd_outbox *o = s->outbox; o && !has; o = o->next)
		has = atomic_load(&o->put) != o->taken;
	rd_lock_drop(&s->lock);
	return has;
}

/* In that state until it is told, or until then; 0: no end. */
static void scribe_wait(struct rd_scribe *s, int state, uint64_t until_us)
{
	struct timespec until = rd_clock_timespec(until_us);
	int failed;

	atomic_store(&s->state, state); /* before the look: who puts after it wakes this one */
	if (state == RESTS || !scribe_has(s)) {
		do {
			failed = until_us ? sem_clockwait(&s->wake, CLOCK_MONOTONIC, &until)
					  : sem_wait(&s->wake);
		} while (failed && errno == EINTR);
		if (!failed)
			return;
	}
	if (atomic_exchange(&s->state, AWAKE) == AWAKE) /* told just now */
		while (sem_wait(&s->wake) != 0)
			continue;
}

static void *scribe_main(void *arg)
{
	struct rd_scribe *s = arg;
	bool last = false, took = false;

	while (!last || (took && !rd_scribe_late(s))) {
		last = atomic_load(&s->ending);
		took = scribe_turn(s);
		scribe_say(s, last);
		if (!last && took)
			scribe_wait(s, RESTS, rd_clock_us() + GATHER_US);
		else if (!last)
			scribe_wait(s, SLEEPS, s->dropped > 0 ? s->said_us + SAY_US : 0);
	}
	return NULL;
}

int rd_scribe_start(struct rd_scribe *s)
{
	int error = 0;

	rd_lock_take(&s->lock);
	if (!s->runs) {
		atomic_store(&s->ending, false);
		error = rd_thread_start(&s->thread, 0, scribe_main, s);
		s->runs = error == 0;
	}
	rd_lock_drop(&s->lock);
	return error;
}

void rd_scribe_stop(struct rd_scribe *s)
{
	bool runs;

	rd_lock_take(&s->lock);
	runs = s->runs;
	s->runs = false;
	rd_lock_drop(&s->lock);
	if (!runs)
		return;
	atomic_store(&s->late_us, rd_clock_us() + LATE_US);
	atomic_store(&s->ending, true);
	rd_scribe_tell(s, true);
	PTH(pthread_join(s->thread, NULL));
}

/* Under the lock: the sinks are others now. */
static void scribe_wanted(struct rd_scribe *s)
{
	bool noted = false, ids = false;

	for (const struct rd_sink *sink = s->sink; sink; sink = sink->next) {
		noted |= sink->note != NULL;
		ids |= sink->ids;
	}
	atomic_store(&s->wanted, s->sink != NULL);
	atomic_store(&s->noted, noted);
	atomic_store(&s->ids, ids);
}

void rd_scribe_add(struct rd_scribe *s, struct rd_sink *sink)
{
	rd_lock_take(&s->lock);
	sink->next = s->sink;
	s->sink = sink;
	scribe_wanted(s);
	rd_lock_drop(&s->lock);
}

void rd_scribe_ids(struct rd_scribe *s, struct rd_sink *sink, bool ids)
{
	rd_lock_take(&s->lock);
	sink->ids = ids;
	scribe_wanted(s);
	rd_lock_drop(&s->lock);
}

void rd_scribe_remove(struct rd_scribe *s, struct rd_sink *sink)
{
	struct rd_sink **at = &s->sink;

	rd_lock_take(&s->lock);
	while (s->writing == sink)
		rd_cond_wait(&s->done, &s->lock);
	while (*at != sink)
		at = &(*at)->next;
	*at = sink->next;
	scribe_wanted(s);
	rd_lock_drop(&s->lock);
}

void rd_scribe_leave(struct rd_scribe *s, struct rd_outbox *o)
{
	struct rd_outbox **at = &s->outbox;

	rd_lock_take(&s->lock);
	scribe_welcome(s);
	while (*at && *at != o)
		at = &(*at)->next;
	if (*at)
		*at = o->next;
	rd_lock_drop(&s->lock);
}
