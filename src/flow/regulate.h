/*
 * regulate - how many workers run. A policy: (state, what is seen) -> decision, with no thread,
 * lock or clock in it.
 *
 * A worker is asleep, running, or blocked (inside a handler that is known to wait). No more than
 * `limit` run; the rescue raises the limit while running workers turn out to be stuck, and lets
 * it fall back when work moves again.
 */
#ifndef RD_FLOW_REGULATE_H
#define RD_FLOW_REGULATE_H

#include <stdbool.h>

struct rd_regulate {
	unsigned concurrency; /* fixed: how many are to run when none is stuck */
	unsigned running;
	unsigned asleep;
	unsigned blocked;
	unsigned extra; /* how many of the running the rescue holds to be stuck */
	unsigned step;	/* how many the rescue adds next: 1, 2, 4 ... */
};

/* How many may run now. */
unsigned rd_regulate_limit(const struct rd_regulate *r);

/* Whether one more worker is to run, now that `waiting` entries wait. */
bool rd_regulate_wants(const struct rd_regulate *r, unsigned waiting);

/* May a running worker take more work, or are too many running? */
bool rd_regulate_may_run(const struct rd_regulate *r);

/*
 * How many entries a running worker takes at once: its share of what waits, at most `batch`,
 * so that the others that may run find some.
 */
unsigned rd_regulate_share(const struct rd_regulate *r, unsigned waiting, unsigned batch);

/*
 * Every millisecond: `waiting` entries wait, `moved` says whether any was popped since the last
 * look. How many more workers are to run than do now; the limit is raised to let them.
 */
unsigned rd_regulate_rescue(struct rd_regulate *r, unsigned waiting, bool moved);

#endif
