/*
 * report - tables and JSON from a tally.
 */
#include "client/report.h"

#include "base/tty.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *head, *word;
	double q;
} quantiles[] = {
	{ "p50", "p50", 0.5 },	     { "p90", "p90", 0.9 }, { "p99", "p99", 0.99 },
	{ "p99.9", "p99_9", 0.999 }, { "max", "max", 1 },
};
enum { QUANTILES = sizeof quantiles / sizeof *quantiles };

static uint64_t report_mean(const struct rd_histogram *h)
{
	return h->count ? h->sum / h->count : 0;
}

static void report_count(const struct rd_loaded *l, const char *name, uint64_t count,
			 uint64_t in_time)
{
	printf("  %-12s %14" PRIu64 " %14.1f\n", name, count, rd_loader_rate(l, in_time));
}

/* In bold where there may be colour. */
static void report_bad(const char *name, uint64_t count, const char *why)
{
	bool bold = rd_tty_colour(STDOUT_FILENO);

	printf("  %s%-12s %14" PRIu64 "%s%s%s\n", bold ? "\x1b[1m" : "", name, count,
	       bold ? "\x1b[0m" : "", why[0] ? "  " : "", why);
}

static void report_requests(const struct rd_loader *loader, const struct rd_loaded *l)
{
	const struct rd_tally *t = &l->tally;

	printf("\n%-14s %14s %14s\n", "requests", "number", "a second");
	if (loader->rate > 0)
		printf("  %-12s %14" PRIu64 " %14.1f\n", "due", t->due, loader->rate);
	report_count(l, "asked", t->all.asked, l->in_time.asked);
	report_count(l, "replied", t->all.replied, l->in_time.replied);
	if (loader->http)
		report_count(l, "below 400", t->all.good, l->in_time.good);
}

static void report_statuses(const struct rd_tally *t)
{
	printf("\nstatus\n");
	for (int status = 0; status < RD_TALLY_STATUSES; status++) {
		char name[16];

		snprintf(name, sizeof name, "%d", status);
		if (t->status[status] && status < 400)
			printf("  %-12s %14" PRIu64 "\n", name, t->status[status]);
		else if (t->status[status])
			report_bad(name, t->status[status], "");
	}
}

static void report_failures(const struct rd_tally *t)
{
	printf("\nfailures\n");
	for (int i = 0; i < FAILURE_COUNT; i++)
		if (t->failure[i])
			report_bad(rd_tally_text((enum rd_load_failure)i), t->failure[i],
				   i == FAILURE_OTHER ? strerror(t->error) : "");
}

static void report_latency(const char *name, const struct rd_histogram *h)
{
	if (h->count == 0)
		return;
	printf("  %-12s %9.3f %9.3f", name, (double)h->least / 1e3, (double)report_mean(h) / 1e3);
	for (int i = 0; i < QUANTILES; i++)
		printf(" %9.3f", (double)rd_histogram_quantile(h, quantiles[i].q) / 1e3);
	printf("\n");
}

static void report_latencies(const struct rd_loader *loader, const struct rd_tally *t)
{
	printf("\n%-14s %9s %9s", "latency, ms", "min", "mean");
	for (int i = 0; i < QUANTILES; i++)
		printf(" %9s", quantiles[i].head);
	printf("\n");
	report_latency(loader->http ? "below 400" : "replies", &t->good_us);
	report_latency("400 and up", &t->bad_us);
}

void rd_report_notes(const struct rd_loaded *l)
{
	const struct rd_tally *t = &l->tally;

	if (l->interrupted)
		fprintf(stderr, "replyc: interrupted after %.1f s\n", (double)l->took_us / 1e6);
	if (rd_tally_starved(t) && !l->interrupted)
		fprintf(stderr,
			"replyc: could not keep the rate: %" PRIu64 " of %" PRIu64
			" that were due were never asked, for every connection was busy\n",
			rd_tally_left(t), t->due);
	if (rd_tally_behind(t))
		fprintf(stderr,
			"replyc: fell behind itself: %" PRIu64 " of %" PRIu64
			" were asked more than 1 ms late, up to %.1f ms\n",
			t->late, t->all.asked, (double)t->latest_us / 1e3);
}

void rd_report_text(const char *target, const struct rd_loader *loader,
		    const struct rd_loaded *loaded)
{
	const struct rd_tally *t = &loaded->tally;

	printf("%s: %.1f s, %u connections at most%s\n", target, (double)loaded->took_us / 1e6,
	       loader->connections, loader->close ? ", each for one request" : "");
	report_requests(loader, loaded);
	if (loader->http && t->all.replied)
		report_statuses(t);
	if (t->failed)
		report_failures(t);
	if (t->all.replied)
		report_latencies(loader, t);
	printf("\n%-14s %14s %14s\n", "bytes", "number", "a second");
	report_count(loaded, "sent", t->all.sent_bytes, loaded->in_time.sent_bytes);
	report_count(loaded, "received", t->all.received_bytes, loaded->in_time.received_bytes);
}

static void report_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
			printf("\\u%04x", (unsigned char)*text);
		else
			putchar(*text);
	}
	putchar('"');
}

static void report_json_latency(const char *name, const struct rd_histogram *h)
{
	printf(",\n  \"%s\": {\"count\": %" PRIu64, name, h->count);
	if (h->count) {
		printf(", \"min\": %" PRIu64 ", \"mean\": %" PRIu64, h->least, report_mean(h));
		for (int i = 0; i < QUANTILES; i++)
			printf(", \"%s\": %" PRIu64, quantiles[i].word,
			       rd_histogram_quantile(h, quantiles[i].q));
	}
	printf("}");
}

static void report_json_statuses(const struct rd_tally *t)
{
	const char *comma = "";

	printf(",\n  \"status\": {");
	for (int i = 1; i < RD_TALLY_STATUSES; i++)
		if (t->status[i]) {
			printf("%s\"%d\": %" PRIu64, comma, i, t->status[i]);
			comma = ", ";
		}
	printf("},\n  \"failures\": {");
	for (int i = 0; i < FAILURE_COUNT; i++)
		printf("%s\"%s\": %" PRIu64, i ? ", " : "", rd_tally_word((enum rd_load_failure)i),
		       t->failure[i]);
	printf("}");
}

void rd_report_json(const char *target, const struct rd_loader *loader,
		    const struct rd_loaded *loaded)
{
	const struct rd_tally *t = &loaded->tally;

	printf("{\n  \"target\": ");
	report_string(target);
	printf(",\n  \"seconds\": %.6f, \"interrupted\": %s", (double)loaded->took_us / 1e6,
	       loaded->interrupted ? "true" : "false");
	printf(",\n  \"connections\": %u, \"close\": %s", loader->connections,
	       loader->close ? "true" : "false");
	if (loader->rate > 0)
		printf(",\n  \"rate\": {\"wanted\": %.3f", loader->rate);
	else
		printf(",\n  \"rate\": {\"wanted\": null");
	printf(", \"asked\": %.3f, \"replied\": %.3f, \"good\": %.3f}",
	       rd_loader_rate(loaded, loaded->in_time.asked),
	       rd_loader_rate(loaded, loaded->in_time.replied),
	       rd_loader_rate(loaded, loaded->in_time.good));
	printf(",\n  \"requests\": {\"due\": %" PRIu64 ", \"asked\": %" PRIu64
	       ", \"replied\": %" PRIu64 ", \"good\": %" PRIu64 ", \"failed\": %" PRIu64
	       ", \"left\": %" PRIu64 "}",
	       t->due, t->all.asked, t->all.replied, t->all.good, t->failed, rd_tally_left(t));
	report_json_statuses(t);
	report_json_latency("good_us", &t->good_us);
	report_json_latency("bad_us", &t->bad_us);
	printf(",\n  \"late\": {\"count\": %" PRIu64 ", \"max_us\": %" PRIu64 "}", t->late,
	       t->latest_us);
	printf(",\n  \"bytes\": {\"sent\": %" PRIu64 ", \"received\": %" PRIu64 "}\n}\n",
	       t->all.sent_bytes, t->all.received_bytes);
}
