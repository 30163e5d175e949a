/*
 * pool - the workers.
 * Thread:  worker_* are the workers' own; rd_pool_* are main's.
 * Owns:    a connection from the pop until it is parked, given back or closed.
 * Never:   waits for a client.
 */
#include "flow/pool.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/thread.h"
#include "flow/linger.h"
#include "flow/park.h"
#include "flow/stuck.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>

enum {
	STOP_US = 1000 * 1000, /* for a worker to end once its time is over */
	RETRY_US = 100 * 1000, /* after a worker could not be started */
	MEASURE_US = 8 * 1000, /* least; the kernel counts what a thread spends by its ticks */
};

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

void rd_pool_wake(struct rd_pool *p, struct rd_conn *c)
{
	struct rd_entry entry = {
		.conn = c, .ready_us = rd_clock_us(), .client = c->client, .purpose = RD_GOES_ON
	};
	struct rd_slots *slots = c->slots;

	/* Any park is left for an error; and an end may have come, that nobody has read up to. */
	if (!rd_conn_event(c, EPOLLERR | EPOLLRDHUP))
		return;
	rd_conn_pass(c, OWN_MAIN, OWN_QUEUE);
	if (rd_queue_push(p->queue, &entry, 1) == 1) {
		rd_slots_wake(slots); /* who sleeps, main included, looks after what waits */
		return;
	}
	rd_conn_pass(c, OWN_QUEUE, OWN_MAIN); /* the queue is closed: main closes what is parked */
	while (!rd_conn_pass(c, OWN_MAIN, OWN_PARKED))
		continue;
}

static void worker_close(struct rd_worker *w, struct rd_conn **c, enum rd_close_reason reason)
{
	rd_count_close(&w->counters, reason);
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
	switch (rd_park_enter(&c, OWN_WORKER, want)) {
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
	rd_worker_go_on(w, c, rd_worker_advance(w, c));
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

static void *worker_main(void *arg)
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

/* Threads that there may be at most. */
static unsigned pool_places(const struct rd_pool *p)
{
	return RD_WORKERS_MAX + p->stuck_max;
}

/* Under the pool's lock. 0 or an error number. */
static int pool_start_one(struct rd_pool *p, unsigned i)
{
	struct rd_worker *w = &p->worker[i];
	int error;

	w->pool = p;
	w->spare = p->alive - p->stuck >= p->min;
	w->dismissed = false;
	if (i >= p->top)
		p->top = i + 1;
	if (!rd_worker_scratch(w))
		return ENOMEM;
	rd_queue_join(p->queue);
	error = rd_thread_start(&w->thread, p->stack, worker_main, w); /* no signal: no SIGPIPE */
	if (error) {
		rd_queue_leave(p->queue);
		return error;
	}
	w->life = WORKER_ALIVE;
	p->alive++;
	return 0;
}

/* Under the pool's lock. */
static void pool_join_gone(struct rd_pool *p)
{
	for (unsigned i = 0; p->gone > 0 && i < p->top; i++) {
		if (p->worker[i].life != WORKER_GONE)
			continue;
		PTH(pthread_join(p->worker[i].thread, NULL));
		p->worker[i].life = WORKER_NONE;
		p->gone--;
	}
}

/* What failed is said once, until one can be started again. */
static void pool_grown(struct rd_pool *p, int error)
{
	if (error && !p->retry_us)
		rd_log("cannot start a worker: %s", strerror(error));
	p->retry_us = error ? rd_clock_us() + RETRY_US : 0;
}

void rd_pool_grow(struct rd_pool *p, unsigned more)
{
	uint64_t now_us = p->retry_us ? rd_clock_us() : 0;
	int error = 0;

	if (now_us < p->retry_us)
		return;
	rd_lock_take(&p->lock);
	for (unsigned i = 0; more > 0 && !error && i < pool_places(p); i++) {
		if (p->worker[i].life != WORKER_NONE)
			continue;
		if (p->alive >= p->max + (p->stuck < p->stuck_max ? p->stuck : p->stuck_max))
			break;
		error = pool_start_one(p, i);
		more--;
	}
	rd_lock_drop(&p->lock);
	pool_grown(p, error);
}

/* Takes the rest of those that began no entry since the last look. */
static struct rd_queue_view pool_look(struct rd_pool *p)
{
	unsigned stuck = 0, blocked = 0;

	for (unsigned i = 0; i < p->top; i++) {
		struct rd_worker *w = &p->worker[i];
		uint64_t claim = atomic_load_explicit(&w->batch.claim, memory_order_relaxed);

		if (claim == w->seen) {
			p->rescued += rd_queue_return(p->queue, &w->batch, claim);
			if (claim != 0 && !w->batch.idle && !w->written_off)
				*(w->blocked ? &blocked : &stuck) += 1;
		}
		w->seen = claim;
	}
	return rd_queue_look(p->queue, stuck, blocked);
}

static void pool_measure(struct rd_pool *p, uint64_t now_us)
{
	uint64_t elapsed_us = now_us - p->measured_us;
	struct rd_process_spent spent;

	if (elapsed_us < MEASURE_US)
		return;
	rd_process_spent(&spent);
	rd_queue_measure(p->queue, elapsed_us, spent.cpu_us - p->spent.cpu_us,
			 spent.waits - p->spent.waits);
	p->spent = spent;
	p->measured_us = now_us;
}

void rd_pool_set(struct rd_pool *p, unsigned min, unsigned max)
{
	unsigned stay = min, alive;

	MUST(min >= 1 && min <= max && max <= RD_WORKERS_MAX);
	rd_lock_take(&p->lock);
	p->min = min;
	p->max = max;
	alive = p->alive - p->stuck;
	p->over = alive > max ? alive - max : 0;
	for (unsigned i = 0; i < p->top; i++) {
		struct rd_worker *w = &p->worker[i];

		if (w->life != WORKER_ALIVE || w->written_off)
			continue;
		w->spare = stay == 0;
		stay -= stay > 0;
	}
	rd_lock_drop(&p->lock);
	if (alive < min)
		rd_pool_grow(p, min - alive);
}

bool rd_pool_tend(struct rd_pool *p)
{
	bool waiting = rd_stuck_look(p);
	struct rd_queue_view view;

	pool_measure(p, p->deputy.now_us);
	view = pool_look(p);
	if (p->gone > 0) {
		rd_lock_take(&p->lock);
		pool_join_gone(p);
		rd_lock_drop(&p->lock);
	}
	p->stalled = view.stalled ? p->stalled + 1 : 0;
	if (view.wanted > 0)
		rd_pool_grow(p, view.wanted);
	return waiting || view.awake > 0 || view.waiting > 0;
}

/* Pages that no worker has used cost nothing. */
static struct rd_worker *pool_map(const struct rd_pool *p)
{
	void *at = mmap(NULL, pool_places(p) * sizeof(struct rd_worker), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

int rd_pool_start(struct rd_pool *p, struct rd_queue *queue, const struct rd_pool_config *config)
{
	uint64_t sums[COUNTER_COUNT] = { 0 };
	unsigned started = 0;
	int error = 0;

	MUST(config->min >= 1 && config->min <= config->max && config->max <= RD_WORKERS_MAX);
	*p = (struct rd_pool){
		.queue = queue,
		.min = config->min,
		.max = config->max,
		.stack = config->stack,
		.idle_us = config->idle_us,
		.stop_us = config->stop_us ? config->stop_us : STOP_US,
		.grace_us = config->grace_us,
		.stuck_max = config->stuck_max,
		.stack_signal = config->stack_signal,
		.deputy.pool = p,
	};
	if (p->stack_signal && !rd_stack_prepare(p->stack_signal))
		return -1;
	p->worker = pool_map(p);
	if (!p->worker)
		return -1;
	rd_lock_init(&p->lock, RANK_POOL);
	rd_cond_init(&p->ended);
	rd_lock_take(&p->lock);
	for (unsigned i = 0; i < p->min && !error; i++) {
		error = pool_start_one(p, i);
		started += !error;
	}
	rd_lock_drop(&p->lock);
	if (started > 0) {
		pool_grown(p, error);
		return 0;
	}
	rd_pool_stop(p, sums);
	rd_pool_free(p);
	errno = error;
	return -1;
}

/* Under the pool's lock. False when the worker is not over by `until_us`. */
static bool pool_await(struct rd_pool *p, const struct rd_worker *w, uint64_t until_us)
{
	bool in_time = true;

	while (w->life == WORKER_ALIVE && in_time)
		in_time = rd_cond_wait_until(&p->ended, &p->lock, until_us);
	return w->life != WORKER_ALIVE;
}

unsigned rd_pool_stop(struct rd_pool *p, uint64_t sums[COUNTER_COUNT])
{
	uint64_t until_us = rd_clock_us() + p->stop_us;
	unsigned stuck = 0;

	rd_queue_close(p->queue);
	rd_lock_take(&p->lock);
	for (unsigned i = 0; i < p->top; i++)
		stuck += !pool_await(p, &p->worker[i], until_us);
	pool_join_gone(p);
	rd_lock_drop(&p->lock);
	rd_hand_leave(&p->deputy.hand);
	rd_pool_counters(p, sums);
	return stuck;
}

static void pool_free_scratch(struct rd_worker *w)
{
	free(w->in);
	free(w->out);
}

void rd_pool_free(struct rd_pool *p)
{
	for (unsigned i = 0; i < p->top; i++)
		pool_free_scratch(&p->worker[i]);
	pool_free_scratch(&p->deputy);
	rd_cond_fini(&p->ended);
	rd_lock_fini(&p->lock);
	munmap(p->worker, pool_places(p) * sizeof(*p->worker));
	p->worker = NULL;
}

void rd_pool_counters(struct rd_pool *p, uint64_t sums[COUNTER_COUNT])
{
	for (unsigned i = 0; i < p->top; i++)
		rd_counters_add(sums, &p->worker[i].counters);
	sums[COUNT_RESCUED] += p->rescued;
	rd_counters_add(sums, &p->deputy.counters);
}
