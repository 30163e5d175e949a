/*
 * plot - the page: heading, figures, latency by percentile, and the time line.
 */
#include "client/plot.h"

#include "client/panel.h"
#include "client/plot_time.h"

#include <inttypes.h>
#include <math.h>
#include <time.h>

enum {
	WIDTH = 960,
	HEIGHT = 966,
	LEFT = 72,
	RIGHT = 40,
	INNER = WIDTH - LEFT - RIGHT,
	STEP = 3,	 /* between two points of the curve */
	TARGET_MAX = 66, /* characters that fit */
	LATENCIES = 10,	 /* marks */
};

static const char style[] =
	"text { font: 13px system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif;"
	" font-variant-numeric: tabular-nums; fill: #1b2330 }\n"
	".page { fill: #ffffff }\n"
	".title { font-size: 20px; font-weight: 600 }\n"
	".heading { font-size: 14px; font-weight: 600 }\n"
	".name, .mark { font-size: 12px; fill: #586374 }\n"
	".figure { font-size: 18px }\n"
	".point { font-size: 12px; paint-order: stroke; stroke: #ffffff; stroke-width: 4px;"
	" stroke-linejoin: round }\n"
	".warning { font-weight: 600; fill: #b3261e }\n"
	".end { text-anchor: end }\n"
	".middle { text-anchor: middle }\n"
	".grid { stroke: #e4e8ee }\n"
	".axis { stroke: #8b95a4 }\n"
	".curve, .line { fill: none; stroke-width: 2; stroke-linejoin: round }\n"
	".curve { stroke: #1f66b5 }\n"
	".below { fill: #1f66b5; fill-opacity: 0.1 }\n"
	".dot { fill: #1f66b5 }\n"
	".good { fill: #5b93cf }\n"
	".bad { fill: #e5a024 }\n"
	".failed { fill: #b3261e }\n"
	".wanted { fill: none; stroke: #1b2330; stroke-dasharray: 5 3 }\n"
	".p50 { stroke: #1f66b5 }\n"
	".p99 { stroke: #b4530a }\n"
	".max { stroke: #8a94a3; stroke-width: 1 }\n"
	".hint { fill: #1b2330; fill-opacity: 0 }\n"
	".hint:hover { fill-opacity: 0.07 }\n"
	"@media (prefers-color-scheme: dark) {\n"
	"text { fill: #e8ecf2 }\n"
	".page { fill: #12161d }\n"
	".name, .mark { fill: #9aa5b4 }\n"
	".point { stroke: #12161d }\n"
	".warning { fill: #ff8a80 }\n"
	".grid { stroke: #262d38 }\n"
	".axis { stroke: #6b7685 }\n"
	".curve { stroke: #6fb0f5 }\n"
	".below { fill: #6fb0f5 }\n"
	".dot { fill: #6fb0f5 }\n"
	".good { fill: #3f78b8 }\n"
	".bad { fill: #d99a2b }\n"
	".failed { fill: #f0625a }\n"
	".wanted { stroke: #e8ecf2 }\n"
	".p50 { stroke: #6fb0f5 }\n"
	".p99 { stroke: #f2a65a }\n"
	".max { stroke: #6b7685 }\n"
	".hint { fill: #ffffff }\n"
	"}\n";

static double plot_ms(const struct rd_histogram *h, double q)
{
	return (double)rd_histogram_quantile(h, q) / 1e3;
}

/* With three digits, which is what the histogram knows. */
static const char *plot_short(double ms, char *text, size_t size)
{
	snprintf(text, size, "%.*f", ms < 10 ? ms < 1 ? 3 : 2 : ms < 100 ? 1 : 0, ms);
	return text;
}

/* How many of its bytes fit, some of which are written as three. */
static int plot_fitting(const char *target)
{
	int bytes = 0, width = 0;

	for (; target[bytes]; bytes++) {
		width += target[bytes] >= ' ' && target[bytes] <= '~' ? 1 : 3;
		if (width > TARGET_MAX)
			break;
	}
	return bytes;
}

static void plot_heading(FILE *to, const char *target, const struct rd_loader *loader,
			 const struct rd_loaded *loaded, int64_t when_s)
{
	time_t when = (time_t)when_s;
	char date[64] = "", rate[64] = "";
	int fitting = plot_fitting(target);
	struct tm tm;

	if (gmtime_r(&when, &tm))
		strftime(date, sizeof date, "%F %H:%M UTC", &tm);
	if (loader->rate > 0)
		snprintf(rate, sizeof rate, " at %.10g a second", loader->rate);
	rd_svg_text(to, LEFT, 44, "title", "%.*s%s", fitting, target, target[fitting] ? "..." : "");
	rd_svg_text(to, LEFT, 66, "name", "replyc load, %s: %.1f s%s, %u connections%s%s%s", date,
		    (double)loaded->took_us / 1e6, rate, loader->connections,
		    loader->close ? ", each for one request" : "",
		    loader->warm_up_us ? ", after a warm-up" : "",
		    loaded->interrupted ? ", interrupted" : "");
}

static void plot_figure(FILE *to, unsigned at, const char *name, const char *value, bool fault)
{
	double x = LEFT + at * INNER / 8.0;

	rd_svg_text(to, x, 98, "name", "%s", name);
	rd_svg_text(to, x, 122, fault ? "figure warning" : "figure", "%s", value);
}

static void plot_figures(FILE *to, const struct rd_loaded *loaded)
{
	static const struct {
		const char *name;
		double q;
	} latencies[] = {
		{ "p50, ms", 0.5 }, { "p99, ms", 0.99 }, { "p99.9, ms", 0.999 }, { "max, ms", 1 }
	};
	const struct rd_tally *t = &loaded->tally;
	char value[64];

	snprintf(value, sizeof value, "%" PRIu64, t->all.replied);
	plot_figure(to, 0, "replied", value, false);
	snprintf(value, sizeof value, "%.1f", rd_loader_rate(loaded, loaded->in_time.replied));
	plot_figure(to, 1, "a second", value, false);
	snprintf(value, sizeof value, "%" PRIu64, t->all.replied - t->all.good);
	plot_figure(to, 2, "400 and up", value, t->all.replied > t->all.good);
	snprintf(value, sizeof value, "%" PRIu64, t->failed);
	plot_figure(to, 3, "failed", value, t->failed > 0);
	for (unsigned i = 0; i < sizeof latencies / sizeof *latencies; i++) {
		plot_short(plot_ms(&t->good_us, latencies[i].q), value, sizeof value);
		plot_figure(to, 4 + i, latencies[i].name, t->good_us.count ? value : "-", false);
	}
}

static double plot_percentile_x(const struct rd_panel *p, double q)
{
	return p->box.x + rd_scale_percentile_at(q) * p->box.width;
}

/* The last percentile that is a value's own: of a thousand, 99.9 %. */
static double plot_last(const struct rd_histogram *h)
{
	return 1 - 1 / (double)h->count;
}

static void plot_curve(const struct rd_panel *p, const struct rd_histogram *h, bool closed)
{
	double last = plot_percentile_x(p, plot_last(h)), bottom = p->box.y + p->box.height;

	rd_svg_path_begin(p->to, closed ? "below" : "curve");
	if (closed)
		rd_svg_path_point(p->to, p->box.x, bottom, true);
	for (double x = p->box.x; x < last + STEP; x += STEP) {
		double to = x < last ? x : last;
		double q = rd_scale_percentile((to - p->box.x) / p->box.width);

		rd_svg_path_point(p->to, to, rd_panel_y(p, plot_ms(h, q)),
				  x <= p->box.x && !closed);
	}
	if (closed)
		rd_svg_path_point(p->to, last, bottom, false);
	rd_svg_path_end(p->to);
}

static void plot_point(const struct rd_panel *p, double x, double ms, const char *name)
{
	char text[64];

	rd_svg_dot(p->to, x, rd_panel_y(p, ms), 3.5, "dot");
	rd_svg_text(p->to, x - 7, rd_panel_y(p, ms) - 8, "point end", "%s%s", name,
		    plot_short(ms, text, sizeof text));
}

static void plot_points(const struct rd_panel *p, const struct rd_histogram *h)
{
	static const double marked[] = { 0.5, 0.9, 0.99, 0.999, 0.9999 };
	double last = plot_percentile_x(p, plot_last(h));
	bool whole = plot_last(h) < marked[sizeof marked / sizeof *marked - 1];

	for (unsigned i = 0; i < sizeof marked / sizeof *marked; i++) {
		double x = plot_percentile_x(p, marked[i]);

		if (x < last - (whole ? 90 : 0) || (!whole && x <= last))
			plot_point(p, x, plot_ms(h, marked[i]), "");
	}
	if (whole)
		plot_point(p, last, plot_ms(h, 1), "max ");
}

static void plot_percentiles(struct rd_panel *p, const struct rd_histogram *h)
{
	static const struct {
		double q;
		const char *text;
	} marks[] = {
		{ 0, "0" },
		{ 0.5, "50 %" },
		{ 0.75, "75 %" },
		{ 0.9, "90 %" },
		{ 0.95, "95 %" },
		{ 0.99, "99 %" },
		{ 0.995, "99.5 %" },
		{ 0.999, "99.9 %" },
		{ 0.9995, "99.95 %" },
		{ 0.9999, "99.99 %" },
	};

	rd_panel_frame(p, "Latency by percentile, ms");
	for (unsigned i = 0; i < sizeof marks / sizeof *marks; i++)
		rd_panel_mark(p, plot_percentile_x(p, marks[i].q), marks[i].text);
	if (h->count == 0) {
		rd_panel_empty(p, "no reply below 400");
		return;
	}
	plot_curve(p, h, true);
	plot_curve(p, h, false);
	plot_points(p, h);
}

static struct rd_scale plot_latencies(const struct rd_histogram *h)
{
	double least = (double)(h->least ? h->least : 1) / 1e3;

	if (h->count == 0)
		return rd_scale_linear(1, 1, false);
	return rd_scale_spread(least, (double)h->most / 1e3, LATENCIES);
}

/* What the figures do not say by themselves. */
static void plot_notes(FILE *to, const struct rd_loader *loader, const struct rd_loaded *loaded)
{
	const struct rd_tally *t = &loaded->tally;
	uint64_t after = t->all.replied - loaded->in_time.replied;
	char late[64] = "";

	if (after > 0)
		snprintf(late, sizeof late, ", but for %" PRIu64 " after the end", after);
	rd_svg_text(to, LEFT, HEIGHT - 38, "name",
		    "Latency is counted from when each request was %s. Replies are shown at the "
		    "time at which they came%s.",
		    loader->rate > 0 ? "due" : "sent", late);
	if (rd_tally_starved(t) && !loaded->interrupted)
		rd_svg_text(to, LEFT, HEIGHT - 18, "warning",
			    "%" PRIu64 " of %" PRIu64 " that were due were never asked.",
			    rd_tally_left(t), t->due);
	else if (rd_tally_behind(t))
		rd_svg_text(to, LEFT, HEIGHT - 18, "warning",
			    "%" PRIu64 " of %" PRIu64 " were asked more than 1 ms late by replyc.",
			    t->late, t->all.asked);
}

void rd_plot_write(FILE *to, const char *target, const struct rd_loader *loader,
		   const struct rd_loaded *loaded, int64_t when_s)
{
	const struct rd_timeline *t = &loaded->timeline;
	struct rd_scale ms = plot_latencies(&loaded->tally.good_us);
	struct rd_panel percentiles = { .to = to, .box = { LEFT, 188, INNER, 230 }, .y = ms };
	struct rd_panel replies = { .to = to, .box = { LEFT, 494, INNER, 140 } };
	struct rd_panel latencies = { .to = to, .box = { LEFT, 710, INNER, 170 }, .y = ms };

	rd_svg_begin(to, WIDTH, HEIGHT, target, style);
	rd_svg_rect(to, &(struct rd_box){ 0, 0, WIDTH, HEIGHT }, "page");
	plot_heading(to, target, loader, loaded, when_s);
	plot_figures(to, loaded);
	plot_percentiles(&percentiles, &loaded->tally.good_us);
	if (rd_timeline_count(t) > 0) {
		rd_plot_time_replies(&replies, loader, t);
		rd_plot_time_latencies(&latencies, t);
		rd_plot_time_hints(&replies, &latencies, t);
	}
	plot_notes(to, loader, loaded);
	rd_svg_end(to);
}
