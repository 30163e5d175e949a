/*
 * metrics_routes - what the clients' exchanges were answered with and took, by route.
 *
 * The number of series is bounded: routes by RD_SERIES_MAX, statuses by those of tbl/status.h, any
 * other being one of its hundred. By route there are the two stages that differ by it, how long its
 * handler took and how long its client waited; the others are of all routes together.
 *
 * Thread:  the control lane's workers.
 */
#include "server/metrics.h"

#include "server/server.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct {
	const char *le;
	uint64_t us;
} bounds[] = {
	{ "0.0001", 100 },  { "0.00025", 250 }, { "0.0005", 500 },  { "0.001", 1000 },
	{ "0.0025", 2500 }, { "0.005", 5000 },	{ "0.01", 10000 },  { "0.025", 25000 },
	{ "0.05", 50000 },  { "0.1", 100000 },	{ "0.25", 250000 }, { "0.5", 500000 },
	{ "1.0", 1000000 }, { "2.5", 2500000 }, { "5.0", 5000000 }, { "10.0", 10000000 },
};

/* Those that replyd has words for. */
static const int statuses[] = {
#define STATUS(code, reason, text) code,
#include "tbl/status.h"
#undef STATUS
};

static const enum rd_stage by_route[] = { STAGE_PERFORM, STAGE_TOTAL };

/* What was refused before its route was known has a word here: an empty label is none at all. */
static void routes_label(struct rd_exposition *e, const struct replyd *s, unsigned series)
{
	rd_exposition_label(e, "route",
			    series == RD_SERIES_NONE ? "(none)"
						     : rd_series_name(&s->series, series));
}

static void routes_answered(struct rd_exposition *e, const struct replyd *s, unsigned series,
			    const char *status, uint64_t n)
{
	if (n == 0)
		return;
	rd_exposition_print(e, "replyd_route_exchanges_total{");
	routes_label(e, s, series);
	rd_exposition_print(e, ",status=\"%s\"} %" PRIu64 "\n", status, n);
}

/* How many have that status, which are not left any more. */
static uint64_t routes_take(uint64_t left[RD_STATUSES], int status)
{
	uint64_t n = left[status];

	left[status] = 0;
	return n;
}

static void routes_statuses(struct rd_exposition *e, const struct replyd *s,
			    const struct rd_stage_sums *sums, unsigned series)
{
	uint64_t left[RD_STATUSES], n;
	char word[16];

	memcpy(left, sums->status, sizeof(left));
	routes_answered(e, s, series, "none", routes_take(left, RD_STATUS_NONE));
	for (size_t i = 0; i < COUNT(statuses); i++) {
		snprintf(word, sizeof(word), "%d", statuses[i]);
		routes_answered(e, s, series, word,
				routes_take(left, statuses[i] - RD_STATUS_LEAST));
	}
	for (int first = 0; first < RD_STATUSES; first += 100) {
		n = 0;
		for (int i = first; i < first + 100; i++)
			n += left[i];
		snprintf(word, sizeof(word), "%dxx", (first + RD_STATUS_LEAST) / 100);
		routes_answered(e, s, series, word, n);
	}
}

static void routes_exchanges(struct rd_exposition *e, const struct replyd *s,
			     const struct rd_sums *sums)
{
	rd_exposition_family(e, "replyd_route_exchanges", RD_COUNTER,
			     "Requests answered, by route and status.");
	for (unsigned i = 0; i < sums->count; i++)
		routes_statuses(e, s, &sums->of[i], i);
}

/* Of each route that was asked for. */
static void routes_bytes(struct rd_exposition *e, const struct replyd *s,
			 const struct rd_sums *sums, bool sent)
{
	const char *name = sent ? "replyd_route_sent_bytes" : "replyd_route_received_bytes";

	rd_exposition_family(e, name, RD_COUNTER,
			     sent ? "Bytes of replies that are with the kernel, by route."
				  : "Bytes of requests, by route.");
	for (unsigned i = 0; i < sums->count; i++) {
		if (sums->of[i].exchanges == 0)
			continue;
		rd_exposition_print(e, "%s_total{", name);
		routes_label(e, s, i);
		rd_exposition_print(e, "} %" PRIu64 "\n",
				    sent ? sums->of[i].sent : sums->of[i].received);
	}
}

/* `labels` is of all its samples. */
static void routes_histogram(struct rd_exposition *e, const char *name, const char *labels,
			     const struct rd_stage_sum *s)
{
	for (size_t i = 0; i < COUNT(bounds); i++)
		rd_exposition_print(e, "%s_bucket{%s,le=\"%s\"} %" PRIu64 "\n", name, labels,
				    bounds[i].le, rd_stages_within(s, bounds[i].us));
	rd_exposition_print(e, "%s_bucket{%s,le=\"+Inf\"} %" PRIu64 "\n", name, labels, s->count);
	rd_exposition_print(e, "%s_sum{%s} %" PRIu64 ".%06" PRIu64 "\n", name, labels,
			    s->sum / 1000000, s->sum % 1000000);
	rd_exposition_print(e, "%s_count{%s} %" PRIu64 "\n", name, labels, s->count);
}

static void routes_stages(struct rd_exposition *e, const struct rd_stage_sum all[STAGE_COUNT])
{
	static const char name[] = "replyd_stage_duration_seconds";
	char labels[32];

	rd_exposition_family(e, name, RD_HISTOGRAM,
			     "How long exchanges were in each stage, of all routes.");
	for (enum rd_stage i = 0; i < STAGE_COUNT; i++) {
		snprintf(labels, sizeof(labels), "stage=\"%s\"", rd_stage_word(i));
		routes_histogram(e, name, labels, &all[i]);
	}
}

static void routes_stages_of(struct rd_exposition *e, const struct replyd *s,
			     const struct rd_stage_sums *sums, unsigned series)
{
	struct rd_exposition labels = { 0 };

	for (size_t i = 0; i < COUNT(by_route); i++) {
		labels.text.len = 0;
		routes_label(&labels, s, series);
		rd_exposition_print(&labels, ",stage=\"%s\"", rd_stage_word(by_route[i]));
		if (!labels.failed)
			routes_histogram(e, "replyd_route_duration_seconds", labels.text.at,
					 &sums->stage[by_route[i]]);
	}
	e->failed = e->failed || labels.failed;
	rd_buffer_free(&labels.text);
}

static void routes_stages_by_route(struct rd_exposition *e, const struct replyd *s,
				   const struct rd_sums *sums)
{
	rd_exposition_family(e, "replyd_route_duration_seconds", RD_HISTOGRAM,
			     "How long exchanges took in their handler and in all, by route.");
	for (unsigned i = 0; i < sums->count; i++)
		if (sums->of[i].exchanges > 0)
			routes_stages_of(e, s, &sums->of[i], i);
}

static void routes_add(struct rd_stage_sum *all, const struct rd_stage_sum *one)
{
	all->count += one->count;
	all->sum += one->sum;
	for (unsigned i = 0; i < RD_STAGES_BUCKETS; i++)
		all->bucket[i] += one->bucket[i];
}

void rd_metrics_routes(struct rd_exposition *e, struct replyd *s)
{
	struct rd_stage_sum all[STAGE_COUNT] = { 0 };
	struct rd_sums sums;

	if (!rd_sums_look(s, &sums)) {
		e->failed = true;
		return;
	}
	for (unsigned i = 0; i < sums.count; i++)
		for (int stage = 0; stage < STAGE_COUNT; stage++)
			routes_add(&all[stage], &sums.of[i].stage[stage]);
	routes_exchanges(e, s, &sums);
	routes_bytes(e, s, &sums, false);
	routes_bytes(e, s, &sums, true);
	routes_stages(e, all);
	routes_stages_by_route(e, s, &sums);
	rd_sums_free(&sums);
}
