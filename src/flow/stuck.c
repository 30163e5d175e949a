/*
 * stuck - handlers that have not returned in time.
 *
 * A worker offers main its connection (rd_claim) while a handler with a time limit runs. When the
 * time and the grace have passed main takes it, and ends it as a worker would, with `deputy`: a
 * worker without a thread. The late one is written off: it counts no more, and another may be
 * started in its place, until its handler returns.
 *
 * Thread:  rd_stuck_look and stuck_* are main's; the others are the worker's own.
 * Owns:    a connection from when it is taken until it is parked, given back or closed.
 * Never:   waits, calls a handler.
 */
#include "flow/stuck.h"

#include "base/clock.h"
#include "base/log.h"

enum { ASKED = 1000 }; /* looks, until the stack of a late worker is given up */

void rd_stuck_begin(struct rd_worker *w, struct rd_conn *c, void *turn, uint64_t limit_us)
{
	uint64_t late_us = limit_us && w->pool && c->slots ? limit_us + w->pool->grace_us : 0;

	rd_claim_begin(&w->claim, c, turn, late_us);
}

bool rd_stuck_end(struct rd_worker *w)
{
	if (rd_claim_end(&w->claim))
		return true;
	rd_lock_take(&w->pool->lock); /* until main has what it needs of the turn */
	w->asked = 0;
	rd_lock_drop(&w->pool->lock);
	rd_claim_begin(&w->claim, NULL, NULL, 0);
	return false;
}

bool rd_stuck_rejoin(struct rd_worker *w)
{
	struct rd_pool *p = w->pool;
	bool stays;

	rd_lock_take(&p->lock);
	w->written_off = false;
	p->stuck--;
	stays = p->alive - p->stuck <= p->max;
	w->spare = p->alive - p->stuck > p->min;
	if (stays)
		rd_queue_join(p->queue);
	rd_lock_drop(&p->lock);
	return stays;
}

/* Under the pool's lock. What it has not begun goes back, and it no longer counts. */
static void stuck_write_off(struct rd_pool *p, struct rd_worker *w)
{
	rd_queue_return(p->queue, &w->batch,
			atomic_load_explicit(&w->batch.claim, memory_order_relaxed));
	if (p->stack_signal) {
		w->asked = ASKED;
		rd_stack_ask(&w->stack, w->thread, p->stack_signal);
	}
	w->written_off = true;
	p->stuck++;
	rd_log("worker %u is written off until it returns, %u in all", (unsigned)(w - p->worker),
	       p->stuck);
	rd_queue_write_off(p->queue, w->blocked);
}

/* The connection, which is main's now, and what to do with it. NULL: it is the worker's. */
static struct rd_conn *stuck_take(struct rd_pool *p, struct rd_worker *w, enum rd_verdict *verdict)
{
	struct rd_conn *c = NULL;

	rd_lock_take(&p->lock);
	if (rd_claim_take(&w->claim, p->deputy.now_us)) {
		c = w->claim.conn;
		*verdict = c->protocol->take(c, w->claim.turn);
		stuck_write_off(p, w);
	}
	rd_lock_drop(&p->lock);
	return c;
}

/* Said once, until there is room again. */
static void stuck_say_full(struct rd_pool *p)
{
	bool full = p->stuck > p->stuck_max;

	if (full && !p->full)
		rd_log("%u late handlers: no more workers are started in their place", p->stuck);
	p->full = full;
}

static void stuck_one(struct rd_pool *p, struct rd_worker *w)
{
	struct rd_worker *deputy = &p->deputy;
	enum rd_verdict verdict;
	struct rd_conn *c = rd_worker_scratch(deputy) ? stuck_take(p, w, &verdict) : NULL;

	if (!c)
		return;
	rd_count(&deputy->counters, COUNT_LATE);
	if (verdict == RD_WANTS_WRITE)
		verdict = rd_worker_advance(deputy, c);
	rd_worker_go_on(deputy, c, verdict);
	rd_hand_rest(&deputy->hand);
	rd_pool_grow(p, 1);
	stuck_say_full(p);
}

/* Its stack, when it has come. */
static void stuck_say_where(struct rd_pool *p, struct rd_worker *w)
{
	rd_lock_take(&p->lock);
	if (w->asked > 0 && rd_stack_log(&w->stack))
		w->asked = 0;
	else if (w->asked > 0 && --w->asked == 0)
		rd_log("worker %u does not say where it is", (unsigned)(w - p->worker));
	rd_lock_drop(&p->lock);
}

bool rd_stuck_look(struct rd_pool *p)
{
	unsigned places = p->top;
	bool soon = false;

	p->deputy.now_us = rd_clock_us();
	for (unsigned i = 0; i < places; i++) {
		struct rd_worker *w = &p->worker[i];

		if (rd_claim_late(&w->claim, p->deputy.now_us))
			stuck_one(p, w);
		if (w->asked > 0)
			stuck_say_where(p, w);
		soon = soon || w->asked > 0;
	}
	return soon;
}
