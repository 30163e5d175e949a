/*
 * metrics - the control lane's numbers, for Prometheus and who reads as it does.
 * Thread:  the control lane's workers.
 */
#include "config.h"

#include "app/exchange.h"
#include "observe/process.h"
#include "server/control.h"
#include "server/metrics.h"
#include "server/server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { GROUPS = 2, NAME = 128 };

struct metrics {
	struct rd_exposition *e;
	struct rd_group_view view[GROUPS];
};

static const char *const groups[GROUPS] = { "clients", "control" };

/* Why clients, or requests, are turned away. */
static const struct {
	enum rd_counter counter;
	const char *cause;
} shed[] = {
	{ COUNT_SHED, "full" },		  { COUNT_SHED_FAIR, "fair" },
	{ COUNT_SHED_WAIT, "wait" },	  { COUNT_SHED_DEADLINE, "deadline" },
	{ COUNT_LIMITED, "connections" }, { COUNT_LIMITED_RATE, "rate" },
};

/* "entries-rescued" as a name. */
static void metrics_name(enum rd_counter which, char name[NAME])
{
	snprintf(name, NAME, "replyd_%s", rd_counter_word(which));
	for (char *at = name; (at = strchr(at, '-'));)
		*at = '_';
}

static bool metrics_sheds(enum rd_counter which)
{
	for (size_t i = 0; i < COUNT(shed); i++)
		if (shed[i].counter == which)
			return true;
	return false;
}

static void metrics_counters(const struct metrics *m)
{
	char name[NAME];

	for (enum rd_counter i = 0; i < COUNT_CLOSED_NONE; i++) {
		if (i == COUNT_CLOSED || metrics_sheds(i)) /* by reason and cause, below */
			continue;
		metrics_name(i, name);
		rd_exposition_family(m->e, name, RD_COUNTER, rd_counter_text(i));
		for (int g = 0; g < GROUPS; g++)
			rd_exposition_print(m->e, "%s_total{group=\"%s\"} %" PRIu64 "\n", name,
					    groups[g], m->view[g].count[i]);
	}
}

static void metrics_shed(const struct metrics *m)
{
	rd_exposition_family(m->e, "replyd_shed", RD_COUNTER,
			     "Connections and requests turned away, by cause.");
	for (int g = 0; g < GROUPS; g++)
		for (size_t i = 0; i < COUNT(shed); i++)
			rd_exposition_print(
				m->e, "replyd_shed_total{group=\"%s\",cause=\"%s\"} %" PRIu64 "\n",
				groups[g], shed[i].cause, m->view[g].count[shed[i].counter]);
}

static void metrics_closed(const struct metrics *m)
{
	char name[NAME];

	metrics_name(COUNT_CLOSED, name);
	rd_exposition_family(m->e, name, RD_COUNTER, rd_counter_text(COUNT_CLOSED));
	for (int g = 0; g < GROUPS; g++)
		for (enum rd_counter i = COUNT_CLOSED_NONE + 1; i < COUNTER_COUNT; i++)
			rd_exposition_print(
				m->e, "%s_total{group=\"%s\",reason=\"%s\"} %" PRIu64 "\n", name,
				groups[g], rd_counter_word(i), m->view[g].count[i]);
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

static void metrics_gauges(const struct metrics *m)
{
	double value[GROUPS][GAUGE_COUNT];

	for (int g = 0; g < GROUPS; g++)
		metrics_gauge_values(&m->view[g], value[g]);
	for (enum gauge i = 0; i < GAUGE_COUNT; i++) {
		if (gauges[i].help)
			rd_exposition_family(m->e, gauges[i].name, RD_GAUGE, gauges[i].help);
		for (int g = 0; g < GROUPS; g++) {
			rd_exposition_print(m->e, "%s{group=\"%s\"", gauges[i].name, groups[g]);
			if (gauges[i].state)
				rd_exposition_print(m->e, ",state=\"%s\"", gauges[i].state);
			rd_exposition_print(m->e, "} %.15g\n", value[g][i]);
		}
	}
}

static void metrics_server(struct rd_exposition *e, struct replyd *s)
{
	int64_t configured_s = atomic_load(&s->configured_s);
	unsigned generation;

	rd_lock_take(&s->look);
	generation = s->setup->generation.number;
	rd_lock_drop(&s->look);
	rd_exposition_family(e, "replyd_build_info", RD_GAUGE, "Which replyd this is.");
	rd_exposition_print(e, "replyd_build_info{version=\"%s\"} 1\n", PACKAGE_VERSION);
	rd_exposition_gauge(e, "replyd_ready", "Whether it takes requests.",
			    rd_server_state(s) == STATE_SERVING);
	rd_exposition_gauge(e, "replyd_config_generation",
			    "How many configurations were served by now.", generation);
	rd_exposition_gauge(e, "replyd_config_last_reload_successful",
			    "Whether the configuration that was read last is served.",
			    !atomic_load(&s->refused));
	rd_exposition_gauge(e, "replyd_config_last_reload_success_timestamp_seconds",
			    "Since when what is served is, since 1970.",
			    (double)(configured_s ? configured_s : s->opened_s));
	rd_exposition_gauge(e, "replyd_spool_bytes",
			    "Bytes of bodies and replies in temporary files.",
			    (double)atomic_load(&s->room.used));
	rd_exposition_gauge(e, "replyd_spool_limit_bytes", "Bytes that these may be.",
			    (double)atomic_load(&s->room.most));
}

/* By the names that all programs give them. */
static void metrics_process(struct rd_exposition *e, double started_s)
{
	struct rd_process p;

	rd_process_look(&p);
	rd_exposition_family(e, "process_cpu_seconds", RD_COUNTER,
			     "Processor time, user and system.");
	rd_exposition_print(e, "process_cpu_seconds_total %.6f\n", (double)p.cpu_us / 1e6);
	rd_exposition_gauge(e, "process_resident_memory_bytes", "Memory that is resident.",
			    (double)p.resident);
	rd_exposition_gauge(e, "process_virtual_memory_bytes", "Address space.",
			    (double)p.address_space);
	rd_exposition_gauge(e, "process_open_fds", "Descriptors that are open.",
			    (double)p.descriptors);
	rd_exposition_gauge(e, "process_max_fds", "Descriptors that may be open.",
			    (double)p.descriptors_max);
	rd_exposition_gauge(e, "process_threads", "Threads.", (double)p.threads);
	rd_exposition_gauge(e, "process_start_time_seconds", "When it was opened, since 1970.",
			    started_s);
}

int rd_metrics_perform(struct replyd_exchange *x, void *data)
{
	const char *accept = replyd_field(x, "Accept");
	struct rd_exposition e = { .open = accept && strstr(accept, "openmetrics-text") };
	struct metrics m = { .e = &e };
	struct replyd *s = data;

	rd_server_look(s, &m.view[0]);
	rd_group_look(&s->control.group, &m.view[1]);
	metrics_server(&e, s);
	metrics_counters(&m);
	metrics_shed(&m);
	metrics_closed(&m);
	metrics_gauges(&m);
	rd_metrics_listeners(&e, s);
	rd_metrics_routes(&e, s);
	metrics_process(&e, (double)s->opened_s);
	rd_exposition_end(&e);
	replyd_add_field(x, "Cache-Control", "no-store");
	if (!e.failed)
		return replyd_lend(x, 200, rd_exposition_type(&e), e.text.at, e.text.len, free,
				   e.text.at);
	rd_buffer_free(&e.text);
	return 503;
}
