/*
 * table - the routes or the workers of a server: filtered, sorted, a row each.
 */
#include "control/table.h"

#include "base/figure.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	RATE = 7, /* columns on the screen */
	REFUSED = 6,
	TIME = 8,
	NAME_LEAST = 19,
};

static const char *const quantile_words[] = { "p50", "p90", "p99", "max" };

struct table {
	const struct rd_scene *scene;
	bool both; /* p50 and p99 of each stage */
	int name;  /* columns of a route's name */
};

/* A row of either table, with the numbers that are not in the view. */
struct row {
	const struct rd_view_route *route;
	double rate, refused;
	const struct rd_view_worker *worker;
};

static uint64_t table_time(const struct rd_view_route *r, unsigned stage, enum rd_quantile q)
{
	switch (q) {
	case QUANTILE_P50:
		return r->stage[stage].p50_us;
	case QUANTILE_P90:
		return r->stage[stage].p90_us;
	case QUANTILE_P99:
		return r->stage[stage].p99_us;
	default:
		return r->stage[stage].max_us;
	}
}

static int table_order(double a, double b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int table_order_routes(const void *left, const void *right, void *arg)
{
	const struct row *a = left, *b = right;
	const struct table *t = arg;
	unsigned by = t->scene->taste.by[0];
	enum rd_quantile q = t->both ? QUANTILE_P99 : t->scene->taste.quantile;
	int order = 0;

	if (by == ROUTE_RATE)
		order = table_order(a->rate, b->rate);
	else if (by == ROUTE_REFUSED)
		order = table_order(a->refused, b->refused);
	else if (by >= ROUTE_STAGES)
		order = table_order((double)table_time(a->route, by - ROUTE_STAGES, q),
				    (double)table_time(b->route, by - ROUTE_STAGES, q));
	return order ? order : strcmp(a->route->name, b->route->name);
}

static int table_order_workers(const void *left, const void *right, void *arg)
{
	const struct rd_view_worker *a = ((const struct row *)left)->worker;
	const struct rd_view_worker *b = ((const struct row *)right)->worker;
	const struct table *t = arg;
	int order = 0;

	switch (t->scene->taste.by[1]) {
	case WORKER_STATE: /* stuck, running, blocked, asleep: as it happens */
		order = -strcmp(a->state, b->state);
		break;
	case WORKER_STAGE:
		order = -strcmp(a->stage, b->stage);
		break;
	case WORKER_EXCHANGES:
		order = table_order((double)a->exchanges, (double)b->exchanges);
		break;
	case WORKER_CLIENT:
		order = strcmp(a->client, b->client);
		break;
	case WORKER_ROUTE:
		order = strcmp(a->route, b->route);
		break;
	default:
		break;
	}
	return order ? order : table_order((double)a->age_us, (double)b->age_us);
}

/* Puts the heads of a column; returns the column behind it. */
static int table_head(struct rd_canvas *c, int row, int col, int width, const char *upper,
		      const char *lower, bool key)
{
	enum rd_style style = key ? STYLE_KEY : STYLE_HEAD;

	rd_canvas_print(c, row, col, style, "%*s", width, upper);
	return rd_canvas_print(c, row + 1, col, style, "%*s", width, lower);
}

static void table_route_heads(struct rd_canvas *c, int row, const struct table *t)
{
	const struct rd_taste *taste = &t->scene->taste;
	const struct rd_view *v = t->scene->now;
	char span[RD_VIEW_SPAN];
	int col;

	rd_canvas_fill(c, row, 0, STYLE_HEAD);
	rd_canvas_fill(c, row + 1, 0, STYLE_HEAD);
	col = table_head(c, row, 0, -t->name, rd_view_span(v, span), "route",
			 taste->by[0] == ROUTE_NAME);
	col = table_head(c, row, col, RATE, "", "each s", taste->by[0] == ROUTE_RATE);
	col = table_head(c, row, col, REFUSED, "", ">=400", taste->by[0] == ROUTE_REFUSED);
	for (unsigned i = 0; i < v->stages; i++) {
		bool key = taste->by[0] == ROUTE_STAGES + i;

		if (t->both)
			col = table_head(c, row, col, TIME, "", "p50", key);
		col = table_head(c, row, col, TIME, v->stage[i],
				 t->both ? "p99" : quantile_words[taste->quantile], key);
	}
}

static void table_route(struct rd_canvas *c, int row, const struct table *t, const struct row *r)
{
	const struct rd_taste *taste = &t->scene->taste;
	const char *name = r->route->name[0] ? r->route->name : "(none)";
	char text[RD_FIGURE_TEXT];
	int col;

	rd_canvas_print(c, row, 0, STYLE_PLAIN, "%.*s", t->name - 1, name);
	col = rd_canvas_print(c, row, t->name, STYLE_PLAIN, "%*s", RATE,
			      rd_figure_count(r->rate, text));
	col = rd_canvas_print(c, row, col, r->refused > 0 ? STYLE_BAD : STYLE_PLAIN, "%*s", REFUSED,
			      rd_figure_count(r->refused, text));
	for (unsigned i = 0; i < t->scene->now->stages; i++) {
		enum rd_quantile q = t->both ? QUANTILE_P99 : taste->quantile;

		if (t->both)
			col = rd_canvas_print(
				c, row, col, STYLE_PLAIN, "%*s", TIME,
				rd_figure_us(table_time(r->route, i, QUANTILE_P50), text));
		col = rd_canvas_print(c, row, col, STYLE_PLAIN, "%*s", TIME,
				      rd_figure_us(table_time(r->route, i, q), text));
	}
}

/* Sorted, and scrolled no further than to the last page. */
static size_t table_arrange(struct row *rows, size_t count, size_t page, struct rd_scene *scene,
			    int (*order)(const void *, const void *, void *), struct table *t)
{
	size_t last = count > page ? count - page : 0;

	qsort_r(rows, count, sizeof(*rows), order, t);
	if (scene->taste.from > last)
		scene->taste.from = last;
	return count - scene->taste.from < page ? count - scene->taste.from : page;
}

static bool table_has(const char *text, const char *filter)
{
	return strcasestr(text, filter) != NULL;
}

static double table_rate(uint64_t now, uint64_t before, double s)
{
	return now > before && s > 0 ? (double)(now - before) / s : 0;
}

static struct row table_route_row(const struct rd_scene *scene, const struct rd_view_route *r)
{
	const struct rd_view *b = scene->before;
	const struct rd_view_route *was = b ? rd_view_find(b, r->name) : NULL;
	double s = b ? scene->now->up_s - b->up_s : 0;

	return (struct row){
		.route = r,
		.rate = table_rate(r->exchanges, was ? was->exchanges : 0, s),
		.refused = table_rate(r->refused, was ? was->refused : 0, s),
	};
}

void rd_table_routes(struct rd_canvas *c, int row, size_t page, struct rd_scene *scene)
{
	const struct rd_view *v = scene->now;
	struct row *rows = calloc(v->routes + 1, sizeof(*rows));
	int wide = NAME_LEAST + RATE + REFUSED + 2 * TIME * (int)v->stages;
	struct table t = { .scene = scene, .both = c->cols >= wide };
	size_t count = 0, shown;

	if (!rows)
		return;
	t.name = c->cols - RATE - REFUSED - (t.both ? 2 : 1) * TIME * (int)v->stages;
	if (t.name < NAME_LEAST)
		t.name = NAME_LEAST;
	for (size_t i = 0; i < v->routes; i++)
		if (table_has(v->route[i].name, scene->taste.filter))
			rows[count++] = table_route_row(scene, &v->route[i]);
	shown = table_arrange(rows, count, page, scene, table_order_routes, &t);
	table_route_heads(c, row, &t);
	for (size_t i = 0; i < shown; i++)
		table_route(c, row + 2 + (int)i, &t, &rows[scene->taste.from + i]);
	free(rows);
}

static const struct {
	const char *head;
	int width; /* negative: to the left */
} worker_columns[WORKER_COLUMNS] = {
	[WORKER_AGE] = { "since", 8 },	     [WORKER_STATE] = { "state", -8 },
	[WORKER_STAGE] = { "stage", -8 },    [WORKER_EXCHANGES] = { "exchanges", 11 },
	[WORKER_CLIENT] = { "client", -20 }, [WORKER_ROUTE] = { "route", -20 },
};
/* In the order in which they stand; behind each a column is blank. */
static const unsigned worker_order[] = { WORKER_STATE,	   WORKER_STAGE,  WORKER_AGE,
					 WORKER_EXCHANGES, WORKER_CLIENT, WORKER_ROUTE };
enum { WORKER_SHOWN = sizeof(worker_order) / sizeof(*worker_order), PLACE = 5 };

static void table_worker_heads(struct rd_canvas *c, int row, const struct rd_taste *taste)
{
	int col = PLACE;

	rd_canvas_fill(c, row, 0, STYLE_HEAD);
	rd_canvas_fill(c, row + 1, 0, STYLE_HEAD);
	rd_canvas_print(c, row + 1, 0, STYLE_HEAD, "%*s", PLACE - 1, "");
	for (unsigned i = 0; i < WORKER_SHOWN; i++) {
		unsigned column = worker_order[i];

		col = 1 + table_head(c, row, col, worker_columns[column].width, "",
				     worker_columns[column].head, taste->by[1] == column);
	}
}

static enum rd_style table_state(const char *state)
{
	static const struct {
		const char *state;
		enum rd_style style;
	} styles[] = { { "running", STYLE_GOOD },
		       { "blocked", STYLE_BUSY },
		       { "stuck", STYLE_BAD },
		       { "asleep", STYLE_DIM },
		       { "gone", STYLE_DIM } };

	for (size_t i = 0; i < sizeof(styles) / sizeof(*styles); i++)
		if (strcmp(styles[i].state, state) == 0)
			return styles[i].style;
	return STYLE_PLAIN;
}

static void table_worker(struct rd_canvas *c, int row, const struct rd_view_worker *w)
{
	char age[RD_FIGURE_TEXT], exchanges[RD_FIGURE_TEXT];
	const char *text[WORKER_COLUMNS] = {
		[WORKER_AGE] = w->stage[0] ? rd_figure_us(w->age_us, age) : "",
		[WORKER_STATE] = w->state,
		[WORKER_STAGE] = w->stage,
		[WORKER_EXCHANGES] = rd_figure_count((double)w->exchanges, exchanges),
		[WORKER_CLIENT] = w->client,
		[WORKER_ROUTE] = w->route,
	};
	int col = PLACE;

	rd_canvas_print(c, row, 0, STYLE_PLAIN, "%*" PRIu64, PLACE - 1, w->place);
	for (unsigned i = 0; i < WORKER_SHOWN; i++) {
		unsigned column = worker_order[i];
		int width = worker_columns[column].width;

		col = 1 + rd_canvas_print(
				  c, row, col,
				  column == WORKER_STATE ? table_state(w->state) : STYLE_PLAIN,
				  "%*.*s", width,
				  column == WORKER_ROUTE ? RD_VIEW_NAME : abs(width), text[column]);
	}
}

static bool table_worker_wanted(const struct rd_view_worker *w, const char *filter)
{
	return table_has(w->route, filter) || table_has(w->client, filter) ||
	       table_has(w->state, filter) || table_has(w->stage, filter);
}

void rd_table_workers(struct rd_canvas *c, int row, size_t page, struct rd_scene *scene)
{
	const struct rd_view *v = scene->now;
	struct row *rows = calloc(v->workers_told + 1, sizeof(*rows));
	struct table t = { .scene = scene };
	size_t count = 0, shown;

	if (!rows)
		return;
	for (size_t i = 0; i < v->workers_told; i++)
		if (table_worker_wanted(&v->worker[i], scene->taste.filter))
			rows[count++].worker = &v->worker[i];
	shown = table_arrange(rows, count, page, scene, table_order_workers, &t);
	table_worker_heads(c, row, &scene->taste);
	for (size_t i = 0; i < shown; i++)
		table_worker(c, row + 2 + (int)i, rows[scene->taste.from + i].worker);
	free(rows);
}
