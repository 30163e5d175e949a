/*
 * metrics - the control lane's numbers, for Prometheus and who reads as it does: the text format
 * 0.0.4, or OpenMetrics 1.0 where that is asked for.
 * Thread:  the control lane's worker.
 */
#include "config.h"

#include "app/exchange.h"
#include "observe/process.h"
#include "server/control.h"
#include "server/server.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { GROUPS = 2, NAME = 128 };

struct metrics {
	struct replyd_exchange *x;
	bool open; /* OpenMetrics */
	struct rd_group_view view[GROUPS];
};

static const char *const groups[GROUPS] = { "clients", "control" };

/* A counter's name ends in _total; OpenMetrics calls its family by the rest of it. */
static void metrics_family(struct metrics *m, const char *name, const char *type, const char *help)
{
	bool counter = strcmp(type, "counter") == 0;

	if (counter && !m->open)
		replyd_print(m->x, "# HELP %s_total %s\n# TYPE %s_total %s\n", name, help, name,
			     type);
	else
		replyd_print(m->x, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void metrics_plain(struct metrics *m, const char *name, const char *help, double value)
{
	metrics_family(m, name, "gauge", help);
	replyd_print(m->x, "%s %.15g\n", name, value);
}

/* "entries-rescued" as a name. */
static void metrics_name(enum rd_counter which, char name[NAME])
{
	snprintf(name, NAME, "replyd_%s", rd_counter_word(which));
	for (char *at = name; (at = strchr(at, '-'));)
		*at = '_';
}

static void metrics_counters(struct metrics *m)
{
	char name[NAME];

	for (enum rd_counter i = 0; i < COUNT_CLOSED_NONE; i++) {
		if (i == COUNT_CLOSED) /* by reason, below */
			continue;
		metrics_name(i, name);
		metrics_family(m, name, "counter", rd_counter_text(i));
		for (int g = 0; g < GROUPS; g++)
			replyd_print(m->x, "%s_total{group=\"%s\"} %" PRIu64 "\n", name, groups[g],
				     m->view[g].count[i]);
	}
}

static void metrics_closed(struct metrics *m)
{
	char name[NAME];

	metrics_name(COUNT_CLOSED, name);
	metrics_family(m, name, "counter", rd_counter_text(COUNT_CLOSED));
	for (int g = 0; g < GROUPS; g++)
		for (enum rd_counter i = COUNT_CLOSED_NONE + 1; i < COUNTER_COUNT; i++)
			replyd_print(m->x, "%s_total{group=\"%s\",reason=\"%s\"} %" PRIu64 "\n",
				     name, groups[g], rd_counter_word(i), m->view[g].count[i]);
}

enum gauge {
	GAUGE_RUNNING,
	GAUGE_BLOCKED,
	GAUGE_ASLEEP,
	GAUGE_STUCK,
	GAUGE_WORKERS_MAX,
	GAUGE_QUEUED,
	GAUGE_QUEUE_MAX,
	GAUGE_WAITED,
	GAUGE_CONN_MAIN,
	GAUGE_CONN_QUEUE,
	GAUGE_CONN_WORKER,
	GAUGE_CONN_PARKED,
	GAUGE_CONNS_MAX,
	GAUGE_COUNT
};

/* One family is neighbours. */
static const struct {
	const char *name, *state, *help;
} gauges[GAUGE_COUNT] = {
	[GAUGE_RUNNING] = { "replyd_workers", "running", "Workers by what they do." },
	[GAUGE_BLOCKED] = { "replyd_workers", "blocked", NULL },
	[GAUGE_ASLEEP] = { "replyd_workers", "asleep", NULL },
	[GAUGE_STUCK] = { "replyd_workers", "stuck", NULL },
	[GAUGE_WORKERS_MAX] = { "replyd_workers_limit", NULL, "Workers, at most." },
	[GAUGE_QUEUED] = { "replyd_queue_length", NULL, "Connections that wait for a worker." },
	[GAUGE_QUEUE_MAX] = { "replyd_queue_limit", NULL,
			      "Connections that may wait for a worker." },
	[GAUGE_WAITED] = { "replyd_queue_wait_seconds", NULL,
			   "How long the first that waits has waited." },
	[GAUGE_CONN_MAIN] = { "replyd_connections", "main", "Connections by who has them." },
	[GAUGE_CONN_QUEUE] = { "replyd_connections", "queue", NULL },
	[GAUGE_CONN_WORKER] = { "replyd_connections", "worker", NULL },
	[GAUGE_CONN_PARKED] = { "replyd_connections", "parked", NULL },
	[GAUGE_CONNS_MAX] = { "replyd_connections_limit", NULL, "Connections at once, at most." },
};

static void metrics_gauge_values(const struct rd_group_view *v, double value[GAUGE_COUNT])
{
	value[GAUGE_RUNNING] = v->running;
	value[GAUGE_BLOCKED] = v->blocked;
	value[GAUGE_ASLEEP] = v->asleep;
	value[GAUGE_STUCK] = v->stuck;
	value[GAUGE_WORKERS_MAX] = v->workers_max;
	value[GAUGE_QUEUED] = v->queued;
	value[GAUGE_QUEUE_MAX] = v->queue_max;
	value[GAUGE_WAITED] = (double)v->waited_us / 1e6;
	value[GAUGE_CONN_MAIN] = (double)v->owned[OWN_MAIN];
	value[GAUGE_CONN_QUEUE] = (double)v->owned[OWN_QUEUE];
	value[GAUGE_CONN_WORKER] = (double)v->owned[OWN_WORKER];
	value[GAUGE_CONN_PARKED] = (double)v->owned[OWN_PARKED];
	value[GAUGE_CONNS_MAX] = (double)v->conns_max;
}

static void metrics_gauges(struct metrics *m)
{
	double value[GROUPS][GAUGE_COUNT];

	for (int g = 0; g < GROUPS; g++)
		metrics_gauge_values(&m->view[g], value[g]);
	for (enum gauge i = 0; i < GAUGE_COUNT; i++) {
		if (gauges[i].help)
			metrics_family(m, gauges[i].name, "gauge", gauges[i].help);
		for (int g = 0; g < GROUPS; g++) {
			replyd_print(m->x, "%s{group=\"%s\"", gauges[i].name, groups[g]);
			if (gauges[i].state)
				replyd_print(m->x, ",state=\"%s\"", gauges[i].state);
			replyd_print(m->x, "} %.15g\n", value[g][i]);
		}
	}
}

static void metrics_spool(struct metrics *m, struct rd_room *room)
{
	metrics_plain(m, "replyd_spool_bytes", "Bytes of bodies and replies in temporary files.",
		      (double)atomic_load(&room->used));
	metrics_plain(m, "replyd_spool_limit_bytes", "Bytes that these may be.",
		      (double)atomic_load(&room->most));
}

/* By the names that all programs give them. */
static void metrics_process(struct metrics *m, double started_s)
{
	struct rd_process p;

	rd_process_look(&p);
	metrics_family(m, "process_cpu_seconds", "counter", "Processor time, user and system.");
	replyd_print(m->x, "process_cpu_seconds_total %.6f\n", (double)p.cpu_us / 1e6);
	metrics_plain(m, "process_resident_memory_bytes", "Memory that is resident.",
		      (double)p.resident);
	metrics_plain(m, "process_virtual_memory_bytes", "Address space.", (double)p.address_space);
	metrics_plain(m, "process_open_fds", "Descriptors that are open.", (double)p.descriptors);
	metrics_plain(m, "process_max_fds", "Descriptors that may be open.",
		      (double)p.descriptors_max);
	metrics_plain(m, "process_threads", "Threads.", (double)p.threads);
	metrics_plain(m, "process_start_time_seconds", "When it was opened, since 1970.",
		      started_s);
}

int rd_metrics_perform(struct replyd_exchange *x, void *data)
{
	const char *accept = replyd_field(x, "Accept");
	struct metrics m = { .x = x, .open = accept && strstr(accept, "openmetrics-text") };
	struct replyd *s = data;

	rd_server_look(s, &m.view[0]);
	rd_group_look(&s->control.group, &m.view[1]);
	replyd_add_field(x, "Cache-Control", "no-store");
	replyd_begin(x, 200,
		     m.open ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
			    : "text/plain; version=0.0.4; charset=utf-8");
	metrics_family(&m, "replyd_build_info", "gauge", "Which replyd this is.");
	replyd_print(x, "replyd_build_info{version=\"%s\"} 1\n", PACKAGE_VERSION);
	metrics_plain(&m, "replyd_ready", "Whether it takes requests.",
		      rd_server_state(s) == STATE_SERVING);
	metrics_counters(&m);
	metrics_closed(&m);
	metrics_gauges(&m);
	metrics_spool(&m, &s->room);
	metrics_process(&m, (double)s->opened_s);
	if (m.open)
		replyd_print(x, "# EOF\n");
	return 0;
}
