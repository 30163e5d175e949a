/*
 * service - what a listener serves, as its connections know it.
 * Thread:  any; rd_service_end and rd_service_now are for the one that puts generations.
 * Owns:    a count of its last generation.
 */
#include "flow/service.h"

#include "base/must.h"

#include <stdlib.h>

static struct rd_service *service_new(struct rd_service with)
{
	struct rd_service *s = aligned_alloc(_Alignof(struct rd_service), sizeof(*s));

	if (s)
		*s = with;
	return s;
}

struct rd_service *rd_service_new(struct rd_generations *all, unsigned index)
{
	MUST(index < RD_SERVICES);
	return service_new((struct rd_service){ .all = all, .index = index, .users = 1 });
}

struct rd_service *rd_service_new_fixed(const void *serves)
{
	return service_new((struct rd_service){ .fixed = serves, .users = 1 });
}

void rd_service_take(struct rd_service *s)
{
	if (s)
		atomic_fetch_add_explicit(&s->users, 1, memory_order_relaxed);
}

void rd_service_drop(struct rd_service *s)
{
	if (!s || atomic_fetch_sub_explicit(&s->users, 1, memory_order_acq_rel) > 1)
		return;
	rd_generation_drop(atomic_load_explicit(&s->last, memory_order_relaxed));
	rd_limits_free(s->limits);
	free(s);
}

void rd_service_end(struct rd_service *s)
{
	struct rd_generation *newest = rd_generations_newest(s->all);

	MUST(!rd_service_ended(s));
	atomic_store_explicit(&s->last, rd_generation_take(newest), memory_order_release);
}

bool rd_service_ended(const struct rd_service *s)
{
	return atomic_load_explicit(&s->last, memory_order_relaxed) != NULL;
}

/*
 * The newest is asked for first: who sees one that was put after the end of this service then sees
 * the end too, and does not look there for what it has not.
 */
struct rd_generation *rd_service_generation(const struct rd_service *s, struct rd_hand *hand)
{
	struct rd_generation *newest, *last;

	if (s->fixed)
		return NULL;
	newest = rd_hand_newest(hand, s->all);
	last = atomic_load_explicit(&s->last, memory_order_acquire);
	return last ? last : newest;
}

const void *rd_service_serves(const struct rd_service *s, const struct rd_generation *g)
{
	return g ? g->serves[s->index] : s->fixed;
}

const void *rd_service_now(const struct rd_service *s)
{
	const struct rd_generation *last = atomic_load_explicit(&s->last, memory_order_acquire);

	if (s->fixed)
		return s->fixed;
	return rd_service_serves(s, last ? last : rd_generations_newest(s->all));
}

bool rd_service_prepare_limits(struct rd_service *s)
{
	struct rd_limits *limits;

	if (s->limits)
		return true;
	limits = rd_limits_new();
	atomic_store_explicit(&s->limits, limits, memory_order_release);
	return limits != NULL;
}

void rd_service_set_limits(struct rd_service *s, const struct rd_limits_config *config)
{
	if (s->limits)
		rd_limits_set(s->limits, config);
}

bool rd_service_may_ask(const struct rd_service *s, uint64_t client, uint64_t now_us,
			uint64_t *wait_us)
{
	struct rd_limits *limits = atomic_load_explicit(&s->limits, memory_order_acquire);

	return !limits || rd_limits_ask(limits, client, now_us, wait_us);
}
