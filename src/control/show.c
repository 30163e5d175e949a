/*
 * show - what the control lane says, as tables for people.
 */
#include "control/show.h"

#include "base/figure.h"
#include "base/utf8.h"
#include "control/view.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

struct show {
	const struct rd_view *view;
	bool colour;
	FILE *out;
};

/* Begins a row; the caller ends it by show_end. */
static void show_begin(const struct show *s, const char *name, bool bad)
{
	fprintf(s->out, "%s%-12s ", bad && s->colour ? "\x1b[1m" : "", name);
}

static void show_end(const struct show *s, bool bad)
{
	fprintf(s->out, "%s\n", bad && s->colour ? "\x1b[0m" : "");
}

static void show_server(const struct show *s)
{
	const struct rd_view *v = s->view;
	char up[RD_FIGURE_TEXT];
	bool bad = strcmp(v->state, "serving") != 0;

	show_begin(s, "replyd", bad);
	fprintf(s->out, "%s, version %s, process %" PRIu64 ", up %s, configuration %" PRIu64,
		v->state, v->version, v->pid, rd_figure_us((uint64_t)(v->up_s * 1e6), up),
		v->generation);
	show_end(s, bad);
}

/* Whatever stands in a string of JSON, no control character reaches the terminal. */
static void show_text(const struct show *s, const char *text)
{
	char clean[1024];

	snprintf(clean, sizeof(clean), "%s", text);
	rd_utf8_clean(clean, strlen(clean));
	fputs(clean, s->out);
}

static void show_list(const struct show *s, const char *name, const char *member)
{
	const json_t *list = json_object_get(s->view->status, member);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));

		show_begin(s, i ? "" : name, false);
		show_text(s, text ? text : "?");
		show_end(s, false);
	}
}

/* What it writes of its messages, where that is not all. */
static void show_level(const struct show *s)
{
	const char *level = json_string_value(json_object_get(s->view->status, "log_level"));

	if (!level || strcmp(level, "note") == 0)
		return;
	show_begin(s, "messages", true);
	show_text(s, level);
	show_end(s, true);
}

static void show_load(const struct show *s)
{
	const struct rd_view *v = s->view;
	char text[RD_FIGURE_TEXT];

	show_begin(s, "workers", v->workers.stuck > 0);
	fprintf(s->out,
		"%" PRIu64 " running, %" PRIu64 " blocked, %" PRIu64 " asleep, %" PRIu64
		" stuck, of %" PRIu64,
		v->workers.running, v->workers.blocked, v->workers.asleep, v->workers.stuck,
		v->workers.limit);
	show_end(s, v->workers.stuck > 0);
	show_begin(s, "queue", false);
	fprintf(s->out, "%" PRIu64 " of %" PRIu64 ", the first has waited %s", v->queue.length,
		v->queue.limit, rd_figure_us(v->queue.wait_us, text));
	show_end(s, false);
	show_begin(s, "connections", false);
	fprintf(s->out,
		"%" PRIu64 " open: %" PRIu64 " parked, %" PRIu64 " queued, %" PRIu64
		" worked on; of %" PRIu64,
		v->connections.open, v->connections.parked, v->connections.queued,
		v->connections.worked_on, v->connections.limit);
	show_end(s, false);
}

static void show_process(const struct show *s)
{
	const struct rd_view *v = s->view;
	char text[2][RD_FIGURE_TEXT];

	show_begin(s, "spool", false);
	fprintf(s->out, "%s of %s", rd_figure_bytes(v->spool.bytes, text[0]),
		rd_figure_bytes(v->spool.limit, text[1]));
	show_end(s, false);
	show_begin(s, "process", false);
	fprintf(s->out,
		"%s resident, %s of processor time, %" PRIu64 " threads, %" PRIu64 " of %" PRIu64
		" descriptors",
		rd_figure_bytes(v->process.resident_bytes, text[0]),
		rd_figure_us(v->process.cpu_us, text[1]), v->process.threads,
		v->process.descriptors, v->process.descriptors_limit);
	show_end(s, false);
}

/* Of an object of numbers, those that are not 0. */
static void show_counts(const struct show *s, const char *name, const char *member)
{
	json_t *object = json_object_get(s->view->status, member), *value;
	const char *key;
	bool first = true;

	json_object_foreach(object, key, value)
	{
		if (json_integer_value(value) == 0)
			continue;
		show_begin(s, first ? name : "", false);
		fprintf(s->out, "%12" JSON_INTEGER_FORMAT " ", json_integer_value(value));
		show_text(s, key);
		show_end(s, false);
		first = false;
	}
}

static void show_times(const struct show *s, const struct rd_view_route *r)
{
	const struct rd_view_times *t = &r->stage[s->view->stages - 1];
	char text[4][RD_FIGURE_TEXT];

	fprintf(s->out, " %7s %7s %7s %7s", rd_figure_us(t->p50_us, text[0]),
		rd_figure_us(t->p90_us, text[1]), rd_figure_us(t->p99_us, text[2]),
		rd_figure_us(t->max_us, text[3]));
}

/* What requests took, of the last stage that there is, which is all of them. */
static void show_routes(const struct show *s)
{
	const struct rd_view *v = s->view;
	char span[RD_VIEW_SPAN];

	if (v->stages == 0 || v->routes == 0)
		return;
	fprintf(s->out, "\n%-28.28s %9s %7s %7s %7s %7s %7s  %s\n", "route", "exchanges", ">=400",
		"p50", "p90", "p99", "max", rd_view_span(v, span));
	for (size_t i = 0; i < v->routes; i++) {
		const struct rd_view_route *r = &v->route[i];
		char text[2][RD_FIGURE_TEXT];

		fprintf(s->out, "%-28s %9s %7s", r->name[0] ? r->name : "(none)",
			rd_figure_count((double)r->exchanges, text[0]),
			rd_figure_count((double)r->refused, text[1]));
		show_times(s, r);
		fputc('\n', s->out);
	}
}

void rd_show_status(const struct rd_view *view, bool colour, FILE *out)
{
	const struct show s = { view, colour, out };

	show_server(&s);
	show_list(&s, "listens", "listeners");
	show_list(&s, "control", "control");
	show_level(&s);
	show_load(&s);
	show_process(&s);
	show_counts(&s, "counted", "counted");
	show_counts(&s, "closed", "closed");
	show_routes(&s);
}

static void show_worker(const struct rd_view_worker *w, FILE *out)
{
	char age[RD_FIGURE_TEXT];

	fprintf(out, "%5" PRIu64 "  %-8s %-8s %7s %11" PRIu64, w->place, w->state, w->stage,
		w->stage[0] ? rd_figure_us(w->age_us, age) : "", w->exchanges);
	if (w->stage[0])
		fprintf(out, "  %-20s %s", w->client, w->route);
}

void rd_show_workers(const struct rd_view *view, bool colour, FILE *out)
{
	fprintf(out, "%5s  %-8s %-8s %7s %11s  %-20s %s\n", "place", "state", "stage", "since",
		"exchanges", "client", "route");
	for (size_t i = 0; i < view->workers_told; i++) {
		const struct rd_view_worker *w = &view->worker[i];
		bool bold = colour && strcmp(w->state, "stuck") == 0;

		fputs(bold ? "\x1b[1m" : "", out);
		show_worker(w, out);
		fputs(bold ? "\x1b[0m\n" : "\n", out);
	}
}
