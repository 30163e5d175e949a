/*
 * waiting - the connections that wait for a worker, and who of them is next.
 * Thread:  the caller's, under the queue's lock.
 * Never:   touches a connection, looks at a clock.
 */
#include "flow/waiting.h"

#include "base/must.h"

#include <stdlib.h>

struct rd_waiting_node {
	struct rd_fair_node fair;
	struct rd_ring arrived; /* of rd_waiting.arrived, or unused */
	struct rd_entry entry;
};

bool rd_waiting_init(struct rd_waiting *w, unsigned bound, unsigned size, uint64_t seed,
		     const struct rd_shed_config *shed)
{
	*w = (struct rd_waiting){ .bound = bound, .size = size };
	rd_shed_init(&w->shed, shed);
	rd_ring_init(&w->arrived);
	rd_ring_init(&w->unused);
	w->node = calloc(size, sizeof(*w->node)); /* pages that are never touched cost nothing */
	if (!w->node)
		return false;
	if (!rd_fair_init(&w->fresh, seed)) {
		free(w->node);
		return false;
	}
	if (rd_fair_init(&w->begun, seed))
		return true;
	rd_fair_fini(&w->fresh);
	free(w->node);
	return false;
}

void rd_waiting_fini(struct rd_waiting *w)
{
	MUST(w->count == 0);
	rd_fair_fini(&w->fresh);
	rd_fair_fini(&w->begun);
	free(w->node);
}

static struct rd_waiting_node *waiting_node(struct rd_waiting *w, const struct rd_entry *entry)
{
	struct rd_waiting_node *node;

	MUST(w->count < w->size);
	w->count++;
	if (rd_ring_empty(&w->unused)) {
		node = &w->node[w->touched++];
	} else {
		node = RD_RING_OF(w->unused.next, struct rd_waiting_node, arrived);
		rd_ring_remove(&node->arrived);
	}
	node->entry = *entry;
	return node;
}

/* It is in none of the lists of fair any more. */
static void waiting_free(struct rd_waiting *w, struct rd_waiting_node *node, struct rd_entry *to)
{
	*to = node->entry;
	if (node->entry.purpose != RD_GOES_ON)
		rd_ring_remove(&node->arrived);
	rd_ring_add(&w->unused, &node->arrived);
	w->count--;
}

static struct rd_waiting_node *waiting_of(struct rd_fair_node *fair)
{
	return RD_RING_OF(fair, struct rd_waiting_node, fair);
}

static void waiting_shed(struct rd_waiting *w, struct rd_fair_node *fair, enum rd_cause cause,
			 struct rd_entry *to)
{
	rd_fair_remove(&w->fresh, fair);
	waiting_free(w, waiting_of(fair), to);
	to->shed = cause;
}

/*
 * There is no room. A client that has fewer than its part of what waits is let in, and the client
 * that has most of it loses the one that has waited longest.
 */
static bool waiting_make_room(struct rd_waiting *w, const struct rd_entry *entry,
			      struct rd_entry *out)
{
	unsigned has = rd_fair_flow(&w->fresh, entry->client)->count + 1;
	struct rd_fair_node *node;

	if (w->fresh.active == 0 || has >= w->count / w->fresh.active)
		return false;
	node = rd_fair_longest(&w->fresh, has);
	if (!node)
		return false;
	waiting_shed(w, node, RD_SHED_FAIR, out);
	return true;
}

static void waiting_add(struct rd_waiting *w, const struct rd_entry *entry)
{
	struct rd_waiting_node *node = waiting_node(w, entry);

	if (entry->purpose == RD_GOES_ON) {
		rd_fair_add(&w->begun, entry->client, &node->fair);
		return;
	}
	if (rd_ring_empty(&w->arrived))
		rd_shed_idle(&w->shed, entry->ready_us);
	rd_ring_add_last(&w->arrived, &node->arrived);
	rd_fair_add(&w->fresh, entry->client, &node->fair);
}

bool rd_waiting_add(struct rd_waiting *w, struct rd_entry *entry)
{
	struct rd_entry out = { .conn = NULL };

	if (w->count >= w->bound && entry->purpose == RD_BEGINS &&
	    !waiting_make_room(w, entry, &out)) {
		entry->shed = RD_SHED_FULL;
		return false;
	}
	waiting_add(w, entry);
	*entry = out;
	return out.conn == NULL;
}

/* Those that are to be shed, while more than `left` wait. */
static unsigned waiting_expire(struct rd_waiting *w, unsigned most, unsigned left, uint64_t now_us,
			       struct rd_entry *to)
{
	unsigned n = 0;

	while (n < most && !rd_ring_empty(&w->arrived)) {
		struct rd_waiting_node *oldest =
			RD_RING_OF(w->arrived.next, struct rd_waiting_node, arrived);

		if (rd_shed_decide(&w->shed, oldest->entry.ready_us, now_us) == RD_SERVE)
			break;
		if (w->count <= left)
			break;
		waiting_shed(w, &oldest->fair, RD_SHED_WAIT, &to[n++]);
	}
	if (rd_ring_empty(&w->arrived))
		rd_shed_idle(&w->shed, now_us);
	return n;
}

unsigned rd_waiting_expire(struct rd_waiting *w, unsigned most, uint64_t now_us,
			   struct rd_entry *to)
{
	return waiting_expire(w, most, 0, now_us, to);
}

/*
 * While each client has his turn soon enough, they have it in order of time; where rounds get so
 * long that who has waited for his will be shed, the clients are too many, and the newest is first.
 */
static enum rd_order waiting_order(const struct rd_waiting *w, uint64_t now_us)
{
	const struct rd_waiting_node *first;

	if (!rd_shed_newest(&w->shed, now_us))
		return RD_OLDEST;
	first = RD_RING_OF(rd_fair_first(&w->fresh), const struct rd_waiting_node, fair);
	return rd_shed_soon(&w->shed, first->entry.ready_us, now_us) ? RD_NEWEST
								     : RD_NEWEST_OF_EACH;
}

static void waiting_take_one(struct rd_waiting *w, uint64_t now_us, struct rd_entry *to)
{
	bool begun = w->begun.active > 0 && (w->begun_next || w->fresh.active == 0);
	enum rd_order order = begun ? RD_OLDEST : waiting_order(w, now_us);
	struct rd_fair_node *fair = rd_fair_take(begun ? &w->begun : &w->fresh, order);

	w->begun_next = !begun;
	waiting_free(w, waiting_of(fair), to);
	to->order = order;
}

unsigned rd_waiting_take(struct rd_waiting *w, unsigned serve, unsigned most, uint64_t now_us,
			 struct rd_entry *to)
{
	unsigned n = waiting_expire(w, most - 1, 1, now_us, to);

	for (; serve > 0 && n < most && w->count > 0; serve--)
		waiting_take_one(w, now_us, &to[n++]);
	return n;
}

/* Where it belongs by its time, which is near the end at which it was taken. */
static void waiting_insert(struct rd_waiting *w, struct rd_waiting_node *node, bool newest)
{
	uint64_t ready = node->entry.ready_us;
	struct rd_ring *at = newest ? w->arrived.prev : &w->arrived;

	if (newest)
		while (at != &w->arrived &&
		       RD_RING_OF(at, struct rd_waiting_node, arrived)->entry.ready_us > ready)
			at = at->prev;
	else
		while (at->next != &w->arrived &&
		       RD_RING_OF(at->next, struct rd_waiting_node, arrived)->entry.ready_us <
			       ready)
			at = at->next;
	rd_ring_add(at, &node->arrived);
}

void rd_waiting_put_back(struct rd_waiting *w, const struct rd_entry *entry)
{
	struct rd_waiting_node *node = waiting_node(w, entry);
	bool begun = entry->purpose == RD_GOES_ON;

	node->entry.shed = RD_NOT_SHED;
	if (!begun)
		waiting_insert(w, node, entry->order != RD_OLDEST);
	rd_fair_put_back(begun ? &w->begun : &w->fresh, entry->client, &node->fair, entry->order);
}

uint64_t rd_waiting_since(const struct rd_waiting *w, uint64_t now_us)
{
	if (rd_ring_empty(&w->arrived))
		return now_us;
	return RD_RING_OF(w->arrived.next, const struct rd_waiting_node, arrived)->entry.ready_us;
}
