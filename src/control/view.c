/*
 * view - how a server was at one moment, from its JSON.
 * Never:   trusts what it reads to be of a replyd of the same version, or whole.
 */
#include "control/view.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t view_integer(const json_t *value)
{
	json_int_t n = json_integer_value(value);

	return n > 0 ? (uint64_t)n : 0;
}

/* A time that others can reckon with. */
static double view_seconds(const json_t *value)
{
	const double most = 1e12;
	double s = json_number_value(value);

	return s > 0 ? s < most ? s : most : 0;
}

static void view_text(const json_t *value, char *to, size_t size)
{
	const char *text = json_string_value(value);

	snprintf(to, size, "%s", text ? text : "");
	rd_utf8_clean(to, strlen(to));
}

uint64_t rd_view_number(const struct rd_view *view, const char *object, const char *name)
{
	return view_integer(json_object_get(json_object_get(view->status, object), name));
}

static void view_server(struct rd_view *v)
{
	view_text(json_object_get(v->status, "version"), v->version, sizeof(v->version));
	view_text(json_object_get(v->status, "state"), v->state, sizeof(v->state));
	v->pid = view_integer(json_object_get(v->status, "pid"));
	v->generation = view_integer(json_object_get(v->status, "generation"));
	v->up_s = view_seconds(json_object_get(v->status, "uptime_s"));
}

/* A row of what follows. */
#define NUMBER(object, name)                                          \
	{                                                             \
#object, #name, offsetof(struct rd_view, object.name) \
	}

static const struct {
	const char *object, *name;
	size_t at;
} numbers[] = {
	NUMBER(workers, running),
	NUMBER(workers, blocked),
	NUMBER(workers, asleep),
	NUMBER(workers, stuck),
	NUMBER(workers, limit),
	NUMBER(queue, length),
	NUMBER(queue, limit),
	NUMBER(queue, wait_us),
	NUMBER(connections, open),
	NUMBER(connections, parked),
	NUMBER(connections, queued),
	NUMBER(connections, worked_on),
	NUMBER(connections, limit),
	NUMBER(spool, bytes),
	NUMBER(spool, limit),
	NUMBER(process, descriptors),
	NUMBER(process, descriptors_limit),
	NUMBER(process, threads),
	NUMBER(process, resident_bytes),
	NUMBER(process, cpu_us),
};

static void view_stages(struct rd_view *v)
{
	const json_t *list = json_object_get(v->status, "stages");
	size_t count = json_array_size(list);

	v->stages = count < RD_VIEW_STAGES ? (unsigned)count : RD_VIEW_STAGES;
	for (unsigned i = 0; i < v->stages; i++)
		view_text(json_array_get(list, i), v->stage[i], sizeof(v->stage[i]));
}

static void view_route_stages(const struct rd_view *v, struct rd_view_route *r, const json_t *from)
{
	const json_t *stages = json_object_get(from, "stages");

	for (unsigned i = 0; i < v->stages; i++) {
		const json_t *stage = json_object_get(stages, v->stage[i]);

		r->stage[i].p50_us = view_integer(json_object_get(stage, "p50_us"));
		r->stage[i].p90_us = view_integer(json_object_get(stage, "p90_us"));
		r->stage[i].p99_us = view_integer(json_object_get(stage, "p99_us"));
		r->stage[i].max_us = view_integer(json_object_get(stage, "max_us"));
	}
}

static void view_route(const struct rd_view *v, struct rd_view_route *r, const json_t *from)
{
	json_t *status = json_object_get(from, "status"), *count;
	const char *code;

	view_text(json_object_get(from, "route"), r->name, sizeof(r->name));
	r->exchanges = view_integer(json_object_get(from, "exchanges"));
	json_object_foreach(status, code, count) if (code[0] == '4' || code[0] == '5') r->refused +=
		view_integer(count);
	view_route_stages(v, r, from);
}

const struct rd_view_route *rd_view_find(const struct rd_view *view, const char *name)
{
	for (size_t i = 0; i < view->routes; i++)
		if (strcmp(view->route[i].name, name) == 0)
			return &view->route[i];
	return NULL;
}

/* The stages of all time give way to those of the last minute, where a route has any. */
static void view_recent(struct rd_view *v)
{
	const json_t *recent = json_object_get(v->status, "recent");

	if (!json_is_array(recent))
		return;
	v->span_s = view_seconds(json_object_get(v->status, "span_s"));
	for (size_t i = 0; i < v->routes; i++)
		memset(v->route[i].stage, 0, sizeof(v->route[i].stage));
	for (size_t i = 0; i < json_array_size(recent); i++) {
		struct rd_view_route of = { 0 }, *r;

		view_route(v, &of, json_array_get(recent, i));
		r = (struct rd_view_route *)rd_view_find(v, of.name);
		if (r)
			memcpy(r->stage, of.stage, sizeof(r->stage));
	}
}

char *rd_view_span(const struct rd_view *view, char text[RD_VIEW_SPAN])
{
	if (view->span_s > 0) /* a part of a second counts as one */
		snprintf(text, RD_VIEW_SPAN, "last %" PRIu64 " s", (uint64_t)(view->span_s + 0.99));
	else
		snprintf(text, RD_VIEW_SPAN, "since the start");
	return text;
}

static bool view_routes(struct rd_view *v)
{
	const json_t *list = json_object_get(v->status, "routes");
	size_t count = json_array_size(list);

	v->route = calloc(count + 1, sizeof(*v->route));
	if (!v->route)
		return false;
	v->routes = count;
	for (size_t i = 0; i < count; i++)
		view_route(v, &v->route[i], json_array_get(list, i));
	view_recent(v);
	return true;
}

bool rd_view_read(struct rd_view *view, struct rd_span status)
{
	*view = (struct rd_view){ .status = json_loadb(status.at, status.len, 0, NULL) };
	if (!view->status)
		return false;
	view_server(view);
	view_stages(view);
	if (view->pid == 0 || !view->state[0] || !view_routes(view)) {
		rd_view_free(view);
		return false;
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		uint64_t n = rd_view_number(view, numbers[i].object, numbers[i].name);

		memcpy((char *)view + numbers[i].at, &n, sizeof(n));
	}
	return true;
}

static void view_worker(struct rd_view_worker *w, const json_t *from)
{
	w->place = view_integer(json_object_get(from, "place"));
	w->exchanges = view_integer(json_object_get(from, "exchanges"));
	w->connection = view_integer(json_object_get(from, "connection"));
	w->age_us = view_integer(json_object_get(from, "age_us"));
	view_text(json_object_get(from, "group"), w->group, sizeof(w->group));
	view_text(json_object_get(from, "state"), w->state, sizeof(w->state));
	view_text(json_object_get(from, "stage"), w->stage, sizeof(w->stage));
	view_text(json_object_get(from, "client"), w->client, sizeof(w->client));
	view_text(json_object_get(from, "route"), w->route, sizeof(w->route));
}

bool rd_view_read_workers(struct rd_view *view, struct rd_span workers)
{
	json_t *all = json_loadb(workers.at, workers.len, 0, NULL);
	const json_t *list = json_object_get(all, "workers");
	size_t count = json_array_size(list);
	struct rd_view_worker *worker =
		json_is_array(list) ? calloc(count + 1, sizeof(*worker)) : NULL;

	for (size_t i = 0; worker && i < count; i++)
		view_worker(&worker[i], json_array_get(list, i));
	json_decref(all);
	if (!worker)
		return false;
	free(view->worker);
	view->worker = worker;
	view->workers_told = count;
	return true;
}

static double view_rate(uint64_t now, uint64_t before, double s)
{
	return now > before ? (double)(now - before) / s : 0;
}

static uint64_t view_shed(const struct rd_view *v)
{
	static const char *const words[] = {
		"connections_shed",	   "exchanges_shed_wait", "connections_shed_fair",
		"exchanges_shed_deadline", "connections_limited", "exchanges_limited",
	};
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		sum += rd_view_number(v, "counted", words[i]);
	return sum;
}

static double view_counted(const struct rd_view *now, const struct rd_view *before,
			   const char *word, double s)
{
	return view_rate(rd_view_number(now, "counted", word),
			 rd_view_number(before, "counted", word), s);
}

bool rd_view_compare(const struct rd_view *now, const struct rd_view *before,
		     struct rd_view_rates *rates)
{
	double s = now->up_s - before->up_s;

	*rates = (struct rd_view_rates){ 0 };
	if (now->pid != before->pid || s <= 0)
		return false;
	rates->exchanges = view_counted(now, before, "exchanges", s);
	rates->refused = view_counted(now, before, "exchanges_refused", s);
	rates->accepted = view_counted(now, before, "connections_accepted", s);
	rates->shed = view_rate(view_shed(now), view_shed(before), s);
	rates->cpu = view_rate(now->process.cpu_us, before->process.cpu_us, s) / 1e6;
	return true;
}

void rd_view_free(struct rd_view *view)
{
	free(view->route);
	free(view->worker);
	view->route = NULL;
	view->worker = NULL;
	json_decref(view->status);
	view->status = NULL;
}
