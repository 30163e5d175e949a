/*
 * load - replyc load: from the command line to the report.
 */
#include "config.h"

#include "base/clock.h"
#include "base/slurp.h"
#include "base/tty.h"
#include "client/beside.h"
#include "client/draw.h"
#include "client/load.h"
#include "client/loader.h"
#include "client/plot.h"
#include "client/report.h"
#include "client/say.h"
#include "client/whom.h"
#include "config/units.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char command[] = "replyc load";

enum {
	CONNECTIONS = 64,
	CONNECTIONS_MAX = 1000000,
	DURATION_S = 10,
	PATIENCE_S = 30,
	TIME_MAX_MS = 86400000,
	BODY_MAX = 64 << 20,
};
static const double rate_max = 10e6;

enum {
	OPTION_CLOSE = 256,
	OPTION_DRAW,
	OPTION_GIVE_UP,
	OPTION_HELP,
	OPTION_JSON,
	OPTION_PLOT,
	OPTION_WARM_UP,
};

static const char help[] =
	"Usage: replyc load [OPTION]... http://HOST[:PORT]/PATH\n"
	"  or:  replyc load [OPTION]... HOST:PORT TEXT...\n"
	"  or:  replyc load [OPTION]... unix:PATH TEXT...\n"
	"Ask many times, and print how many replies came, and how long they took: from\n"
	"when each request was due at the rate asked for, whether a connection was free\n"
	"then or not. TIME is a number and a unit: 150ms, 10s, 5m.\n"
	"\n"
	"  -r, --rate=RATE        requests a second (default: each connection asks again\n"
	"                           as soon as it is answered)\n"
	"  -c, --connections=N    at once, at most (default: 64)\n"
	"  -d, --duration=TIME    how long requests are begun (default: 10s)\n"
	"      --warm-up=TIME     at the beginning of it, not counted (default: 0s)\n"
	"      --close            a connection for each request; a line service always\n"
	"                           has that\n"
	"      --give-up=TIME     close the connection, and count a failure, so long after\n"
	"                           a request was due (default: 30s)\n"
	"  -m, --method=METHOD    in place of GET, or of POST where there is a body\n"
	"  -H, --header=FIELD     send this field, \"Name: value\"; repeatable\n"
	"  -b, --body=TEXT        send this body; @FILE sends the file's bytes\n"
	"      --draw             draw latency by percentile and by time below the tables,\n"
	"                           which is done on a terminal anyway\n"
	"      --json             print JSON\n"
	"      --plot=FILE        draw the same, and more, into FILE, as SVG\n"
	"      --help             display this help and exit\n"
	"\n"
	"SIGINT ends it early, with what there is. Exit status: 0 for a measurement, 1\n"
	"when no reply came, 2 for wrong usage.\n";

static const struct option options[] = {
	{ "body", required_argument, NULL, 'b' },
	{ "close", no_argument, NULL, OPTION_CLOSE },
	{ "connections", required_argument, NULL, 'c' },
	{ "draw", no_argument, NULL, OPTION_DRAW },
	{ "duration", required_argument, NULL, 'd' },
	{ "give-up", required_argument, NULL, OPTION_GIVE_UP },
	{ "header", required_argument, NULL, 'H' },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "method", required_argument, NULL, 'm' },
	{ "plot", required_argument, NULL, OPTION_PLOT },
	{ "rate", required_argument, NULL, 'r' },
	{ "warm-up", required_argument, NULL, OPTION_WARM_UP },
	{ 0 },
};

struct load {
	struct rd_loader loader;
	struct rd_request request;
	const char *for_http; /* an option that goes with a URL only */
	const char *plot;     /* a file, or NULL */
	char *body;
	bool draw, json;
};

static uint64_t load_time_us(const char *option, const char *text)
{
	uint64_t ms;

	if (!rd_units_duration(text, &ms) || ms > TIME_MAX_MS)
		rd_say_usage(command, "--%s: '%s' is no time up to a day, such as 150ms or 10s",
			     option, text);
	return ms * 1000;
}

static double load_rate(const char *text)
{
	char *end;
	double rate = strtod(text, &end);

	if (text[strspn(text, "0123456789.")] || *end || !(rate >= 0.001) || rate > rate_max)
		rd_say_usage(command, "--rate: '%s' is no number from 0.001 to %.0f", text,
			     rate_max);
	return rate;
}

static unsigned load_connections(const char *text)
{
	uint64_t number;

	if (!rd_units_number(text, &number) || number < 1 || number > CONNECTIONS_MAX)
		rd_say_usage(command, "--connections: '%s' is no number from 1 to %d", text,
			     CONNECTIONS_MAX);
	return (unsigned)number;
}

static void load_method(struct load *l, const char *text)
{
	const char *why = rd_request_check_method(text);

	if (why)
		rd_say_usage(command, "--method: '%s': %s", text, why);
	l->request.method = text;
}

static void load_field(struct load *l, const char *text)
{
	const char *why = rd_request_check_field(text);

	if (!why && l->request.field_count == RD_REQUEST_FIELDS)
		why = "64 fields are the most";
	if (why)
		rd_say_usage(command, "--header: '%s': %s", text, why);
	l->request.fields[l->request.field_count++] = text;
}

static void load_body(struct load *l, const char *text)
{
	char why[512];
	size_t len;

	l->request.body = rd_span_of(text);
	if (text[0] != '@')
		return;
	free(l->body);
	l->body = rd_slurp(text + 1, BODY_MAX, &len, why, sizeof why);
	if (!l->body)
		rd_say_die("%s", why);
	l->request.body = (struct rd_span){ l->body, len };
}

static void load_option(struct load *l, int option)
{
	switch (option) {
	case 'b':
		l->for_http = "body";
		load_body(l, optarg);
		break;
	case 'c':
		l->loader.connections = load_connections(optarg);
		break;
	case 'd':
		l->loader.duration_us = load_time_us("duration", optarg);
		break;
	case 'H':
		l->for_http = "header";
		load_field(l, optarg);
		break;
	case 'm':
		l->for_http = "method";
		load_method(l, optarg);
		break;
	case 'r':
		l->loader.rate = load_rate(optarg);
		break;
	case OPTION_CLOSE:
		l->request.close = true;
		break;
	case OPTION_DRAW:
		l->draw = true;
		break;
	case OPTION_GIVE_UP:
		l->loader.patience_us = load_time_us("give-up", optarg);
		l->loader.impatience = FAILURE_GAVE_UP;
		break;
	case OPTION_JSON:
		l->json = true;
		break;
	case OPTION_PLOT:
		l->plot = optarg;
		break;
	case OPTION_WARM_UP:
		l->loader.warm_up_us = load_time_us("warm-up", optarg);
		break;
	case OPTION_HELP:
		rd_say_print(help);
	default:
		rd_say_help(command);
	}
}

static void load_check(const struct load *l, const struct rd_whom *whom)
{
	if (!whom->http && l->for_http)
		rd_say_usage(command, "--%s: goes with a URL only", l->for_http);
	if (l->loader.duration_us == 0 || l->loader.patience_us == 0)
		rd_say_usage(command, "--%s: '0' is too short",
			     l->loader.duration_us ? "give-up" : "duration");
	if (l->loader.warm_up_us >= l->loader.duration_us)
		rd_say_usage(command, "--warm-up: it is a part of --duration, and shorter");
	if (l->draw && l->json)
		rd_say_usage(command, "--draw: goes with tables, not with --json");
	if (l->plot && strcmp(l->plot, "-") == 0)
		rd_say_usage(command, "--plot: '-' is no file; tables go to standard output");
}

/* Dies where the drawing could not be kept; an hour's load is not to end with that. */
static void load_try_plot(const struct load *l)
{
	struct rd_beside file;

	if (!l->plot)
		return;
	if (!rd_beside_open(&file, l->plot))
		rd_say_die("%s: %s", l->plot, strerror(errno));
	rd_beside_drop(&file);
}

static void load_plot(const struct load *l, const struct rd_loaded *loaded, const char *target)
{
	struct rd_beside file;
	bool kept = rd_beside_open(&file, l->plot);

	if (kept) {
		rd_plot_write(file.to, target, &l->loader, loaded, rd_clock_wall_s());
		kept = rd_beside_keep(&file);
	}
	if (!kept)
		rd_say_die("%s: %s", l->plot, strerror(errno));
}

static void load_report(const struct load *l, const struct rd_loaded *loaded, const char *target)
{
	if (l->json)
		rd_report_json(target, &l->loader, loaded);
	else
		rd_report_text(target, &l->loader, loaded);
	if (l->draw || (!l->json && rd_tty_width(STDOUT_FILENO) > 0))
		rd_draw_print(loaded);
	rd_say_flush();
	rd_report_notes(loaded);
}

static int load_run(struct load *l, const struct rd_whom *whom, const char *target)
{
	struct rd_loaded *loaded = calloc(1, sizeof *loaded);
	const char *why = loaded ? rd_loader_run(&l->loader, loaded) : "no memory";
	bool measured;

	if (why)
		rd_say_die("%s: %s", whom->name, why);
	load_report(l, loaded, target);
	if (l->plot)
		load_plot(l, loaded, target);
	measured = loaded->tally.all.replied > 0;
	free(loaded);
	if (!measured)
		rd_say_die("%s: no reply came", whom->name);
	return EXIT_SUCCESS;
}

int rd_load_main(int argc, char **argv)
{
	struct load l = { .loader = { .connections = CONNECTIONS,
				      .duration_us = DURATION_S * UINT64_C(1000000),
				      .patience_us = PATIENCE_S * UINT64_C(1000000),
				      .impatience = FAILURE_TIMED_OUT } };
	struct rd_buffer request = { 0 };
	struct rd_whom whom;
	int option, status;

	argv[0] = (char[]){ "replyc load" };
	while ((option = getopt_long(argc, argv, "b:c:d:H:m:r:", options, NULL)) != -1)
		load_option(&l, option);
	rd_whom_read(command, argv + optind, &whom);
	load_check(&l, &whom);
	load_try_plot(&l);
	rd_whom_request(argv + optind, &whom, &l.request, &request);
	l.loader.address = &whom.url.address;
	l.loader.request = (struct rd_span){ request.at, request.len };
	l.loader.http = whom.http;
	l.loader.bodiless = rd_request_bodiless(&l.request);
	l.loader.close = l.request.close || !whom.http;
	status = load_run(&l, &whom, argv[optind]);
	rd_buffer_free(&request);
	free(l.body);
	return status;
}
