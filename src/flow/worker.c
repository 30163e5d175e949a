/*
 * worker - takes a batch from the queue, and advances each connection of it.
 * Thread:  the worker's own; rd_worker_{advance,go_on} also main's, for its deputy.
 * Owns:    a connection from the pop until it is parked, given back or closed.
 * Never:   waits for a client.
 */
#include "flow/worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "flow/linger.h"
#include "flow/park.h"
#include "flow/pool.h"
#include "flow/stuck.h"
#include "flow/tell.h"
#include "observe/scribe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void rd_worker_block(struct rd_worker *w)
{
	MUST(!w->blocked);
	w->blocked = true;
	if (!w->pool)
		return;
	rd_queue_return(w->pool->queue, &w->batch,
			atomic_load_explicit(&w->batch.claim, memory_order_relaxed));
	rd_queue_block(w->pool->queue);
}

void rd_worker_unblock(struct rd_worker *w)
{
	MUST(w->blocked);
	w->blocked = false;
	if (w->pool && !w->written_off)
		rd_queue_unblock(w->pool->queue);
}

enum rd_verdict rd_worker_advance(struct rd_worker *w, struct rd_conn *c)
{
	enum rd_verdict verdict = RD_LINGER;

	if (!c->lingering) {
		verdict = c->protocol->advance(c, w);
		if (verdict == RD_TAKEN)
			return verdict;
		c->expired = c->shed = false;
		if (verdict == RD_LINGER)
			rd_linger_begin(c, w->now_us);
	}
	return verdict == RD_LINGER ? rd_linger_advance(c, w->now_us, w->in, RD_SCRATCH) : verdict;
}

bool rd_worker_others(const struct rd_worker *w)
{
	return w->pool && rd_queue_others(w->pool->queue, &w->batch);
}

/* Behind all that wait, however many. False, and still ours, when the queue is closed. */
static bool worker_requeue(struct rd_worker *w, struct rd_conn *c, enum rd_purpose purpose)
{
	struct rd_entry entry = {
		.conn = c, .ready_us = w->now_us, .client = c->client, .purpose = purpose
	};

	rd_conn_pass(c, OWN_WORKER, OWN_QUEUE);
	if (rd_queue_push(w->pool->queue, &entry, 1) == 1)
		return true;
	rd_conn_pass(c, OWN_QUEUE, OWN_WORKER);
	return false;
}

static void worker_close(struct rd_worker *w, struct rd_conn **c, enum rd_close_reason reason)
{
	rd_count_close(&w->counters, reason);
	rd_tell(&w->outbox, *c, EVENT_CLOSED, reason);
	rd_conn_close(c, reason);
}

/*
 * Parks it, or closes it where it cannot be parked or nothing of it is to be waited for. False: go
 * on. What came after the last read and before the drain is still read, and served.
 */
static bool worker_park(struct rd_worker *w, struct rd_conn *c, enum rd_verdict want)
{
	struct rd_slots *slots = c->slots;
	unsigned stirred = atomic_load(&slots->stirred);
	bool leaving = rd_conn_leaving(c);

	if (leaving && !c->session && !c->lingering) {
		bool looked = c->last_look;

		c->last_look = true;
		if (!looked)
			return false;
		worker_close(w, &c, rd_conn_dismiss(c));
		return true;
	}
	switch (rd_park_enter(&c, OWN_WORKER, want, &w->outbox)) {
	case PARK_AGAIN:
		return false;
	case PARK_REFUSED:
		rd_log("cannot watch a connection: %s", strerror(errno));
		worker_close(w, &c, CLOSE_SYSTEM);
		return true;
	default:
		rd_count(&w->counters, COUNT_PARKED);
		if (!leaving && atomic_load(&slots->stirred) != stirred)
			atomic_store(&slots->late, true); /* main may have passed it by */
		return true;
	}
}

/* The server's time is over, and the connection is not done. True: it is closed. */
static bool worker_cut(struct rd_worker *w, struct rd_conn **c)
{
	bool midway = rd_conn_midway(*c);

	if (!atomic_load_explicit(&(*c)->slots->cut, memory_order_relaxed))
		return false;
	if (midway)
		rd_count(&w->counters, COUNT_CUT);
	worker_close(w, c, midway ? CLOSE_CUT : CLOSE_DRAIN);
	return true;
}

/* Something came before it was parked: that is not its turn while others wait. */
static bool worker_yield(struct rd_worker *w, struct rd_conn *c)
{
	bool begun = c->session || c->lingering;

	return rd_worker_others(w) && worker_requeue(w, c, begun ? RD_GOES_ON : RD_BEGINS_AGAIN);
}

void rd_worker_go_on(struct rd_worker *w, struct rd_conn *c, enum rd_verdict verdict)
{
	while (verdict != RD_TAKEN) {
		if (verdict != RD_CLOSE && worker_cut(w, &c))
			return;
		switch (verdict) {
		case RD_MORE:
			if (worker_requeue(w, c, RD_GOES_ON))
				return;
			break;
		case RD_ANOTHER:
			if (worker_requeue(w, c, RD_BEGINS_AGAIN))
				return;
			break;
		case RD_CLOSE:
			worker_close(w, &c, c->reason);
			return;
		default:
			if (worker_park(w, c, verdict) || worker_yield(w, c))
				return;
		}
		verdict = rd_worker_advance(w, c);
	}
}

static void worker_serve(struct rd_worker *w, const struct rd_entry *entry)
{
	struct rd_conn *c = entry->conn;

	rd_conn_pass(c, OWN_QUEUE, OWN_WORKER);
	c->ready_us = entry->ready_us;
	c->shed = entry->shed != RD_NOT_SHED;
	if (c->rested)
		rd_tell(&w->outbox, c, EVENT_WOKEN, c->expired);
	c->rested = false;
	if (c->shed)
		rd_tell(&w->outbox, c, EVENT_SHED, CLOSE_OVERLOAD);
	RD_PROBE2(started, c->number, w->now_us - c->ready_us);
	rd_doing_begin(&w->doing, c->client, c->number, w->now_us);
	rd_worker_go_on(w, c, rd_worker_advance(w, c));
	rd_doing_end(&w->doing);
}

/* The queue learns how long that takes; of one that was written off, others did the work. */
static void worker_perform(struct rd_worker *w, const struct rd_entry *entry)
{
	uint64_t began_us = w->now_us;

	worker_serve(w, entry);
	if (entry->shed != RD_NOT_SHED || w->written_off)
		return;
	w->batch.spent_us += w->now_us - began_us;
	w->batch.performed++;
}

/* There were more than there may be, when max was lowered. */
static bool worker_is_over(struct rd_worker *w)
{
	struct rd_pool *p = w->pool;

	if (atomic_load_explicit(&p->over, memory_order_relaxed) == 0 || !w->spare)
		return false;
	rd_lock_take(&p->lock);
	w->dismissed = p->over > 0;
	p->over -= w->dismissed;
	rd_lock_drop(&p->lock);
	if (w->dismissed)
		rd_queue_leave(p->queue);
	return w->dismissed;
}

/* One that was written off ends, where there are enough without it. */
static bool worker_stays(struct rd_worker *w)
{
	return w->written_off ? rd_stuck_rejoin(w) : !worker_is_over(w);
}

void *rd_worker_main(void *arg)
{
	struct rd_worker *w = arg;
	struct rd_pool *p = w->pool;
	struct rd_entry entry;

	rd_stack_own(&w->stack, p->stack_signal);
	w->now_us = rd_clock_us();
	while (worker_stays(w) &&
	       rd_queue_pop(p->queue, &w->batch, w->spare ? w->now_us + p->idle_us : 0) > 0) {
		w->now_us = w->batch.now_us;
		while (rd_batch_claim(&w->batch, &entry))
			worker_perform(w, &entry);
		rd_hand_rest(&w->hand);
	}
	rd_hand_leave(&w->hand);
	rd_lock_take(&p->lock);
	w->life = WORKER_GONE;
	p->alive--;
	if (!w->dismissed && p->over > 0)
		p->over--;
	p->gone++;
	rd_cond_signal(&p->ended);
	rd_lock_drop(&p->lock);
	return NULL;
}

bool rd_worker_scratch(struct rd_worker *w)
{
	if (!w->in)
		w->in = malloc(RD_SCRATCH);
	if (!w->out)
		w->out = malloc(RD_SCRATCH);
	return w->in && w->out;
}

void rd_worker_free(struct rd_worker *w)
{
	free(w->in);
	free(w->out);
	rd_buffer_free(&w->told);
	rd_stages_free(&w->stages);
	if (w->outbox.scribe)
		rd_scribe_leave(w->outbox.scribe, &w->outbox);
	rd_outbox_free(&w->outbox);
}

static enum rd_worker_state worker_state(const struct rd_worker *w)
{
	if (atomic_load(&w->written_off))
		return WORKER_STUCK;
	if (atomic_load(&w->batch.idle) || atomic_load(&w->batch.claim) == 0)
		return WORKER_ASLEEP;
	return atomic_load(&w->blocked) ? WORKER_BLOCKED : WORKER_RUNNING;
}

const char *rd_worker_state_word(enum rd_worker_state state)
{
	static const char *const words[] = {
		[WORKER_RUNNING] = "running",
		[WORKER_BLOCKED] = "blocked",
		[WORKER_ASLEEP] = "asleep",
		[WORKER_STUCK] = "stuck",
	};

	return words[state];
}

void rd_worker_look(const struct rd_worker *w, struct rd_worker_view *view)
{
	const struct rd_doing *d = &w->doing;

	*view = (struct rd_worker_view){
		.state = worker_state(w),
		.exchanges =
			atomic_load_explicit(&w->counters.n[COUNT_EXCHANGES], memory_order_relaxed),
		.since_us = atomic_load_explicit(&d->since_us, memory_order_relaxed),
		.client = atomic_load_explicit(&d->client, memory_order_relaxed),
		.connection = atomic_load_explicit(&d->connection, memory_order_relaxed),
		.stage = atomic_load_explicit(&d->stage, memory_order_relaxed),
		.series = atomic_load_explicit(&d->series, memory_order_relaxed),
	};
}
