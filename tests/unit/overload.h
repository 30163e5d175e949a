/*
 * overload - those that wait for workers, in virtual time: a handler of so long, so many workers,
 * clients that give up, and arrivals at any rate; for test_shed and test_fair.
 */
#ifndef TESTS_UNIT_OVERLOAD_H
#define TESTS_UNIT_OVERLOAD_H

#include "base/must.h"
#include "flow/conn.h"
#include "flow/waiting.h"

#include <check.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { WORKERS_MOST = 64, BOUND = 8192, BATCH = 16, SECOND = 1000 * 1000 };

static const struct rd_shed_config usual = {
	.on = true, .target_us = 5000, .interval_us = 100 * 1000, .limit_us = 50 * 1000
};

struct sim {
	unsigned workers;
	uint64_t service_us, patience_us;
	unsigned clients; /* addresses that the arrivals come from */
	double (*rate)(const struct sim *s, double at_s); /* times what can be served */
	double level;
	struct rd_shed_config shed;
	/* how it went */
	uint64_t offered, good, late, shed_wait, shed_full;
	uint64_t *latency; /* of those that were served, [served] */
	size_t served, room;
	/* under way */
	struct rd_waiting waiting;
	uint64_t now_us, free_us[WORKERS_MOST], from_us;
	uint64_t random;
};

static struct rd_conn nobody;

static inline double sim_random(struct sim *s)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return ((double)(s->random >> 11) + 0.5) / 9007199254740992.0;
}

static inline void sim_begin(struct sim *s, uint64_t seed)
{
	s->random = seed * 0x9e3779b97f4a7c15 + 1;
	s->now_us = SECOND; /* a clock is not at 0 */
	s->room = 1 << 17;
	s->latency = malloc(s->room * sizeof(*s->latency));
	ck_assert_ptr_nonnull(s->latency);
	ck_assert(rd_waiting_init(&s->waiting, BOUND, BOUND + BATCH, 0x1234567890abcdef, &s->shed));
}

static inline void sim_served(struct sim *s, const struct rd_entry *entry, uint64_t done_us)
{
	uint64_t us = done_us - entry->ready_us;

	if (entry->ready_us < s->from_us)
		return;
	if (us <= s->patience_us)
		s->good++;
	else
		s->late++;
	if (s->served < s->room)
		s->latency[s->served++] = us;
}

/* A worker is free: it takes one, and what is to be shed with it. False: none is there. */
static inline bool sim_work(struct sim *s, unsigned worker)
{
	struct rd_entry batch[BATCH];
	unsigned n = rd_waiting_take(&s->waiting, 1, BATCH, s->now_us, batch);
	bool works = false;

	for (unsigned i = 0; i < n; i++) {
		if (batch[i].shed == RD_SHED_WAIT) {
			s->shed_wait += batch[i].ready_us >= s->from_us;
			continue;
		}
		works = true;
		s->free_us[worker] = s->now_us + s->service_us;
		sim_served(s, &batch[i], s->free_us[worker]);
		rd_shed_learn(&s->waiting.shed, s->service_us, 1);
	}
	return works;
}

static inline void sim_work_all(struct sim *s)
{
	for (unsigned i = 0; i < s->workers && s->waiting.count > 0; i++)
		if (s->free_us[i] <= s->now_us)
			while (!sim_work(s, i) && s->waiting.count > 0)
				continue;
}

static inline uint64_t sim_next_free(const struct sim *s)
{
	uint64_t next = UINT64_MAX;

	for (unsigned i = 0; i < s->workers; i++)
		if (s->free_us[i] < next)
			next = s->free_us[i];
	return next;
}

static inline void sim_arrive(struct sim *s, uint64_t client)
{
	struct rd_entry entry = { .conn = &nobody, .ready_us = s->now_us, .client = client };

	s->offered += s->now_us >= s->from_us;
	if (!rd_waiting_add(&s->waiting, &entry))
		s->shed_full += s->now_us >= s->from_us;
	sim_work_all(s);
}

/* Workers that are free before `until_us` take what waits. */
static inline void sim_run_until(struct sim *s, uint64_t until_us)
{
	while (s->waiting.count > 0) {
		uint64_t next = sim_next_free(s);

		if (next > until_us)
			break;
		if (next > s->now_us)
			s->now_us = next;
		sim_work_all(s);
	}
	s->now_us = until_us;
}

static inline double sim_capacity(const struct sim *s)
{
	return s->workers * 1e6 / (double)s->service_us;
}

/* Arrivals by chance, at the rate of each moment, for so long; it tells of those after `from_s`. */
static inline void sim_run(struct sim *s, double seconds, double from_s)
{
	uint64_t end_us = s->now_us + (uint64_t)(seconds * 1e6), start_us = s->now_us;
	double at = (double)s->now_us;

	s->from_us = start_us + (uint64_t)(from_s * 1e6);
	while (s->now_us < end_us) {
		double level = s->rate(s, (at - (double)start_us) / 1e6);

		if (level <= 0) {
			at += 1000;
			sim_run_until(s, (uint64_t)at);
			continue;
		}
		at += -log(sim_random(s)) / (level * sim_capacity(s)) * 1e6;
		sim_run_until(s, (uint64_t)at);
		sim_arrive(s, s->clients > 1 ? (uint64_t)(sim_random(s) * s->clients) : 0);
	}
	sim_run_until(s, s->now_us + 10 * SECOND);
	ck_assert_uint_eq(s->waiting.count, 0);
}

static inline int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static inline double sim_p99_ms(struct sim *s)
{
	qsort(s->latency, s->served, sizeof(*s->latency), by_size);
	return s->served ? (double)s->latency[s->served * 99 / 100] / 1000 : 0;
}

static inline void sim_end(struct sim *s)
{
	rd_waiting_fini(&s->waiting);
	free(s->latency);
}

static inline double steady(const struct sim *s, double at_s)
{
	(void)at_s;
	return s->level;
}

static inline struct sim sim_of(double (*rate)(const struct sim *, double), double level,
				unsigned clients)
{
	return (struct sim){ .workers = 16,
			     .service_us = 10 * 1000,
			     .patience_us = 150 * 1000,
			     .clients = clients,
			     .rate = rate,
			     .level = level,
			     .shed = usual };
}

#endif
