/*
 * draw - bars of text, as long as the terminal is wide.
 */
#include "client/draw.h"

#include "base/tty.h"

#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	ROWS = 20,    /* of the time line, at most */
	COLUMNS = 80, /* where there is no terminal */
	BAR_MIN = 10,
	BAR_MAX = 60,
	NUMBERS_QUANTILE = 25, /* columns before the bar */
	NUMBERS_TIME = 57,
};

struct bars {
	const char *full, *light; /* one column of it */
	const char *colour, *plain;
	unsigned width;
	double most; /* what is as long as that */
};

static struct bars draw_begin(unsigned before, uint64_t most)
{
	unsigned columns = rd_tty_width(STDOUT_FILENO);
	bool colour = rd_tty_colour(STDOUT_FILENO);
	struct bars bars = { .full = "#", .light = "-", .colour = "", .plain = "" };

	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) {
		bars.full = "█";
		bars.light = "░";
	}
	if (colour) {
		bars.colour = "\x1b[36m";
		bars.plain = "\x1b[0m";
	}
	columns = columns ? columns : COLUMNS;
	bars.width = columns > before + BAR_MIN ? columns - before : 1;
	if (bars.width > BAR_MAX)
		bars.width = BAR_MAX;
	bars.most = most ? (double)most : 1;
	return bars;
}

/* Full up to the one, light from there up to the other; what is more than 0 is seen. */
static void draw_bar(const struct bars *bars, uint64_t full, uint64_t light)
{
	unsigned column = 0, end;

	fputs(bars->colour, stdout);
	end = (unsigned)((double)full / bars->most * bars->width + 0.5);
	for (; column < end || (column == 0 && full > 0); column++)
		fputs(bars->full, stdout);
	end = (unsigned)((double)light / bars->most * bars->width + 0.5);
	for (; column < end; column++)
		fputs(bars->light, stdout);
	fputs(bars->plain, stdout);
	putchar('\n');
}

/* Up to the last one that is a value's own: of a thousand, 99.9 %. */
static void draw_percentiles(const struct rd_histogram *h)
{
	static const struct {
		const char *name;
		double q;
	} rows[] = {
		{ "50 %", 0.5 },     { "75 %", 0.75 },	    { "90 %", 0.9 },
		{ "95 %", 0.95 },    { "99 %", 0.99 },	    { "99.5 %", 0.995 },
		{ "99.9 %", 0.999 }, { "99.95 %", 0.9995 }, { "99.99 %", 0.9999 },
		{ "max", 1 },
	};
	struct bars bars = draw_begin(NUMBERS_QUANTILE, h->most);

	printf("\n%-14s %9s\n", "percentile", "ms");
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t us = rd_histogram_quantile(h, rows[i].q);

		if (rows[i].q < 1 && (1 - rows[i].q) * (double)h->count < 1)
			continue;
		printf("  %-12s %9.3f ", rows[i].name, (double)us / 1e3);
		draw_bar(&bars, us, 0);
	}
}

static void draw_slice(const struct bars *bars, const struct rd_slice *slice, double begins_s,
		       double ends_s)
{
	uint64_t p50 = rd_histogram_quantile(&slice->good_us, 0.5);
	uint64_t p99 = rd_histogram_quantile(&slice->good_us, 0.99);
	double seconds = ends_s - begins_s;

	printf("  %5.0f %10.1f %8.1f %8.1f", begins_s,
	       (double)(slice->good_us.count + slice->bad) / seconds, (double)slice->bad / seconds,
	       (double)slice->failed / seconds);
	if (slice->good_us.count == 0) {
		putchar('\n');
		return;
	}
	printf(" %9.3f %9.3f ", (double)p50 / 1e3, (double)p99 / 1e3);
	draw_bar(bars, p50, p99);
}

static void draw_time(const struct rd_timeline *t)
{
	unsigned count = rd_timeline_count(t), together = (count + ROWS - 1) / ROWS;
	struct rd_slice sum;
	uint64_t most = 0, p99;
	struct bars bars;

	for (unsigned i = 0; i < count; i += together) {
		rd_timeline_sum(t, i, i + together < count ? i + together : count, &sum);
		p99 = rd_histogram_quantile(&sum.good_us, 0.99);
		most = p99 > most ? p99 : most;
	}
	bars = draw_begin(NUMBERS_TIME, most);
	printf("\n%-7s %10s %8s %8s %9s %9s\n", "time, s", "replied/s", "400+/s", "failed/s",
	       "p50, ms", "p99, ms");
	for (unsigned i = 0; i < count; i += together) {
		unsigned end = i + together < count ? i + together : count;

		rd_timeline_sum(t, i, end, &sum);
		draw_slice(&bars, &sum, rd_timeline_begins_s(t, i), rd_timeline_begins_s(t, end));
	}
}

void rd_draw_print(const struct rd_loaded *loaded)
{
	if (loaded->tally.good_us.count > 0)
		draw_percentiles(&loaded->tally.good_us);
	if (rd_timeline_count(&loaded->timeline) > 0)
		draw_time(&loaded->timeline);
}
