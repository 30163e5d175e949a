/*
 * change - how another thread has every main take other listeners, and another generation, in place
 * of those they have. Once it is asked for, each main makes its part, whatever comes between.
 */
#ifndef RD_FLOW_CHANGE_H
#define RD_FLOW_CHANGE_H

#include "flow/listener.h"
#include "flow/pool.h"
#include "flow/queue.h"

#include <stdint.h>

/* What each main has of what there may be in all. */
struct rd_share {
	size_t conns_max;
	struct rd_queue_config queue;
	struct rd_pool_config pool;
};

struct rd_change {
	struct rd_listener
		*listener; /* [listeners], open, or `from` the place of one that the mains have */
	size_t listeners;
	struct rd_listener *was; /* [were]: those */
	size_t were;
	struct rd_generations *generations;
	struct rd_generation *next; /* that serves there */
	uint64_t sweep_us;
	const struct rd_share *share; /* by main */
};

/* Whether a listener of that service stays. */
bool rd_change_keeps(const struct rd_change *change, const struct rd_service *service);

struct rd_changes {
	struct rd_lock lock;	 /* rank CHANGE */
	struct rd_cond answered; /* error or state changed */
	/* under lock */ const struct rd_change *asked;
	unsigned unanswered; /* mains that have not made it yet */
	int wake_fd[RD_MAINS];
	unsigned mains, open; /* that there are, and that take changes */
	enum {
		CHANGES_OVER,
		CHANGES_EARLY, /* they are about to take them */
		CHANGES_OPEN,
	} state;
	_Atomic unsigned number; /* how many were asked for; written under the lock */
};

void rd_changes_init(struct rd_changes *c);
void rd_changes_fini(struct rd_changes *c);

/*
 * Asks all mains for the change, and waits until they have made it; where they are yet to begin,
 * for that too. The services whose listeners go end, and the generation is the newest, before any
 * main has the new ones. False: they serve no more, and nothing is changed. One thread at a time.
 */
bool rd_changes_ask(struct rd_changes *c, const struct rd_change *change);

/*
 * By main, which has seen so many as `*seen` says. What is asked for, or NULL; it is made and
 * answered before main looks again.
 */
const struct rd_change *rd_changes_look(struct rd_changes *c, unsigned *seen);
void rd_changes_answer(struct rd_changes *c);

/*
 * By who starts a main, which wake_fd wakes: it is about to take changes; how many it has seen. By
 * that main: it takes them.
 */
unsigned rd_changes_expect(struct rd_changes *c, int wake_fd);
void rd_changes_open(struct rd_changes *c);

/* By main, which ends: the others do too. What it has to make and answer first, or NULL. */
const struct rd_change *rd_changes_end(struct rd_changes *c, unsigned *seen);
/* By who knows that no main runs: none is made any more. */
void rd_changes_close(struct rd_changes *c);

/*
 * Any thread that may wait, with no change under way: no main, if they serve or are about to, ends
 * before rd_changes_release, and so closes a listener. False: they end, and there is nothing to
 * release.
 */
bool rd_changes_hold(struct rd_changes *c);
void rd_changes_release(struct rd_changes *c);

#endif
