/*
 * simulated - a pool in virtual time: no thread, no clock, the same for every run of a seed. Each
 * size of a fixed pool is the same model, with the limit fixed and nothing learnt.
 *
 * Clients ask, and ask again LATER_US after a reply; or requests come in bursts at a given rate.
 * Main takes what has come, all at once, and pushes it. Workers do as flow/queue.c and flow/pool.c
 * do, with the regulator and the routes' means themselves. Main and the workers share the
 * processors evenly; who sleeps costs SWITCH_US to wake.
 */
#ifndef RD_TESTS_UNIT_SIMULATED_H
#define RD_TESTS_UNIT_SIMULATED_H

#include "app/route.h"
#include "flow/queue.h"
#include "flow/regulate.h"

#include <stdint.h>
#include <stdlib.h>

enum {
	SIM_WORKERS = 256, /* at most */
	SIM_CLIENTS = 1024,
	SIM_WAITING = 8192,
	SIM_MAIN = SIM_WORKERS, /* main as a thread */
	SIM_ROUTES = 2,
};

#define LOOK_US	  1000.0
#define SWITCH_US 5.0  /* to wake */
#define START_US  20.0 /* to start a worker */
#define LOCK_US	  0.2  /* to take from the queue; to leave the count and to come back */
#define TURN_US	  1.0  /* main's, when something has come; and for each that has: */
#define READY_US  0.5
#define GATHER_US 300.0
#define LATER_US  100.0

/* Requests: `often` in 1000 are of the second kind, which may be a route of its own. */
struct sim_kind {
	double cpu_us, sleep_us;
};

struct sim_load {
	const char *name;
	struct sim_kind kind[2];
	unsigned often;
	bool routes; /* one for each kind */
};

struct sim_job {
	double cpu_us, sleep_us;
	unsigned route, client;
};

struct sim_heap {
	struct {
		double at;
		unsigned who;
	} node[SIM_WORKERS + SIM_CLIENTS + 2];
	unsigned n;
};

struct sim_worker {
	enum { SIM_ABSENT, SIM_ASLEEP, SIM_WOKEN, SIM_FIRST, SIM_SLEEPS, SIM_LAST } state;
	bool blocked, moved;
	struct sim_job batch[RD_BATCH], job;
	unsigned next, end;
	double began_us;
};

struct sim {
	struct rd_regulate r;
	bool fixed;
	unsigned cpus, most;
	const struct sim_load *load;
	double every_us; /* between two requests; 0: from clients, who wait for their reply */
	uint64_t seed;
	struct rd_route route[SIM_ROUTES];
	struct sim_worker w[SIM_WORKERS];
	struct sim_job waiting[SIM_WAITING], come[SIM_WAITING], taken[SIM_WAITING];
	unsigned head, count, come_n, taken_n;
	unsigned drawn[2]; /* how many of this run, and which one is of the second kind */
	bool main_runs;
	double come_us; /* when the first came that main has not taken */
	double now_us, shared_us, look_us;
	struct sim_heap run;   /* threads, by when they are done as to shared_us */
	struct sim_heap sleep; /* workers, and clients behind them, by time */
	uint64_t done, lost;
};

/* 0.5 to 1.5 */
static double sim_about(struct sim *s)
{
	s->seed = s->seed * 6364136223846793005u + 1442695040888963407u;
	return 0.5 + (double)(s->seed >> 33) / (double)(1u << 31);
}

static void sim_add(struct sim_heap *h, double at, unsigned who)
{
	unsigned i = h->n++;

	for (; i > 0 && h->node[(i - 1) / 2].at > at; i = (i - 1) / 2)
		h->node[i] = h->node[(i - 1) / 2];
	h->node[i].at = at;
	h->node[i].who = who;
}

static unsigned sim_take(struct sim_heap *h)
{
	unsigned who = h->node[0].who, i = 0;
	unsigned last = --h->n;

	for (unsigned child; (child = 2 * i + 1) < h->n; i = child) {
		if (child + 1 < h->n && h->node[child + 1].at < h->node[child].at)
			child++;
		if (h->node[last].at <= h->node[child].at)
			break;
		h->node[i] = h->node[child];
	}
	h->node[i] = h->node[last];
	return who;
}

static void sim_run(struct sim *s, unsigned who, double us)
{
	sim_add(&s->run, s->shared_us + us, who);
}

static unsigned sim_index(const struct sim *s, const struct sim_worker *w)
{
	return (unsigned)(w - s->w);
}

/* Main takes all that has come. It does so when a processor is free, or it has waited for long. */
static void sim_main_turn(struct sim *s)
{
	if (s->main_runs || s->come_n == 0)
		return;
	if (s->run.n >= s->cpus && s->now_us < s->come_us + GATHER_US)
		return;
	s->main_runs = true;
	for (unsigned i = 0; i < s->come_n; i++)
		s->taken[i] = s->come[i];
	s->taken_n = s->come_n;
	s->come_n = 0;
	sim_run(s, SIM_MAIN, TURN_US + READY_US * s->taken_n);
}

/* One in each run of 1000 / often, anywhere in it. */
static bool sim_second(struct sim *s)
{
	unsigned often = s->load->often, run = often ? 1000 / often : 0;

	if (run == 0)
		return false;
	if (s->drawn[0] == run)
		s->drawn[0] = 0;
	if (s->drawn[0] == 0)
		s->drawn[1] = (unsigned)((sim_about(s) - 0.5) * run);
	return s->drawn[0]++ == s->drawn[1];
}

static void sim_arrive(struct sim *s, unsigned client)
{
	const struct sim_load *l = s->load;
	bool second = sim_second(s);
	const struct sim_kind *k = &l->kind[second];

	if (s->come_n == SIM_WAITING) {
		s->lost++;
		return;
	}
	if (s->come_n == 0)
		s->come_us = s->now_us;
	s->come[s->come_n++] = (struct sim_job){
		.cpu_us = k->cpu_us * sim_about(s),
		.sleep_us = k->sleep_us * sim_about(s),
		.route = second && l->routes,
		.client = client,
	};
}

/* One who sleeps runs; or one more is started. False: there is none. */
static bool sim_wake(struct sim *s, bool start)
{
	for (unsigned i = 0; i < s->most; i++) {
		struct sim_worker *w = &s->w[i];

		if (w->state != (start ? SIM_ABSENT : SIM_ASLEEP))
			continue;
		s->r.asleep -= !start;
		s->r.running++;
		w->state = SIM_WOKEN;
		sim_run(s, i, start ? START_US : SWITCH_US);
		return true;
	}
	return false;
}

static void sim_wake_if_wanted(struct sim *s)
{
	if (s->r.asleep > 0 && rd_regulate_wants(&s->r, s->count))
		sim_wake(s, false);
}

static void sim_push(struct sim *s)
{
	for (unsigned i = 0; i < s->taken_n; i++) {
		if (s->count == SIM_WAITING / 2)
			s->lost++;
		else
			s->waiting[(s->head + s->count++) % SIM_WAITING] = s->taken[i];
	}
	s->taken_n = 0;
	s->main_runs = false;
	sim_wake_if_wanted(s);
}

static void sim_return(struct sim *s, struct sim_worker *w)
{
	if (w->next == w->end)
		return;
	while (w->end > w->next) {
		s->head = (s->head + SIM_WAITING - 1) % SIM_WAITING;
		s->waiting[s->head] = w->batch[--w->end];
		s->count++;
	}
	sim_wake_if_wanted(s);
}

static void sim_begin(struct sim *s, struct sim_worker *w, double more_us)
{
	struct sim_job *job = &w->job;

	*job = w->batch[w->next++];
	w->moved = true;
	w->began_us = s->now_us;
	w->state = job->sleep_us > 0 ? SIM_FIRST : SIM_LAST;
	w->blocked = !s->fixed && rd_route_blocks(&s->route[job->route]);
	if (w->blocked) {
		sim_return(s, w);
		s->r.running--;
		s->r.blocked++;
		sim_wake_if_wanted(s);
		more_us += LOCK_US;
	}
	sim_run(s, sim_index(s, w), more_us + (job->sleep_us > 0 ? job->cpu_us / 2 : job->cpu_us));
}

static void sim_pop(struct sim *s, struct sim_worker *w)
{
	unsigned n;

	if (s->count == 0 || !rd_regulate_may_run(&s->r)) {
		w->state = SIM_ASLEEP;
		s->r.running--;
		s->r.asleep++;
		return;
	}
	n = rd_regulate_share(&s->r, s->count, RD_BATCH);
	for (w->next = w->end = 0; w->end < n; w->end++) {
		w->batch[w->end] = s->waiting[s->head];
		s->head = (s->head + 1) % SIM_WAITING;
	}
	s->count -= n;
	sim_wake_if_wanted(s);
	sim_begin(s, w, LOCK_US);
}

static void sim_done(struct sim *s, struct sim_worker *w)
{
	if (!s->fixed)
		rd_route_learn(&s->route[w->job.route], (unsigned)(s->now_us - w->began_us));
	s->done++;
	if (w->blocked) {
		s->r.blocked--;
		s->r.running++;
		w->blocked = false;
	}
	if (s->every_us == 0)
		sim_add(&s->sleep, s->now_us + LATER_US * sim_about(s),
			SIM_WORKERS + w->job.client);
	if (w->next < w->end)
		sim_begin(s, w, 0);
	else
		sim_pop(s, w);
}

/* A thread has had the processor time that it wanted. */
static void sim_ran(struct sim *s, unsigned who)
{
	struct sim_worker *w = &s->w[who];

	if (who == SIM_MAIN) {
		sim_push(s);
	} else if (w->state == SIM_WOKEN) {
		sim_pop(s, w);
	} else if (w->state == SIM_FIRST) {
		w->state = SIM_SLEEPS;
		sim_add(&s->sleep, s->now_us + w->job.sleep_us, who);
	} else {
		sim_done(s, w);
	}
}

/* A worker has slept, or a request comes. */
static void sim_slept(struct sim *s, unsigned who)
{
	if (who < SIM_WORKERS) {
		s->w[who].state = SIM_LAST;
		sim_run(s, who, SWITCH_US + s->w[who].job.cpu_us / 2);
		return;
	}
	if (s->every_us == 0) {
		sim_arrive(s, who - SIM_WORKERS);
		return;
	}
	for (int i = 0; i < 16; i++)
		sim_arrive(s, 0);
	sim_add(&s->sleep, s->now_us + 16 * s->every_us * sim_about(s), SIM_WORKERS);
}

/* As rd_pool_tend and rd_queue_look. */
static void sim_look(struct sim *s)
{
	unsigned more, stuck = 0;

	for (unsigned i = 0; i < s->most; i++) {
		struct sim_worker *w = &s->w[i];

		if (!w->moved) {
			sim_return(s, w);
			stuck += !s->fixed && !w->blocked && w->state >= SIM_FIRST;
		}
		w->moved = false;
	}
	more = rd_regulate_rescue(&s->r, s->count, stuck);
	while (more > 0 && sim_wake(s, false))
		more--;
	while (more > 0 && sim_wake(s, true))
		more--;
}

static void sim_step(struct sim *s)
{
	double rate = s->run.n > s->cpus ? (double)s->cpus / s->run.n : 1;
	double run_us = s->run.n ? s->now_us + (s->run.node[0].at - s->shared_us) / rate : 1e18;
	double sleep_us = s->sleep.n ? s->sleep.node[0].at : 1e18;
	double next_us = run_us < sleep_us ? run_us : sleep_us;

	if (s->look_us < next_us)
		next_us = s->look_us;
	s->shared_us += (next_us - s->now_us) * rate;
	s->now_us = next_us;
	if (next_us == s->look_us) {
		s->look_us += LOOK_US;
		sim_look(s);
	} else if (next_us == run_us) {
		sim_ran(s, sim_take(&s->run));
	} else {
		sim_slept(s, sim_take(&s->sleep));
	}
	sim_main_turn(s);
}

/*
 * Requests done in a second, once all has settled. fixed: workers, 0 for a regulated pool.
 */
static double sim_throughput(const struct sim_load *load, unsigned cpus, unsigned fixed,
			     double every_us, uint64_t seed)
{
	struct sim *s = calloc(1, sizeof(*s));
	double longest_us = 2000, from_us, until_us, result;
	uint64_t from;

	s->r.concurrency = fixed ? fixed : cpus;
	s->fixed = fixed > 0;
	s->cpus = cpus;
	s->most = fixed ? fixed : SIM_WORKERS;
	s->load = load;
	s->every_us = every_us;
	s->seed = seed;
	s->look_us = LOOK_US;
	for (unsigned i = 0; i < (every_us > 0 ? 1 : SIM_CLIENTS); i++)
		sim_add(&s->sleep, LATER_US * sim_about(s), SIM_WORKERS + i);
	while (sim_wake(s, true) && fixed)
		continue;
	for (int i = 0; i < 2; i++)
		if (longest_us < load->kind[i].cpu_us + load->kind[i].sleep_us)
			longest_us = load->kind[i].cpu_us + load->kind[i].sleep_us;
	from_us = (fixed ? 5 : 15) * longest_us;
	for (int i = 0; i < 2; i++) /* until the pool is full of the long ones */
		from_us += load->kind[i].cpu_us * SIM_WORKERS / cpus * 2;
	while (s->now_us < from_us)
		sim_step(s);
	from = s->done;
	until_us = from_us + 8 * longest_us;
	while (s->now_us < until_us || s->done < from + 4000)
		sim_step(s);
	result = (double)(s->done - from) / (s->now_us - from_us) * 1e6;
	free(s);
	return result;
}

#endif
