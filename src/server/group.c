/*
 * group - the clients of some listeners and the threads that serve them.
 * Thread:  the one that uses the server, or runs the group; rd_group_stop and rd_group_look are
 *          anyone's.
 * Owns:    listeners, slots, queue, pool.
 */
#include "server/group.h"

#include "base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

int rd_group_init(struct rd_group *g)
{
	g->wake_fd = g->acceptor.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return g->wake_fd < 0 ? -1 : 0;
}

void rd_group_fini(struct rd_group *g)
{
	close(g->wake_fd);
}

/*
 * As SCHED_BATCH, what main waits for does not interrupt a worker in the middle of a request, so
 * that events gather while workers run and are handed over in larger batches. Threads inherit it.
 * A sandbox may refuse: then they run as they do. True: this thread was as `from`, and is as `to`.
 */
static bool group_schedule(int from, int to)
{
	struct sched_param param = { 0 };
	int is;

	return pthread_getschedparam(pthread_self(), &is, &param) == 0 && is == from &&
	       pthread_setschedparam(pthread_self(), to, &param) == 0;
}

static int group_start_pool(struct rd_group *g, const struct rd_pool_config *config)
{
	bool changed = g->batch && group_schedule(SCHED_OTHER, SCHED_BATCH);
	int failed = rd_pool_start(&g->pool, &g->queue, config);

	if (changed)
		group_schedule(SCHED_BATCH, SCHED_OTHER);
	return failed;
}

static void group_assemble(struct rd_group *g, const struct rd_group_config *config)
{
	g->acceptor.slots = &g->slots;
	g->acceptor.queue = &g->queue;
	g->acceptor.pool = &g->pool;
	g->acceptor.main = config->main;
	g->acceptor.mains = config->mains;
	g->acceptor.listener = g->listeners->listener;
	g->acceptor.listeners = g->listeners->count;
	g->acceptor.conns_max = config->share.conns_max;
	g->acceptor.sweep_us = config->sweep_us;
	g->acceptor.given = config->given;
	g->acceptor.givens = config->givens;
	g->acceptor.counters = (struct rd_counters){ 0 };
	g->acceptor.pulses = config->pulse_fd >= 0;
	g->acceptor.pulse_fd = config->pulse_fd;
	g->acceptor.changed = rd_changes_expect(g->acceptor.changes, g->wake_fd);
	g->slots.step = config->mains;
	g->slots.opened = config->main + 1 - config->mains; /* the first is main + 1 */
	g->working = true;
}

int rd_group_open(struct rd_group *g, const struct rd_group_config *config, const char **step)
{
	int error;

	g->batch = config->batch;
	*step = "the table of connections";
	if (rd_slots_init(&g->slots, config->descriptors, g->wake_fd) != 0)
		return -1;
	g->slots.legacy = config->legacy;
	*step = "the queue";
	errno = ENOMEM;
	if (!rd_queue_init(&g->queue, &config->share.queue))
		goto no_queue;
	*step = "cannot start a worker";
	if (group_start_pool(g, &config->share.pool) != 0)
		goto no_pool;
	group_assemble(g, config);
	return 0;
no_pool:
	error = errno;
	rd_queue_fini(&g->queue);
	errno = error;
no_queue:
	error = errno;
	rd_slots_fini(&g->slots);
	errno = error;
	return -1;
}

long rd_group_run(struct rd_group *g)
{
	bool changed = g->batch && group_schedule(SCHED_OTHER, SCHED_BATCH);
	long cut = rd_acceptor_run(&g->acceptor);
	int error = errno;

	g->working = false;
	if (changed)
		group_schedule(SCHED_BATCH, SCHED_OTHER);
	errno = error;
	return cut;
}

unsigned rd_group_stuck(const struct rd_group *g)
{
	return g->acceptor.stuck;
}

long rd_group_finished(const struct rd_group *g)
{
	return g->acceptor.finished;
}

void rd_group_stop(struct rd_group *g, uint64_t until_us)
{
	rd_acceptor_stop(&g->acceptor, until_us);
}

void rd_group_hand_over(struct rd_group *g, uint64_t until_us)
{
	rd_acceptor_hand_over(&g->acceptor, until_us);
}

void rd_group_close(struct rd_group *g)
{
	rd_changes_close(g->acceptor.changes);
	if (g->working)
		rd_pool_stop(&g->pool, (uint64_t[COUNTER_COUNT]){ 0 });
	g->working = false;
	rd_open_close(g->listeners);
	rd_queue_fini(&g->queue);
	rd_slots_fini(&g->slots);
	rd_pool_free(&g->pool);
	atomic_store(&g->acceptor.stop, 0);
	atomic_store(&g->acceptor.handed, false);
}

/* Each is looked at once, while they go from one to another. */
static void group_look_conns(struct rd_group *g, struct rd_group_view *view)
{
	size_t top = atomic_load_explicit(&g->slots.top, memory_order_relaxed);

	for (size_t i = 0; i < top; i++)
		view->owned[rd_conn_owner(&g->slots.conn[i])]++;
	view->parked = view->owned[OWN_PARKED];
	view->open = atomic_load(&g->slots.open);
}

static void group_look_queue(struct rd_queue *q, struct rd_group_view *view)
{
	uint64_t now_us = rd_clock_us(), first_us;

	rd_lock_take(&q->lock);
	view->running = q->regulate.running;
	view->blocked = q->regulate.blocked;
	view->asleep = q->regulate.asleep;
	view->queued = q->waiting.count;
	view->queue_max = q->waiting.bound;
	view->popped = q->popped;
	first_us = rd_waiting_since(&q->waiting, now_us);
	rd_lock_drop(&q->lock);
	view->busy = view->running + view->blocked;
	view->waited_us = first_us < now_us ? now_us - first_us : 0;
}

void rd_group_look(struct rd_group *g, struct rd_group_view *view)
{
	*view = (struct rd_group_view){ 0 };
	group_look_queue(&g->queue, view);
	group_look_conns(g, view);
	if (g->acceptor.pulses)
		view->pulse = rd_conn_owner(&g->slots.conn[g->acceptor.pulse_fd]);
	view->workers_max = g->pool.max;
	view->conns_max = g->acceptor.conns_max;
	view->stuck = atomic_load(&g->pool.stuck);
	rd_counters_add(view->count, &g->acceptor.counters);
	rd_pool_counters(&g->pool, view->count);
}
