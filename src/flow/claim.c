/*
 * claim - who has a connection while a handler with a time limit runs.
 * Thread:  the worker's; rd_claim_take is main's.
 * Never:   takes a lock, makes a system call.
 */
#include "flow/claim.h"

#include "base/must.h"

static void claim_offer(struct rd_claim *c)
{
	if (c->limit_us)
		atomic_store_explicit(&c->late_us, c->limit_us, memory_order_release);
}

void rd_claim_begin(struct rd_claim *c, struct rd_conn *conn, void *turn, uint64_t late_us)
{
	MUST(late_us != RD_TAKEN_AWAY && c->held == 0 && c->limit_us == 0);
	if (c->lost)
		atomic_store_explicit(&c->late_us, 0, memory_order_relaxed);
	c->lost = false;
	if (late_us == 0)
		return;
	c->conn = conn;
	c->turn = turn;
	c->limit_us = late_us;
	claim_offer(c);
}

bool rd_claim_hold(struct rd_claim *c)
{
	uint64_t offered = c->limit_us;

	if (c->lost)
		return false;
	if (c->held == 0 && c->limit_us &&
	    !atomic_compare_exchange_strong_explicit(&c->late_us, &offered, 0, memory_order_acq_rel,
						     memory_order_acquire)) {
		MUST(offered == RD_TAKEN_AWAY);
		c->limit_us = 0;
		c->lost = true;
		return false;
	}
	c->held++;
	return true;
}

void rd_claim_release(struct rd_claim *c)
{
	MUST(c->held > 0);
	if (--c->held == 0)
		claim_offer(c);
}

bool rd_claim_end(struct rd_claim *c)
{
	if (!rd_claim_hold(c))
		return false;
	c->limit_us = 0;
	c->held = 0;
	return true;
}

static bool claim_is_late(uint64_t late_us, uint64_t now_us)
{
	return late_us && late_us <= now_us;
}

bool rd_claim_late(const struct rd_claim *c, uint64_t now_us)
{
	return claim_is_late(atomic_load_explicit(&c->late_us, memory_order_relaxed), now_us);
}

bool rd_claim_take(struct rd_claim *c, uint64_t now_us)
{
	uint64_t late_us = atomic_load_explicit(&c->late_us, memory_order_relaxed);

	return claim_is_late(late_us, now_us) &&
	       atomic_compare_exchange_strong_explicit(&c->late_us, &late_us, RD_TAKEN_AWAY,
						       memory_order_acq_rel, memory_order_relaxed);
}

bool rd_claim_taken(const struct rd_claim *c)
{
	return atomic_load_explicit(&c->late_us, memory_order_relaxed) == RD_TAKEN_AWAY;
}
