/*
 * fair - in which order clients have their turn.
 * Thread:  the caller's, under the queue's lock.
 * Never:   looks at a clock or a thread.
 */
#include "flow/fair.h"

#include "base/must.h"

#include <stdlib.h>

enum { FLOW_BITS = 10 };

_Static_assert(RD_FLOWS == 1 << FLOW_BITS, "as many as the hash tells apart");

bool rd_fair_init(struct rd_fair *fair, uint64_t seed)
{
	*fair = (struct rd_fair){ .round = 1, .factor = seed | 1 };
	fair->flow = calloc(RD_FLOWS, sizeof(*fair->flow));
	if (!fair->flow)
		return false;
	for (int i = 0; i < RD_FLOWS; i++)
		rd_ring_init(&fair->flow[i].waits);
	rd_ring_init(&fair->now);
	rd_ring_init(&fair->next);
	return true;
}

void rd_fair_fini(struct rd_fair *fair)
{
	MUST(fair->active == 0);
	free(fair->flow);
}

struct rd_fair_flow *rd_fair_flow(const struct rd_fair *fair, uint64_t client)
{
	return &fair->flow[client * fair->factor >> (64 - FLOW_BITS)];
}

static bool fair_had_turn(const struct rd_fair *fair, const struct rd_fair_flow *flow)
{
	return flow->round == fair->round;
}

void rd_fair_add(struct rd_fair *fair, uint64_t client, struct rd_fair_node *node)
{
	struct rd_fair_flow *flow = rd_fair_flow(fair, client);

	node->flow = flow;
	rd_ring_add_last(&flow->waits, &node->link);
	if (flow->count++ > 0)
		return;
	fair->active++;
	rd_ring_add_last(fair_had_turn(fair, flow) ? &fair->next : &fair->now, &flow->link);
}

/* Who had no turn in the last round goes before those who had one. */
static void fair_begin_round(struct rd_fair *fair, bool newest)
{
	if (newest)
		rd_ring_append(&fair->next, &fair->now);
	rd_ring_append(&fair->now, &fair->next);
	fair->round++;
	fair->left = fair->active;
}

const struct rd_fair_node *rd_fair_first(const struct rd_fair *fair)
{
	const struct rd_ring *list = rd_ring_empty(&fair->now) ? &fair->next : &fair->now;
	const struct rd_fair_flow *flow;

	MUST(fair->active > 0);
	flow = RD_RING_OF(list->next, const struct rd_fair_flow, link);
	return RD_RING_OF(flow->waits.prev, const struct rd_fair_node, link);
}

static void fair_leave(struct rd_fair *fair, struct rd_fair_flow *flow, struct rd_fair_node *node)
{
	rd_ring_remove(&node->link);
	if (--flow->count > 0)
		return;
	fair->active--;
	rd_ring_remove(&flow->link);
}

struct rd_fair_node *rd_fair_take(struct rd_fair *fair, enum rd_order order)
{
	bool last = order == RD_NEWEST, newest = order != RD_OLDEST;
	struct rd_fair_flow *flow;
	struct rd_fair_node *node;

	MUST(fair->active > 0);
	if (fair->left == 0 || rd_ring_empty(&fair->now))
		fair_begin_round(fair, last);
	fair->left--;
	flow = RD_RING_OF(last ? fair->now.prev : fair->now.next, struct rd_fair_flow, link);
	node = RD_RING_OF(newest ? flow->waits.prev : flow->waits.next, struct rd_fair_node, link);
	flow->round = fair->round;
	fair_leave(fair, flow, node);
	if (flow->count > 0) {
		rd_ring_remove(&flow->link);
		rd_ring_add_last(&fair->next, &flow->link);
	}
	return node;
}

void rd_fair_put_back(struct rd_fair *fair, uint64_t client, struct rd_fair_node *node,
		      enum rd_order order)
{
	struct rd_fair_flow *flow = rd_fair_flow(fair, client);

	node->flow = flow;
	rd_ring_add(order == RD_OLDEST ? &flow->waits : flow->waits.prev, &node->link);
	if (flow->count++ == 0)
		fair->active++;
	else
		rd_ring_remove(&flow->link);
	rd_ring_add(order == RD_NEWEST ? fair->now.prev : &fair->now, &flow->link);
	flow->round = fair->round - 1;
	fair->left++;
}

void rd_fair_remove(struct rd_fair *fair, struct rd_fair_node *node)
{
	fair_leave(fair, node->flow, node);
}

struct rd_fair_node *rd_fair_longest(const struct rd_fair *fair, unsigned count)
{
	const struct rd_fair_flow *longest = NULL;

	for (int i = 0; i < RD_FLOWS; i++) {
		if (fair->flow[i].count <= count)
			continue;
		count = fair->flow[i].count;
		longest = &fair->flow[i];
	}
	return longest ? RD_RING_OF(longest->waits.next, struct rd_fair_node, link) : NULL;
}
