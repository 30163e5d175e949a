/*
 * paint - the screen of replyctl top: how a server is, and a table of its routes or its workers.
 */
#include "control/paint.h"

#include "base/figure.h"
#include "control/table.h"

#include <inttypes.h>
#include <string.h>

/* Rows of the screen, from the top on; the last has the keys. */
enum { TITLE, QUEUE, WORKERS, CONNECTIONS, EXCHANGES, PROCESS, MESSAGE, TABLE };
enum { HEADS = 2, KEYS = 1 }; /* of the table, and below it */
enum { LABEL = 13, BAR_LEAST = 10, BAR_MOST = 64, BESIDE_BAR = 46 };

size_t rd_paint_page(int rows)
{
	return rows > TABLE + HEADS + KEYS ? (size_t)(rows - TABLE - HEADS - KEYS) : 1;
}

static void paint_title(struct rd_canvas *c, const struct rd_scene *s)
{
	const struct rd_view *v = s->now;
	char up[RD_FIGURE_TEXT];
	int col;

	rd_canvas_fill(c, TITLE, 0, STYLE_HEAD);
	col = rd_canvas_print(c, TITLE, 0, STYLE_HEAD, "replyd ");
	if (v)
		col = rd_canvas_print(
			c, TITLE, col, STYLE_HEAD,
			"%s %s  up %s  process %" PRIu64 "  configuration %" PRIu64 "  ",
			v->version, v->state, rd_figure_us((uint64_t)(v->up_s * 1e6), up), v->pid,
			v->generation);
	rd_canvas_print(c, TITLE, col, STYLE_HEAD, "%s", s->address);
}

struct part {
	uint64_t count;
	char text;
	enum rd_style style;
};

/*
 * One cell for each of `limit`, or, where that is more than fit, its share of them; but where there
 * is any, a cell shows it. Returns the column behind.
 */
static int paint_bar(struct rd_canvas *c, int row, const struct part *parts, int count,
		     uint64_t limit)
{
	int width = c->cols - LABEL - BESIDE_BAR, col = LABEL + 1, end;

	width = width < BAR_LEAST ? BAR_LEAST : width > BAR_MOST ? BAR_MOST : width;
	if (limit > 0 && limit < (uint64_t)width)
		width = (int)limit;
	end = col + width;
	for (int i = 0; i < count; i++) {
		uint64_t n = parts[i].count;

		if (limit > (uint64_t)width)
			n = (n * (uint64_t)width + limit - 1) / limit;
		for (; n > 0 && col < end; n--)
			col = rd_canvas_print(c, row, col, parts[i].style, "%c", parts[i].text);
	}
	rd_canvas_print(c, row, LABEL, STYLE_PLAIN, "[");
	return rd_canvas_print(c, row, end, STYLE_PLAIN, "] ");
}

static void paint_queue(struct rd_canvas *c, const struct rd_view *v)
{
	const struct part part = { v->queue.length, '#', STYLE_BUSY };
	char text[RD_FIGURE_TEXT];
	int col = paint_bar(c, QUEUE, &part, 1, v->queue.limit);

	rd_canvas_print(c, QUEUE, 0, STYLE_BOLD, "queue");
	rd_canvas_print(c, QUEUE, col, STYLE_PLAIN, "%" PRIu64 " of %" PRIu64 ", waited %s",
			v->queue.length, v->queue.limit, rd_figure_us(v->queue.wait_us, text));
}

static void paint_workers(struct rd_canvas *c, const struct rd_view *v)
{
	const struct part parts[] = {
		{ v->workers.stuck, '!', STYLE_BAD },
		{ v->workers.running, '#', STYLE_GOOD },
		{ v->workers.blocked, '=', STYLE_BUSY },
		{ v->workers.asleep, '.', STYLE_DIM },
	};
	int col = paint_bar(c, WORKERS, parts, sizeof(parts) / sizeof(*parts), v->workers.limit);

	rd_canvas_print(c, WORKERS, 0, STYLE_BOLD, "workers");
	col = rd_canvas_print(c, WORKERS, col, STYLE_PLAIN,
			      "#%" PRIu64 " run =%" PRIu64 " block .%" PRIu64 " sleep ",
			      v->workers.running, v->workers.blocked, v->workers.asleep);
	col = rd_canvas_print(c, WORKERS, col, v->workers.stuck ? STYLE_BAD : STYLE_PLAIN,
			      "!%" PRIu64 " stuck", v->workers.stuck);
	rd_canvas_print(c, WORKERS, col, STYLE_PLAIN, " of %" PRIu64, v->workers.limit);
}

static void paint_connections(struct rd_canvas *c, const struct rd_view *v)
{
	rd_canvas_print(c, CONNECTIONS, 0, STYLE_BOLD, "connections");
	rd_canvas_print(c, CONNECTIONS, LABEL, STYLE_PLAIN,
			"%" PRIu64 " open: %" PRIu64 " parked, %" PRIu64 " queued, %" PRIu64
			" worked on; of %" PRIu64,
			v->connections.open, v->connections.parked, v->connections.queued,
			v->connections.worked_on, v->connections.limit);
}

/* One of what happens in a second; returns the column behind. */
static int paint_rate(struct rd_canvas *c, int col, double rate, const char *what, bool bad)
{
	char text[RD_FIGURE_TEXT];

	return 3 + rd_canvas_print(c, EXCHANGES, col, bad && rate > 0 ? STYLE_BAD : STYLE_PLAIN,
				   "%s %s", rd_figure_count(rate, text), what);
}

static void paint_rates(struct rd_canvas *c, const struct rd_scene *s)
{
	struct rd_view_rates r;
	int col = LABEL;

	rd_canvas_print(c, EXCHANGES, 0, STYLE_BOLD, "each second");
	if (!s->before || !rd_view_compare(s->now, s->before, &r))
		return;
	col = paint_rate(c, col, r.exchanges, "exchanges", false);
	col = paint_rate(c, col, r.refused, "refused", true);
	col = paint_rate(c, col, r.shed, "shed", true);
	paint_rate(c, col, r.accepted, "connections", false);
}

static void paint_process(struct rd_canvas *c, const struct rd_scene *s)
{
	const struct rd_view *v = s->now;
	struct rd_view_rates r;
	char text[RD_FIGURE_TEXT];
	int col;

	rd_canvas_print(c, PROCESS, 0, STYLE_BOLD, "process");
	col = rd_canvas_print(c, PROCESS, LABEL, STYLE_PLAIN, "%s, ",
			      rd_figure_bytes(v->process.resident_bytes, text));
	if (s->before && rd_view_compare(v, s->before, &r))
		col = rd_canvas_print(c, PROCESS, col, STYLE_PLAIN, "%.2f processors, ", r.cpu);
	rd_canvas_print(c, PROCESS, col, STYLE_PLAIN,
			"%" PRIu64 " threads, %" PRIu64 " of %" PRIu64 " descriptors",
			v->process.threads, v->process.descriptors, v->process.descriptors_limit);
}

static void paint_message(struct rd_canvas *c, const struct rd_scene *s)
{
	const struct rd_taste *t = &s->taste;

	if (s->why)
		rd_canvas_print(c, MESSAGE, 0, STYLE_BAD, "no answer: %s; asked again and again",
				s->why);
	else if (t->typing)
		rd_canvas_print(c, MESSAGE, 0, STYLE_BOLD,
				"filter: %s_   Enter keeps it, Esc clears it", t->filter);
	else if (t->paused || t->filter[0])
		rd_canvas_print(c, MESSAGE, 0, STYLE_BOLD, "%s%s%s", t->paused ? "paused  " : "",
				t->filter[0] ? "filter: " : "", t->filter);
}

static void paint_keys(struct rd_canvas *c, const struct rd_scene *s)
{
	rd_canvas_print(c, c->rows - 1, 0, STYLE_DIM,
			"q quit  Tab %s  s S sort  p quantile  / filter  Space %s  "
			"Up Down scroll",
			s->taste.workers ? "routes" : "workers",
			s->taste.paused ? "go on" : "pause");
}

void rd_paint(struct rd_canvas *c, struct rd_scene *s)
{
	size_t page = rd_paint_page(c->rows);

	paint_title(c, s);
	if (s->now) {
		paint_queue(c, s->now);
		paint_workers(c, s->now);
		paint_connections(c, s->now);
		paint_rates(c, s);
		paint_process(c, s);
		if (s->taste.workers)
			rd_table_workers(c, TABLE, page, s);
		else
			rd_table_routes(c, TABLE, page, s);
	}
	paint_message(c, s);
	paint_keys(c, s);
}
