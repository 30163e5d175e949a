/*
 * simulated - a pool in virtual time: no thread, no clock, the same for every run of a seed. Each
 * size of a fixed pool is the same model, with the limit fixed and nothing learnt.
 *
 * Clients ask, and ask again LATER_US after a reply; or requests come in bursts, at a given rate.
 * Main takes what has come, up to RD_EVENTS at once, and pushes it. Workers do as flow/queue.c and
 * flow/pool.c do, with the regulator and the routes' means themselves. Main and the workers have
 * the processors in turn (processors.h); who sleeps costs SWITCH_US to wake.
 */
#ifndef RD_TESTS_UNIT_SIMULATED_H
#define RD_TESTS_UNIT_SIMULATED_H

#include "app/route.h"
#include "flow/acceptor.h"
#include "flow/queue.h"
#include "flow/regulate.h"
#include "processors.h"

#include <stdint.h>
#include <stdlib.h>

enum {
	SIM_WORKERS = 256, /* at most */
	SIM_WAITING = 8192,
	SIM_MAIN = SIM_WORKERS, /* main as a thread */
	SIM_ROUTES = 2,
};

#define LOOK_US	      1000.0
#define MEASURE_LOOKS 8
#define MEASURE_US    (MEASURE_LOOKS * LOOK_US)
#define SWITCH_US     5.0  /* to wake */
#define START_US      20.0 /* to start a worker */
#define LOCK_US	      0.2  /* to take from the queue; to leave the count and to come back */
#define TURN_US	      1.0  /* main's, when something has come; and for each that has: */
#define READY_US      0.5
#define LATER_US      100.0

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

/* Who asks, and who is there for them. */
struct sim_case {
	unsigned cpus;
	unsigned fixed;	  /* workers; 0: they are regulated */
	unsigned clients; /* who wait for their reply; 0: there are none, and */
	double every_us;  /* a request comes so often */
};

struct sim_job {
	double cpu_us, sleep_us;
	unsigned route, client;
	bool second; /* of the kinds */
};

struct sim_worker {
	enum { SIM_ABSENT, SIM_ASLEEP, SIM_WOKEN, SIM_FIRST, SIM_SLEEPS, SIM_LAST } state;
	bool blocked, moved;
	struct sim_job batch[RD_BATCH], job;
	unsigned next, end;
	double began_us, until_us; /* it sleeps until */
};

struct sim {
	struct rd_regulate r;
	bool fixed;
	unsigned most; /* workers */
	const struct sim_load *load;
	double every_us; /* between two requests; 0: from clients, who wait for their reply */
	uint64_t seed;
	struct rd_route route[SIM_ROUTES];
	struct sim_worker w[SIM_WORKERS];
	struct sim_job waiting[SIM_WAITING], come[SIM_WAITING]; /* rings */
	unsigned head, count, come_head, come_n, taken_n;
	unsigned drawn[2]; /* how many of this run, and which one is of the second kind */
	bool main_runs;
	struct cpus cpus;
	struct heap sleep; /* workers, and clients behind them, by time */
	unsigned started;  /* workers */
	unsigned looks;
	double look_us; /* when the next is */
	double seen_us; /* of the processors, when that was measured */
	unsigned slept, begun;
	double asked, done; /* requests, each by its length beside the mean of its kind */
};

/* 0.5 to 1.5 */
static double sim_about(struct sim *s)
{
	s->seed = s->seed * 6364136223846793005u + 1442695040888963407u;
	return 0.5 + (double)(s->seed >> 33) / (double)(1u << 31);
}

static unsigned sim_index(const struct sim *s, const struct sim_worker *w)
{
	return (unsigned)(w - s->w);
}

/* Main takes what has come. */
static void sim_main_turn(struct sim *s)
{
	if (s->main_runs || s->come_n == 0)
		return;
	s->main_runs = true;
	s->taken_n = s->come_n < RD_EVENTS ? s->come_n : RD_EVENTS;
	cpus_run(&s->cpus, SIM_MAIN, TURN_US + READY_US * s->taken_n, true);
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

/* Of its request, by the mean of its kind. */
static double sim_part(const struct sim *s, const struct sim_job *job, double us)
{
	return us / (s->load->kind[job->second].cpu_us + s->load->kind[job->second].sleep_us);
}

static void sim_arrive(struct sim *s, unsigned client)
{
	bool second = sim_second(s);
	const struct sim_kind *k = &s->load->kind[second];
	struct sim_job job = {
		.cpu_us = k->cpu_us * sim_about(s),
		.sleep_us = k->sleep_us * sim_about(s),
		.second = second,
		.route = second && s->load->routes,
		.client = client,
	};

	s->asked += sim_part(s, &job, job.cpu_us + job.sleep_us);
	if (s->come_n < SIM_WAITING)
		s->come[(s->come_head + s->come_n++) % SIM_WAITING] = job;
}

/* One who sleeps runs; or one more is started. False: there is none. */
static bool sim_wake(struct sim *s, bool start)
{
	for (unsigned i = 0; i < s->most; i++) {
		struct sim_worker *w = &s->w[i];

		if (w->state != (start ? SIM_ABSENT : SIM_ASLEEP))
			continue;
		s->r.asleep -= !start;
		s->started += start;
		s->r.running++;
		w->state = SIM_WOKEN;
		cpus_run(&s->cpus, i, start ? START_US : SWITCH_US, false);
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
		const struct sim_job *job = &s->come[(s->come_head + i) % SIM_WAITING];

		if (s->count < SIM_WAITING / 2)
			s->waiting[(s->head + s->count++) % SIM_WAITING] = *job;
	}
	s->come_head = (s->come_head + s->taken_n) % SIM_WAITING;
	s->come_n -= s->taken_n;
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
	s->begun++;
	w->began_us = s->cpus.now_us;
	w->state = job->sleep_us > 0 ? SIM_FIRST : SIM_LAST;
	w->blocked = !s->fixed && rd_route_blocks(&s->route[job->route]);
	if (w->blocked) {
		sim_return(s, w);
		s->r.running--;
		s->r.blocked++;
		sim_wake_if_wanted(s);
		more_us += LOCK_US;
	}
	more_us += job->sleep_us > 0 ? job->cpu_us / 2 : job->cpu_us;
	cpus_run(&s->cpus, sim_index(s, w), more_us, false);
}

static void sim_pop(struct sim *s, struct sim_worker *w)
{
	unsigned n;

	if (s->count == 0 || !rd_regulate_may_run(&s->r)) {
		w->state = SIM_ASLEEP;
		s->r.idled = s->r.idled || s->count == 0;
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
		rd_route_learn(&s->route[w->job.route], (unsigned)(s->cpus.now_us - w->began_us));
	s->done += sim_part(s, &w->job, w->job.cpu_us + w->job.sleep_us);
	if (w->blocked) {
		s->r.blocked--;
		s->r.running++;
		w->blocked = false;
	}
	if (s->every_us == 0)
		heap_add(&s->sleep, s->cpus.now_us + LATER_US * sim_about(s),
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
		s->slept++;
		w->until_us = s->cpus.now_us + w->job.sleep_us;
		heap_add(&s->sleep, w->until_us, who);
	} else {
		sim_done(s, w);
	}
}

/* A worker has slept, or a request comes. */
static void sim_slept(struct sim *s, unsigned who)
{
	if (who < SIM_WORKERS) {
		s->w[who].state = SIM_LAST;
		cpus_run(&s->cpus, who, SWITCH_US + s->w[who].job.cpu_us / 2, false);
		return;
	}
	if (s->every_us == 0) {
		sim_arrive(s, who - SIM_WORKERS);
		return;
	}
	for (int i = 0; i < 16; i++)
		sim_arrive(s, 0);
	heap_add(&s->sleep, s->cpus.now_us + 16 * s->every_us * sim_about(s), SIM_WORKERS);
}

/* As pool_measure. */
static void sim_measure(struct sim *s)
{
	struct rd_regulate_spent spent = {
		.elapsed_us = (uint64_t)MEASURE_US,
		.waits = s->slept,
		.begun = s->begun,
	};
	double used_us = cpus_used(&s->cpus);

	spent.cpu_us = (uint64_t)(used_us - s->seen_us);
	rd_regulate_measure(&s->r, &spent);
	s->seen_us = used_us;
	s->slept = s->begun = 0;
}

static void sim_look_at(struct sim *s, struct sim_worker *w, struct rd_regulate_look *look)
{
	if (!w->moved) {
		sim_return(s, w);
		if (w->state >= SIM_FIRST && !s->fixed) {
			look->stuck += !w->blocked;
			look->blocked += w->blocked;
		}
	}
	w->moved = false;
}

/* As rd_pool_tend and rd_queue_look. */
static void sim_look(struct sim *s)
{
	struct rd_regulate_look look = { 0 };
	unsigned more;

	if (s->looks++ % MEASURE_LOOKS == 0 && !s->fixed)
		sim_measure(s);
	for (unsigned i = 0; i < s->started; i++)
		sim_look_at(s, &s->w[i], &look);
	look.waiting = s->count;
	more = rd_regulate_rescue(&s->r, &look);
	while (more > 0 && sim_wake(s, false))
		more--;
	while (more > 0 && sim_wake(s, true))
		more--;
}

static void sim_step(struct sim *s)
{
	double on_us = heap_next(&s->cpus.on), sleep_us = heap_next(&s->sleep);
	double next_us = on_us < sleep_us ? on_us : sleep_us;

	if (s->cpus.urgent_us < next_us)
		next_us = s->cpus.urgent_us;
	if (s->look_us < next_us)
		next_us = s->look_us;
	s->cpus.now_us = next_us;
	if (next_us == s->look_us) {
		s->look_us += LOOK_US;
		sim_look(s);
	} else if (next_us == on_us) {
		s->cpus.current = cpus_end(&s->cpus);
		if (s->cpus.current != CPU_NOBODY)
			sim_ran(s, s->cpus.current);
		s->cpus.current = CPU_NOBODY;
	} else if (next_us == sleep_us) {
		sim_slept(s, heap_take(&s->sleep));
	} else {
		cpus_preempt(&s->cpus);
	}
	sim_main_turn(s);
	cpus_dispatch(&s->cpus);
}

/* So much of its request has a worker done. */
static double sim_progress(const struct sim *s, unsigned i)
{
	const struct sim_worker *w = &s->w[i];
	double us = w->job.cpu_us;

	if (w->state < SIM_FIRST)
		return 0;
	if (w->state == SIM_SLEEPS)
		us = us / 2 + w->job.sleep_us - (w->until_us - s->cpus.now_us);
	else
		us -= cpus_wants(&s->cpus, i);
	if (w->state == SIM_FIRST)
		us -= w->job.cpu_us / 2;
	else if (w->state == SIM_LAST)
		us += w->job.sleep_us;
	return us > 0 ? sim_part(s, &w->job, us) : 0;
}

/* Requests done so far, those that are begun in part. */
static double sim_done_by_now(const struct sim *s)
{
	double done = s->done;

	for (unsigned i = 0; i < s->most; i++)
		done += sim_progress(s, i);
	return done;
}

struct sim_rate {
	double asked, done; /* requests a second */
};

/* And so many more are done. */
static void sim_until(struct sim *s, double until_us, double more)
{
	double done = s->done + more;

	while (s->cpus.now_us < until_us || s->done < done)
		sim_step(s);
}

/* Once all has settled. */
static struct sim_rate sim_settled(struct sim *s)
{
	const struct sim_kind *kind = s->load->kind;
	double longest_us = s->fixed ? 4000 : 20000, full_us = 0, from_us;
	unsigned least = s->every_us > 0 ? 500 : 0; /* they come unevenly */
	struct sim_rate from;

	for (int i = 0; i < 2; i++) {
		if (longest_us < kind[i].cpu_us + kind[i].sleep_us)
			longest_us = kind[i].cpu_us + kind[i].sleep_us;
		if (s->load->often > 0 || kind[i].sleep_us > 0)
			full_us += kind[i].cpu_us * SIM_WORKERS / s->cpus.n;
	}
	sim_until(s, (s->fixed ? 2 : 10) * longest_us + 2 * full_us, least);
	from = (struct sim_rate){ .asked = s->asked, .done = sim_done_by_now(s) };
	from_us = s->cpus.now_us;
	sim_until(s, from_us + 4 * longest_us + 8 * full_us, 2 * least);
	return (struct sim_rate){
		.asked = (s->asked - from.asked) / (s->cpus.now_us - from_us) * 1e6,
		.done = (sim_done_by_now(s) - from.done) / (s->cpus.now_us - from_us) * 1e6,
	};
}

static struct sim_rate sim_rate(const struct sim_load *load, const struct sim_case *c,
				uint64_t seed)
{
	struct sim *s = calloc(1, sizeof(*s));
	struct sim_rate rate;

	s->r.concurrency = c->fixed ? c->fixed : c->cpus;
	s->fixed = c->fixed > 0;
	s->most = c->fixed ? c->fixed : SIM_WORKERS;
	s->load = load;
	s->every_us = c->every_us;
	s->seed = seed;
	s->look_us = LOOK_US;
	cpus_init(&s->cpus, c->cpus);
	for (unsigned i = 0; i < c->clients + (c->every_us > 0); i++)
		heap_add(&s->sleep, LATER_US * sim_about(s), SIM_WORKERS + i);
	while (sim_wake(s, true) && c->fixed)
		continue;
	rate = sim_settled(s);
	free(s);
	return rate;
}

#endif
