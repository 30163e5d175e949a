/*
 * regulate - how many workers run, as pure functions.
 * Thread:  the caller's, under the queue's lock.
 * Never:   looks at a clock or a thread.
 */
#include "flow/regulate.h"

enum {
	BUSY = 93, /* per cent of the processors: from here on ... */
	CALM = 50, /* ... down to here */
	RISE = 4,  /* a look adds this part of those that may wait */
	FALL = 16, /* or takes this part of what is too much */
	WAITS = 8, /* of so many entries one that waits is enough to see that they do */
};

unsigned rd_regulate_limit(const struct rd_regulate *r)
{
	return r->concurrency + r->stuck + r->extra;
}

/* So many of the limit. */
static unsigned regulate_counted(const struct rd_regulate *r)
{
	return r->running + (r->busy ? r->blocked : 0);
}

bool rd_regulate_wants(const struct rd_regulate *r, unsigned waiting)
{
	return waiting > 0 && regulate_counted(r) < rd_regulate_limit(r);
}

bool rd_regulate_may_run(const struct rd_regulate *r)
{
	unsigned limit = rd_regulate_limit(r);

	return regulate_counted(r) <= (r->blocked > 0 && !r->busy ? 2 * limit : limit);
}

unsigned rd_regulate_share(const struct rd_regulate *r, unsigned waiting, unsigned batch)
{
	unsigned limit = rd_regulate_limit(r);
	unsigned share = (waiting + limit - 1) / limit;

	return share < batch ? share : batch;
}

/* The processors are busy with those that are awake: no more than these, from now on. */
static void regulate_hold(struct rd_regulate *r)
{
	r->busy = true;
	if (rd_regulate_limit(r) < regulate_counted(r))
		r->extra = regulate_counted(r) - r->concurrency - r->stuck;
}

void rd_regulate_measure(struct rd_regulate *r, const struct rd_regulate_spent *spent)
{
	uint64_t used = spent->cpu_us * 100 / (spent->elapsed_us * r->concurrency);

	r->used = (r->used + (unsigned)used) / 2;
	r->waits = spent->waits * WAITS > spent->begun;
	if (!r->busy && r->used >= BUSY)
		regulate_hold(r);
	else if (r->used < CALM)
		r->busy = false;
}

/* How many of those that count may be waiting for something. */
static unsigned regulate_may_wait(const struct rd_regulate *r, const struct rd_regulate_look *look)
{
	if (r->waits)
		return regulate_counted(r);
	return look->stuck + (r->busy ? r->blocked : 0);
}

unsigned rd_regulate_rescue(struct rd_regulate *r, const struct rd_regulate_look *look)
{
	bool all = regulate_counted(r) >= rd_regulate_limit(r), waiting = look->waiting > 0;
	unsigned more;

	r->stuck = look->stuck + (r->busy ? look->blocked : 0);
	if (waiting && all && r->used < BUSY)
		r->extra += (regulate_may_wait(r, look) + RISE - 1) / RISE;
	else if (!waiting && r->idled)
		r->extra -= (r->extra + FALL - 1) / FALL;
	r->idled = r->waits = false;
	if (!rd_regulate_wants(r, look->waiting))
		return 0;
	more = rd_regulate_limit(r) - regulate_counted(r);
	return more < look->waiting ? more : look->waiting;
}
