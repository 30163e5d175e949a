/*
 * weight - how much of what comes this server is to get of a balancer.
 * Thread:  the caller's.
 */
#include "flow/weight.h"

enum { SECOND_US = 1000 * 1000, SMOOTH_US = RD_WEIGHT_SMOOTH_MS * 1000, FULL = 100 };

void rd_weight_init(struct rd_weight *w, uint64_t target_us, uint64_t now_us)
{
	*w = (struct rd_weight){
		.target_us = target_us,
		.began_us = now_us,
		.said_us = now_us,
		.changed_us = now_us,
		.percent = FULL,
	};
}

/* The wait of so long ago counts the less the more time has passed. */
static void weight_smooth(struct rd_weight *w, uint64_t wait_us, uint64_t passed_us)
{
	if (passed_us > 60 * SECOND_US)
		passed_us = 60 * SECOND_US;
	if (wait_us > 60 * SECOND_US)
		wait_us = 60 * SECOND_US;
	w->wait_us = (w->wait_us * SMOOTH_US + wait_us * passed_us) / (SMOOTH_US + passed_us);
}

static unsigned weight_wanted(const struct rd_weight *w)
{
	uint64_t wanted = FULL;

	if (w->wait_us > w->target_us)
		wanted = FULL * w->target_us / w->wait_us;
	return wanted < RD_WEIGHT_LEAST ? RD_WEIGHT_LEAST : (unsigned)wanted;
}

/* What it is to be now. Small changes are none, but to the least and to the full. */
static unsigned weight_next(const struct rd_weight *w, unsigned wanted, uint64_t now_us)
{
	if (wanted < w->percent && wanted > RD_WEIGHT_LEAST && wanted + RD_WEIGHT_STEP > w->percent)
		return w->percent;
	if (wanted <= w->percent)
		return wanted;
	if (wanted < FULL && wanted < w->percent + RD_WEIGHT_STEP)
		return w->percent;
	if (now_us < w->changed_us + SECOND_US)
		return w->percent;
	return wanted - w->percent > RD_WEIGHT_RISE ? w->percent + RD_WEIGHT_RISE : wanted;
}

struct rd_weight_said rd_weight_say(struct rd_weight *w, bool draining, uint64_t wait_us,
				    uint64_t now_us)
{
	unsigned next;

	weight_smooth(w, wait_us, now_us - w->said_us);
	w->said_us = now_us;
	next = weight_next(w, weight_wanted(w), now_us);
	if (next != w->percent)
		w->changed_us = now_us;
	w->percent = next;
	return (struct rd_weight_said){
		.drain = draining,
		.ready = !draining && now_us - w->began_us < RD_WEIGHT_READY_S * SECOND_US,
		.percent = w->percent,
	};
}
