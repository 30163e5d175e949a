/*
 * feed - what happens, told to all who trace.
 *
 * Thread:  feed_{take,note,write} are the scribe's; the rest is anyone's.
 * Owns:    what was not told yet.
 * Never:   waits for who traces.
 */
#include "observe/feed.h"

#include "base/clock.h"
#include "base/must.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	HOLD_US = 20 * 1000,
	GATHERED_MOST = 4 * 1024 * 1024, /* bytes */
};

struct order {
	uint64_t at_us;
	size_t at; /* in what was gathered */
};

static struct rd_feed *feed_of(struct rd_sink *sink)
{
	return (struct rd_feed *)(void *)((char *)sink - offsetof(struct rd_feed, sink));
}

static void feed_gathered(struct rd_feed *f, bool added)
{
	f->came = true;
	f->missed += !added;
}

static void feed_take(struct rd_sink *sink, const void *record, size_t len)
{
	struct rd_feed *f = feed_of(sink);

	feed_gathered(f, f->gathered.len + len <= GATHERED_MOST &&
				 rd_parcel_add_record(&f->gathered, record, len));
}

static void feed_note(struct rd_sink *sink, const struct rd_event *event)
{
	struct rd_feed *f = feed_of(sink);

	feed_gathered(f,
		      f->gathered.len <= GATHERED_MOST && rd_parcel_add_event(&f->gathered, event));
}

static int feed_compare(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->at_us != y->at_us)
		return x->at_us < y->at_us ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* What came up to then, in its order. How many those are. */
static size_t feed_order(struct rd_feed *f, uint64_t until_us)
{
	struct rd_parcel *p;
	size_t n;

	f->order.len = 0;
	for (size_t at = 0, before = 0; (p = rd_parcel_next(&f->gathered, &at)); before = at) {
		struct order o = { p->at_us, before };

		if (p->at_us <= until_us && rd_buffer_add(&f->order, &o, sizeof(o)))
			continue;
		f->missed += p->at_us <= until_us;
	}
	n = f->order.len / sizeof(struct order);
	if (n > 0)
		qsort(f->order.at, n, sizeof(struct order), feed_compare);
	return n;
}

/* Under the lock. True: some have something to read that had not. */
static bool feed_tell(struct rd_feed *f, size_t n)
{
	const struct order *o = (const struct order *)(void *)f->order.at;
	bool woken = false;

	for (struct rd_tracer *t = f->tracer; t; t = *rd_tracer_next(t)) {
		for (size_t i = 0; i < n; i++) {
			const void *p = f->gathered.at + o[i].at;

			woken |= rd_tracer_tell(t, p);
		}
		if (f->missed > 0)
			woken |= rd_tracer_miss(t, f->missed);
	}
	f->missed = 0;
	return woken;
}

/* What was told is no more held. */
static void feed_forget(struct rd_feed *f, uint64_t until_us)
{
	size_t kept = 0;
	struct rd_parcel *p;

	for (size_t at = 0; (p = rd_parcel_next(&f->gathered, &at));) {
		size_t size = p->size;

		if (p->at_us <= until_us)
			continue;
		memmove(f->gathered.at + kept, p, size);
		kept += size;
	}
	f->gathered.len = kept;
}

static void feed_write(struct rd_sink *sink)
{
	struct rd_feed *f = feed_of(sink);
	uint64_t until_us = f->came ? rd_clock_us() - HOLD_US : UINT64_MAX;
	size_t n = feed_order(f, until_us);

	f->missed += f->begun ? f->scribe->lost - f->lost : 0;
	f->lost = f->scribe->lost;
	f->begun = true;
	f->came = false;
	if (n == 0 && f->missed == 0)
		return;
	rd_lock_take(&f->lock);
	if (feed_tell(f, n))
		rd_cond_broadcast(&f->more);
	rd_lock_drop(&f->lock);
	feed_forget(f, until_us);
}

void rd_feed_init(struct rd_feed *f, struct rd_scribe *scribe)
{
	*f = (struct rd_feed){
		.sink = { .take = feed_take, .write = feed_write, .note = feed_note, .ids = true },
		.scribe = scribe,
		.over = true,
	};
	rd_lock_init(&f->gate, RANK_TRACE);
	rd_lock_init(&f->lock, RANK_FEED);
	rd_cond_init(&f->more);
}

void rd_feed_fini(struct rd_feed *f)
{
	MUST(!f->tracer);
	rd_buffer_free(&f->gathered);
	rd_buffer_free(&f->order);
	rd_cond_fini(&f->more);
	rd_lock_fini(&f->lock);
	rd_lock_fini(&f->gate);
}

static void feed_set_over(struct rd_feed *f, bool over)
{
	rd_lock_take(&f->gate);
	rd_lock_take(&f->lock);
	f->over = over;
	rd_cond_broadcast(&f->more);
	rd_lock_drop(&f->lock);
	rd_lock_drop(&f->gate);
}

void rd_feed_begin(struct rd_feed *f)
{
	feed_set_over(f, false);
}

void rd_feed_end(struct rd_feed *f)
{
	feed_set_over(f, true);
}

/* Under the gate: the first has come, or the last has gone. */
static int feed_open(struct rd_feed *f)
{
	int error = rd_scribe_start(f->scribe);

	if (error)
		return error;
	f->gathered.len = 0;
	f->came = f->begun = false;
	f->missed = 0;
	rd_scribe_add(f->scribe, &f->sink);
	return 0;
}

static int feed_enter(struct rd_feed *f, struct rd_tracer *t)
{
	int error = 0;

	if (f->over)
		return ECANCELED;
	if (f->tracers == RD_TRACERS)
		return EBUSY;
	if (f->tracers == 0)
		error = feed_open(f);
	if (error)
		return error;
	f->tracers++;
	rd_lock_take(&f->lock);
	*rd_tracer_next(t) = f->tracer;
	f->tracer = t;
	rd_lock_drop(&f->lock);
	return 0;
}

struct rd_tracer *rd_feed_join(struct rd_feed *f, const struct rd_wish *wish)
{
	struct rd_tracer *t = rd_tracer_new(wish);
	int error;

	if (!t)
		return NULL;
	rd_lock_take(&f->gate);
	error = feed_enter(f, t);
	rd_lock_drop(&f->gate);
	if (!error)
		return t;
	rd_tracer_free(t);
	errno = error;
	return NULL;
}

void rd_feed_leave(struct rd_feed *f, struct rd_tracer *t)
{
	struct rd_tracer **at = &f->tracer;

	rd_lock_take(&f->gate);
	rd_lock_take(&f->lock);
	while (*at != t)
		at = rd_tracer_next(*at);
	*at = *rd_tracer_next(t);
	rd_lock_drop(&f->lock);
	if (--f->tracers == 0)
		rd_scribe_remove(f->scribe, &f->sink);
	rd_lock_drop(&f->gate);
	rd_tracer_free(t);
}

bool rd_feed_take(struct rd_feed *f, struct rd_tracer *t, struct rd_buffer *batch, uint64_t *missed,
		  uint64_t until_us)
{
	bool in_time = true, over;

	batch->len = 0;
	*missed = 0;
	rd_lock_take(&f->lock);
	while (!rd_tracer_take(t, batch, missed) && !f->over && in_time)
		in_time = rd_cond_wait_until(&f->more, &f->lock, until_us);
	over = f->over;
	rd_lock_drop(&f->lock);
	return !over || batch->len > 0 || *missed > 0;
}

bool rd_feed_is_over(struct rd_feed *f, uint64_t until_us)
{
	bool in_time = true, over;

	rd_lock_take(&f->lock);
	while (!f->over && in_time)
		in_time = rd_cond_wait_until(&f->more, &f->lock, until_us);
	over = f->over;
	rd_lock_drop(&f->lock);
	return over;
}
