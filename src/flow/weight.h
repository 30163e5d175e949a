/*
 * weight - how much of what comes this server is to get of a balancer that has several. A policy:
 * (state, what is seen, now) -> decision, with no thread, lock or clock in it.
 *
 * The less is left of a target wait the less is wanted: at twice the target half as much. It falls
 * at once and rises slowly, so that a server which was relieved is not flooded the moment after;
 * small changes are none, since each has the balancer share out anew. It never falls to nothing:
 * who gets nothing cannot show that it has recovered.
 */
#ifndef RD_FLOW_WEIGHT_H
#define RD_FLOW_WEIGHT_H

#include <stdbool.h>
#include <stdint.h>

enum {
	RD_WEIGHT_LEAST = 10,	    /* per cent */
	RD_WEIGHT_STEP = 10,	    /* what is less is no change */
	RD_WEIGHT_RISE = 10,	    /* at once, and no more for a second */
	RD_WEIGHT_READY_S = 60,	    /* from its begin on it says that it is ready */
	RD_WEIGHT_SMOOTH_MS = 1000, /* a wait of so long ago counts about a third */
};

struct rd_weight {
	uint64_t target_us, began_us;
	uint64_t said_us, changed_us; /* when it last was */
	uint64_t wait_us;	      /* smoothed */
	unsigned percent;
};

struct rd_weight_said {
	bool drain;	  /* nothing new, please */
	bool ready;	  /* it is new, or back: whatever was said before is over */
	unsigned percent; /* of its full weight */
};

void rd_weight_init(struct rd_weight *w, uint64_t target_us, uint64_t now_us);

/*
 * What is said now, when the first of those who wait has waited for `wait_us`. Monotonic
 * microseconds.
 */
struct rd_weight_said rd_weight_say(struct rd_weight *w, bool draining, uint64_t wait_us,
				    uint64_t now_us);

#endif
