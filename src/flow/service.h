/*
 * service - what a listener serves, as its connections know it: a name that stays the same while
 * generations come and go.
 */
#ifndef RD_FLOW_SERVICE_H
#define RD_FLOW_SERVICE_H

#include "flow/generation.h"
#include "guard/limits.h"

#include <stdbool.h>

struct rd_service {
	const void
		*fixed; /* its protocol serves with this for ever; NULL: as the generations say */
	struct rd_generations *all;
	unsigned index; /* in what a generation serves */
	/*
	 * NULL: its listener is there. Else it is gone, and this is the last generation that had
	 * it, which its connections go on with; each reply is the last.
	 */
	_Atomic(struct rd_generation *) last;
	/* By its clients; as long as the service, from one generation to the next. NULL: none. */
	_Atomic(struct rd_limits *) limits;
	_Alignas(64) _Atomic size_t users; /* its listener, and its connections */
};

/* Each with one user. NULL when there is no memory. */
struct rd_service *rd_service_new(struct rd_generations *all, unsigned index);
struct rd_service *rd_service_new_fixed(const void *serves);

/* For both, NULL is allowed. The last drop frees it. */
void rd_service_take(struct rd_service *s);
void rd_service_drop(struct rd_service *s);

/* Its listener goes, and the newest was the last that had it: before the next one is put. */
void rd_service_end(struct rd_service *s);
bool rd_service_ended(const struct rd_service *s);

/*
 * By a worker, where an exchange begins: the generation that it belongs to, good until the worker
 * asks again, rests or leaves. NULL where it is fixed.
 */
struct rd_generation *rd_service_generation(const struct rd_service *s, struct rd_hand *hand);

/* What the protocol serves with in that generation. */
const void *rd_service_serves(const struct rd_service *s, const struct rd_generation *g);

/* So that it can have limits, which are none as yet. False: no memory. One thread at a time. */
bool rd_service_prepare_limits(struct rd_service *s);
/* From now on; what its clients have taken stays so. */
void rd_service_set_limits(struct rd_service *s, const struct rd_limits_config *config);

/*
 * A request of that client, who is answered now. False: it asks too often, and may ask again in
 * *wait_us.
 */
bool rd_service_may_ask(const struct rd_service *s, uint64_t client, uint64_t now_us,
			uint64_t *wait_us);

/* By the thread that puts generations: what the next exchange would be served with. */
const void *rd_service_now(const struct rd_service *s);

#endif
