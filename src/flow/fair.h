/*
 * fair - in which order clients have their turn. Each has a list of its own, found by a hash of
 * what it is known by, so that now and then two share one (stochastic fair queueing). Rounds: in
 * each, every client that waits has one turn, and who asks again has his next in the round that
 * comes. One with a thousand connections has no more of them than one with a single connection.
 *
 * A round is over after as many turns as clients waited at its start: those who come during it
 * cannot keep out for ever those who have had their turn.
 */
#ifndef RD_FLOW_FAIR_H
#define RD_FLOW_FAIR_H

#include "base/ring.h"

#include <stdbool.h>
#include <stdint.h>

enum { RD_FLOWS = 1024 }; /* lists */

struct rd_fair_flow {
	struct rd_ring waits; /* rd_fair_node.link, the oldest first */
	struct rd_ring link;  /* in a list of rd_fair, while any waits */
	unsigned count;
	unsigned round; /* in which it last had its turn */
};

/* One that waits, part of what the caller keeps of it. */
struct rd_fair_node {
	struct rd_ring link;
	struct rd_fair_flow *flow;
};

struct rd_fair {
	struct rd_fair_flow *flow; /* [RD_FLOWS] */
	struct rd_ring now, next;  /* flows that have their turn in this round; that had it */
	unsigned round;
	unsigned left;	 /* turns in this round */
	unsigned active; /* flows in which any waits */
	uint64_t factor; /* of the hash: odd */
};

/* `seed` is for the hash, so that nobody knows who shares a list. False: no memory. */
bool rd_fair_init(struct rd_fair *fair, uint64_t seed);
void rd_fair_fini(struct rd_fair *fair);

struct rd_fair_flow *rd_fair_flow(const struct rd_fair *fair, uint64_t client);

/* The last to come of all that wait. */
void rd_fair_add(struct rd_fair *fair, uint64_t client, struct rd_fair_node *node);

/* Of the client who has waited longest for his turn in this round, the newest. Some wait. */
const struct rd_fair_node *rd_fair_first(const struct rd_fair *fair);

enum rd_order {
	RD_OLDEST,	   /* the client who has waited longest, and of him the oldest ... */
	RD_NEWEST_OF_EACH, /* ... or the newest */
	RD_NEWEST,	   /* the client who came last, too */
};

/* Who is next; some wait. */
struct rd_fair_node *rd_fair_take(struct rd_fair *fair, enum rd_order order);

/* What was taken, in that order, and not begun, is next again. */
void rd_fair_put_back(struct rd_fair *fair, uint64_t client, struct rd_fair_node *node,
		      enum rd_order order);

/* Out of turn. */
void rd_fair_remove(struct rd_fair *fair, struct rd_fair_node *node);

/* The oldest of the longest list, when that is longer than `count`; else NULL. Looks at all. */
struct rd_fair_node *rd_fair_longest(const struct rd_fair *fair, unsigned count);

#endif
