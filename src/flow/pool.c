/*
 * pool - the workers.
 * Thread:  main's; rd_pool_wake, rd_pool_counters and rd_pool_stages are anyone's.
 * Owns:    the workers.
 */
#include "flow/pool.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/thread.h"
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
	w->timed = p->stages;
	w->outbox.scribe = p->scribe;
	w->spare = p->alive - p->stuck >= p->min;
	w->dismissed = false;
	if (i >= p->top)
		p->top = i + 1;
	if (!rd_worker_scratch(w))
		return ENOMEM;
	rd_queue_join(p->queue);
	error = rd_thread_start(&w->thread, p->stack, rd_worker_main,
				w); /* no signal: no SIGPIPE */
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

/* Of what the process spent this pool has its share: who spent it, the kernel does not say. */
static void pool_measure(struct rd_pool *p, uint64_t now_us)
{
	uint64_t elapsed_us = now_us - p->measured_us;
	struct rd_process_spent spent;

	if (elapsed_us < MEASURE_US)
		return;
	rd_process_spent(&spent);
	rd_queue_measure(p->queue, elapsed_us, (spent.cpu_us - p->spent.cpu_us) / p->pools,
			 (spent.waits - p->spent.waits) / p->pools);
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
		.pools = config->pools ? config->pools : 1,
		.stack = config->stack,
		.idle_us = config->idle_us,
		.stop_us = config->stop_us ? config->stop_us : STOP_US,
		.grace_us = config->grace_us,
		.stuck_max = config->stuck_max,
		.stack_signal = config->stack_signal,
		.stages = config->stages,
		.scribe = config->scribe,
		.deputy = { .pool = p, .timed = config->stages, .outbox.scribe = config->scribe },
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

void rd_pool_free(struct rd_pool *p)
{
	for (unsigned i = 0; i < p->top; i++)
		rd_worker_free(&p->worker[i]);
	rd_worker_free(&p->deputy);
	rd_cond_fini(&p->ended);
	rd_lock_fini(&p->lock);
	munmap(p->worker, pool_places(p) * sizeof(*p->worker));
	p->worker = NULL;
}

void rd_pool_counters(struct rd_pool *p, uint64_t sums[COUNTER_COUNT])
{
	for (unsigned i = 0; i < p->top; i++)
		rd_counters_add(sums, &p->worker[i].counters);
	for (unsigned i = 0; i < p->top; i++)
		sums[COUNT_UNLOGGED] += atomic_load(&p->worker[i].outbox.dropped);
	sums[COUNT_UNLOGGED] += atomic_load(&p->deputy.outbox.dropped);
	sums[COUNT_RESCUED] += p->rescued;
	rd_counters_add(sums, &p->deputy.counters);
}

void rd_pool_stages(struct rd_pool *p, struct rd_stage_sums *sums, unsigned series)
{
	for (unsigned i = 0; i < p->top; i++)
		rd_stages_add(sums, &p->worker[i].stages, series);
	rd_stages_add(sums, &p->deputy.stages, series);
}

unsigned rd_pool_workers(struct rd_pool *p, struct rd_worker_view *list, unsigned most)
{
	unsigned count = 0;

	rd_lock_take(&p->lock);
	for (unsigned i = 0; i < p->top && count < most; i++) {
		if (p->worker[i].life != WORKER_ALIVE)
			continue;
		rd_worker_look(&p->worker[i], &list[count]);
		list[count++].place = i;
	}
	rd_lock_drop(&p->lock);
	return count;
}
