/*
 * regulate - how many workers run. A policy: (state, what is seen) -> decision, with no thread,
 * lock or clock in it.
 *
 * A worker is asleep, running, or blocked (inside a handler that is known to wait). No more than
 * `limit` run: the concurrency; one more for each of the stuck, which began no entry for a
 * millisecond, and wait for something, whatever is known of their route; and some `extra`, since
 * others wait for less than it takes to be seen. How many that are is found out: a quarter of
 * those that may wait is added when work waits, all run that may and the processors are not busy;
 * a sixteenth of it is taken off when none waits and a worker has found the queue empty.
 *
 * While the processors are busy more workers would only share them, and make main wait: nothing is
 * added, and those that are blocked count as running.
 *
 * doc/regulator.md shows what that comes to on machines of 1 to 64 processors.
 */
#ifndef RD_FLOW_REGULATE_H
#define RD_FLOW_REGULATE_H

#include <stdbool.h>
#include <stdint.h>

struct rd_regulate {
	unsigned concurrency; /* fixed: how many are to run when none is stuck */
	unsigned running;
	unsigned asleep;
	unsigned blocked;
	unsigned stuck; /* of those that count */
	unsigned extra;
	unsigned used; /* of so many processors as the concurrency, per cent */
	bool busy;     /* the processors are */
	bool waits;    /* handlers were seen to, at the last measurement */
	bool idled;    /* a worker has found no work since the last look */
};

/* What main sees when it looks, every millisecond. */
struct rd_regulate_look {
	unsigned waiting; /* entries */
	unsigned stuck;	  /* of those that run: began none since the last look */
	unsigned blocked; /* of those that are blocked: likewise */
};

/* What was spent since it was measured last, some looks ago. */
struct rd_regulate_spent {
	uint64_t elapsed_us; /* not 0 */
	uint64_t cpu_us;     /* by all threads */
	uint64_t waits;	     /* times that handlers gave their processor up, about */
	uint64_t begun;	     /* entries */
};

/* How many may run now; the blocked count as running while the processors are busy. */
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

/* At a look: how many more are to run than do now; the limit is raised to let them. */
unsigned rd_regulate_rescue(struct rd_regulate *r, const struct rd_regulate_look *look);

/* Before a look, and some milliseconds after the last time. */
void rd_regulate_measure(struct rd_regulate *r, const struct rd_regulate_spent *spent);

#endif
