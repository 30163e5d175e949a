/*
 * regulate - how many workers run. A policy: (state, what is seen) -> decision, with no thread,
 * lock or clock in it.
 *
 * A worker is asleep, running, or blocked (inside a handler that is known to wait). No more than
 * `limit` run. Of the running, those that began no entry for a millisecond are stuck: they wait
 * for something, whatever is known of their route. While work waits the limit is raised by half as
 * many again, since others sleep for less than it takes to be seen; it falls back, an eighth of
 * the way at each look, when they move again.
 *
 * doc/regulator.md shows what that comes to on machines of 1 to 64 processors.
 */
#ifndef RD_FLOW_REGULATE_H
#define RD_FLOW_REGULATE_H

#include <stdbool.h>

struct rd_regulate {
	unsigned concurrency; /* fixed: how many are to run when none is stuck */
	unsigned running;
	unsigned asleep;
	unsigned blocked;
	unsigned extra; /* beyond the concurrency, because some are stuck */
};

/* How many may run now. */
unsigned rd_regulate_limit(const struct rd_regulate *r);

/* Whether one more worker is to run, now that `waiting` entries wait. */
bool rd_regulate_wants(const struct rd_regulate *r, unsigned waiting);

/*
 * May a running worker take more work, or are too many running? While some are blocked, it may up
 * to twice the limit: who comes back would else sleep, and another be woken a moment later.
 */
bool rd_regulate_may_run(const struct rd_regulate *r);

/*
 * How many entries a running worker takes at once: its share of what waits, at most `batch`,
 * so that the others that may run find some.
 */
unsigned rd_regulate_share(const struct rd_regulate *r, unsigned waiting, unsigned batch);

/*
 * Every millisecond: `waiting` entries wait, `stuck` of those that run have begun none since the
 * last look. How many more are to run than do now; the limit is raised to let them.
 */
unsigned rd_regulate_rescue(struct rd_regulate *r, unsigned waiting, unsigned stuck);

#endif
