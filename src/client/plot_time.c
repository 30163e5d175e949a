/*
 * plot_time - steps: what is shown of a slice goes for all of it.
 */
#include "client/plot_time.h"

#include <inttypes.h>

enum { MARKS = 10, RATES = 6 };

enum part { GOOD, BAD, FAILED, PARTS };

static const struct {
	const char *class, *http, *line;
} parts[PARTS] = {
	[GOOD] = { "good", "below 400", "replied" },
	[BAD] = { "bad", "400 and up", "" },
	[FAILED] = { "failed", "failed", "failed" },
};

static uint64_t plot_time_count(const struct rd_slice *slice, enum part part)
{
	return part == GOOD ? slice->good_us.count : part == BAD ? slice->bad : slice->failed;
}

/* A second, of the parts up to this one. */
static double plot_time_rate(const struct rd_timeline *t, unsigned i, enum part last)
{
	double seconds = rd_timeline_begins_s(t, i + 1) - rd_timeline_begins_s(t, i);
	uint64_t count = 0;

	for (enum part part = GOOD; part <= last; part++)
		count += plot_time_count(&t->slice[i], part);
	return (double)count / seconds;
}

static void plot_time_area(const struct rd_panel *p, const struct rd_timeline *t, enum part part)
{
	unsigned count = rd_timeline_count(t);

	rd_svg_path_begin(p->to, parts[part].class);
	for (unsigned i = 0; i < count; i++) {
		double y = rd_panel_y(p, plot_time_rate(t, i, part));

		rd_svg_path_point(p->to, rd_panel_x(p, rd_timeline_begins_s(t, i)), y, i == 0);
		rd_svg_path_point(p->to, rd_panel_x(p, rd_timeline_begins_s(t, i + 1)), y, false);
	}
	for (unsigned i = count; i-- > 0;) {
		double y = rd_panel_y(p, part == GOOD ? 0 : plot_time_rate(t, i, part - 1));

		rd_svg_path_point(p->to, rd_panel_x(p, rd_timeline_begins_s(t, i + 1)), y, false);
		rd_svg_path_point(p->to, rd_panel_x(p, rd_timeline_begins_s(t, i)), y, false);
	}
	rd_svg_path_end(p->to);
}

static bool plot_time_has(const struct rd_timeline *t, enum part part)
{
	for (unsigned i = 0; i < rd_timeline_count(t); i++)
		if (plot_time_count(&t->slice[i], part))
			return true;
	return false;
}

void rd_plot_time_replies(struct rd_panel *p, const struct rd_loader *loader,
			  const struct rd_timeline *t)
{
	double most = loader->rate;
	unsigned count = rd_timeline_count(t);

	for (unsigned i = 0; i < count; i++)
		if (plot_time_rate(t, i, PARTS - 1) > most)
			most = plot_time_rate(t, i, PARTS - 1);
	p->x = rd_scale_time(rd_timeline_begins_s(t, count), MARKS);
	p->y = rd_scale_linear(most, RATES, true);
	rd_panel_frame(p, "Replies and failures a second");
	rd_panel_times(p);
	for (enum part part = PARTS; part-- > GOOD;) {
		if (!plot_time_has(t, part))
			continue;
		plot_time_area(p, t, part);
		rd_panel_key(p, parts[part].class,
			     loader->http ? parts[part].http : parts[part].line);
	}
	if (loader->rate > 0) {
		double y = rd_panel_y(p, loader->rate);

		rd_svg_line(p->to, p->box.x, y, p->box.x + p->box.width, y, "wanted");
		rd_panel_key_line(p, "wanted", "due");
	}
}

static double plot_time_ms(const struct rd_slice *slice, double q)
{
	return (double)rd_histogram_quantile(&slice->good_us, q) / 1e3;
}

/* There is none while nothing came. */
static void plot_time_steps(const struct rd_panel *p, const struct rd_timeline *t, double q,
			    const char *class)
{
	bool gap = true;

	rd_svg_path_begin(p->to, class);
	for (unsigned i = 0; i < rd_timeline_count(t); i++) {
		double y = rd_panel_y(p, plot_time_ms(&t->slice[i], q));

		if (t->slice[i].good_us.count == 0) {
			gap = true;
			continue;
		}
		rd_svg_path_point(p->to, rd_panel_x(p, rd_timeline_begins_s(t, i)), y, gap);
		rd_svg_path_point(p->to, rd_panel_x(p, rd_timeline_begins_s(t, i + 1)), y, false);
		gap = false;
	}
	rd_svg_path_end(p->to);
}

void rd_plot_time_latencies(struct rd_panel *p, const struct rd_timeline *t)
{
	static const struct {
		double q;
		const char *class, *text;
	} lines[] = {
		{ 1, "line max", "max" },
		{ 0.99, "line p99", "p99" },
		{ 0.5, "line p50", "p50" },
	};

	p->x = rd_scale_time(rd_timeline_begins_s(t, rd_timeline_count(t)), MARKS);
	rd_panel_frame(p, "Latency by time, ms");
	rd_panel_times(p);
	if (!plot_time_has(t, GOOD)) {
		rd_panel_empty(p, "no reply below 400 came in time");
		return;
	}
	for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++) {
		plot_time_steps(p, t, lines[i].q, lines[i].class);
		rd_panel_key_line(p, lines[i].class, lines[i].text);
	}
}

static void plot_time_hint(FILE *to, const struct rd_timeline *t, unsigned i)
{
	const struct rd_slice *slice = &t->slice[i];

	fprintf(to, "<title>%g to %g s: %" PRIu64 " replied", rd_timeline_begins_s(t, i),
		rd_timeline_begins_s(t, i + 1), slice->good_us.count + slice->bad);
	if (slice->bad)
		fprintf(to, ", %" PRIu64 " of them 400 and up", slice->bad);
	if (slice->failed)
		fprintf(to, ", %" PRIu64 " failed", slice->failed);
	if (slice->good_us.count)
		fprintf(to, "; p50 %.3f ms, p99 %.3f ms, max %.3f ms", plot_time_ms(slice, 0.5),
			plot_time_ms(slice, 0.99), plot_time_ms(slice, 1));
	fputs("</title>", to);
}

void rd_plot_time_hints(const struct rd_panel *first, const struct rd_panel *last,
			const struct rd_timeline *t)
{
	double bottom = last->box.y + last->box.height;

	for (unsigned i = 0; i < rd_timeline_count(t); i++) {
		double left = rd_panel_x(first, rd_timeline_begins_s(t, i));
		struct rd_box box = { left, first->box.y,
				      rd_panel_x(first, rd_timeline_begins_s(t, i + 1)) - left,
				      bottom - first->box.y };

		fputs("<g>", first->to);
		plot_time_hint(first->to, t, i);
		rd_svg_rect(first->to, &box, "hint");
		fputs("</g>\n", first->to);
	}
}
