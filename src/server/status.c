/*
 * status - the control lane's numbers for people and for programs, as JSON.
 * Thread:  the control lane's worker.
 */
#include "config.h"

#include "app/exchange.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "observe/process.h"
#include "server/control.h"
#include "server/server.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

static bool status_urls(struct rd_buffer *b, const char *name, const struct rd_listeners *l)
{
	bool added = rd_buffer_print(b, "\"%s\": [", name);

	for (size_t i = 0; added && i < l->count; i++)
		added = rd_buffer_text(b, i ? ", " : "") && rd_json_text(b, l->url[i]);
	return added && rd_buffer_text(b, "],\n");
}

static bool status_server(struct rd_buffer *b, struct replyd *s)
{
	double up_s = (double)(rd_clock_us() - s->opened_us) / 1e6;
	bool added;

	added = rd_buffer_print(b,
				"{\n\"version\": \"%s\",\n\"pid\": %d,\n"
				"\"state\": \"%s\",\n\"uptime_s\": %.3f,\n"
				"\"log_level\": \"%s\",\n",
				PACKAGE_VERSION, (int)getpid(),
				rd_server_state_word(rd_server_state(s)), up_s, rd_log_level());
	rd_lock_take(&s->look);
	added = added && rd_buffer_print(b, "\"generation\": %u,\n", s->setup->generation.number) &&
		status_urls(b, "listeners", &s->setup->listeners);
	rd_lock_drop(&s->look);
	return added && status_urls(b, "control", &s->control.listeners);
}

static bool status_group(struct rd_buffer *b, const struct rd_group_view *v)
{
	return rd_buffer_print(b,
			       "\"workers\": {\"running\": %u, \"blocked\": %u, \"asleep\": %u, "
			       "\"stuck\": %u, \"limit\": %u},\n"
			       "\"queue\": {\"length\": %u, \"limit\": %u, \"wait_us\": %" PRIu64
			       "},\n"
			       "\"connections\": {\"open\": %zu, \"parked\": %zu, \"queued\": %zu, "
			       "\"worked_on\": %zu, \"limit\": %zu},\n",
			       v->running, v->blocked, v->asleep, v->stuck, v->workers_max,
			       v->queued, v->queue_max, v->waited_us, v->open, v->parked,
			       v->owned[OWN_QUEUE], v->owned[OWN_WORKER], v->conns_max);
}

static bool status_spool(struct rd_buffer *b, struct rd_room *room)
{
	return rd_buffer_print(b, "\"spool\": {\"bytes\": %" PRIu64 ", \"limit\": %" PRIu64 "},\n",
			       atomic_load(&room->used), atomic_load(&room->most));
}

static bool status_counts(struct rd_buffer *b, const char *name, const struct rd_group_view *v,
			  enum rd_counter first, enum rd_counter end)
{
	bool added = rd_buffer_print(b, "\"%s\": {", name);

	for (enum rd_counter i = first; added && i < end; i++)
		added = rd_buffer_text(b, i > first ? ", " : "") &&
			rd_json_text(b, rd_counter_word(i)) &&
			rd_buffer_print(b, ": %" PRIu64, v->count[i]);
	return added && rd_buffer_text(b, "},\n");
}

static bool status_process(struct rd_buffer *b)
{
	struct rd_process p;

	rd_process_look(&p);
	return rd_buffer_print(b,
			       "\"process\": {\"descriptors\": %" PRIu64
			       ", \"descriptors_limit\": %" PRIu64 ", \"threads\": %" PRIu64
			       ", \"resident_bytes\": %" PRIu64 ", \"cpu_us\": %" PRIu64 "}\n}\n",
			       p.descriptors, p.descriptors_max, p.threads, p.resident, p.cpu_us);
}

int rd_status_perform(struct replyd_exchange *x, void *data)
{
	struct rd_buffer b = { 0 };
	struct replyd *s = data;
	struct rd_group_view v;

	rd_server_look(s, &v);
	replyd_add_field(x, "Cache-Control", "no-store");
	if (status_server(&b, s) && status_group(&b, &v) && status_spool(&b, &s->room) &&
	    rd_recent_json(&b, s) && status_counts(&b, "counted", &v, 0, COUNT_CLOSED_NONE) &&
	    status_counts(&b, "closed", &v, COUNT_CLOSED_NONE + 1, COUNTER_COUNT) &&
	    status_process(&b))
		return replyd_lend(x, 200, "application/json", b.at, b.len, free, b.at);
	rd_buffer_free(&b);
	return 503;
}
