/*
 * replyc - asks a server and prints its reply: options, messages, exit status.
 */
#include "config.h"

#include "client/ask.h"
#include "client/beside.h"
#include "client/load.h"
#include "client/say.h"
#include "client/whom.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { TIMEOUT_S = 30, TIMEOUT_MAX_S = 86400 };
enum { OPTION_TRACE = 256, OPTION_HELP, OPTION_VERSION };

static const char help[] =
	"Usage: replyc [OPTION]... HOST:PORT TEXT...\n"
	"  or:  replyc [OPTION]... unix:PATH TEXT...\n"
	"  or:  replyc [OPTION]... http://HOST[:PORT]/PATH\n"
	"  or:  replyc load [OPTION]... ADDRESS TEXT... | URL\n"
	"Send TEXT and a newline to a line service, or ask for a page by HTTP/1.1, and\n"
	"print the reply.\n"
	"\n"
	"When TEXT is -, read it from standard input. 'replyc load' asks many times, and\n"
	"measures; 'replyc load --help' tells how.\n"
	"\n"
	"  -f, --fail             exit with 1, without the body, when the HTTP status\n"
	"                           is 400 or more\n"
	"  -i, --include          print the head of the HTTP reply too\n"
	"  -o, --output=FILE      save to FILE what would be printed; it is there whole, or\n"
	"                           not at all; - is standard output\n"
	"  -t, --timeout=SECONDS  give up when the whole exchange takes longer\n"
	"                           (default: 30; with -o, 30 in which nothing comes)\n"
	"      --trace            tell each step of the socket's life, and its cost, on\n"
	"                           standard error\n"
	"      --help             display this help and exit\n"
	"      --version          output version information and exit\n"
	"\n"
	"Exit status: 0 for a reply, 1 for a failed exchange, 2 for wrong usage.\n";

static const struct option options[] = {
	{ "fail", no_argument, NULL, 'f' },
	{ "include", no_argument, NULL, 'i' },
	{ "output", required_argument, NULL, 'o' },
	{ "timeout", required_argument, NULL, 't' },
	{ "trace", no_argument, NULL, OPTION_TRACE },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

static uint64_t replyc_timeout_us(const char *text)
{
	double seconds = strtod(text, NULL);

	if (text[strspn(text, "0123456789.")] || seconds < 0.001 || seconds > TIMEOUT_MAX_S)
		rd_say_usage("replyc", "--timeout: '%s' is no number of seconds from 0.001 to %d",
			     text, TIMEOUT_MAX_S);
	return (uint64_t)(seconds * 1e6);
}

/* What the options say: also where the reply goes to, NULL being standard output. */
static void replyc_options(int argc, char **argv, struct rd_ask *ask, const char **output)
{
	bool limited = false;
	int c;

	while ((c = getopt_long(argc, argv, "fio:t:", options, NULL)) != -1) {
		switch (c) {
		case 'f':
			ask->fail = true;
			break;
		case 'i':
			ask->head = true;
			break;
		case 'o':
			*output = optarg;
			break;
		case 't':
			ask->timeout_us = replyc_timeout_us(optarg);
			limited = true;
			break;
		case OPTION_TRACE:
			ask->trace = true;
			break;
		case OPTION_HELP:
			rd_say_print(help);
		case OPTION_VERSION:
			rd_say_print("replyc (replyd) " PACKAGE_VERSION "\n");
		default:
			rd_say_help("replyc");
		}
	}
	ask->steady = *output && !limited;
	if (*output && strcmp(*output, "-") == 0)
		*output = NULL;
}

static void replyc_ask(struct rd_ask *ask, const char *output)
{
	struct rd_asked asked = { 0 };
	struct rd_beside file = { 0 };
	bool replied;

	if (output) {
		if (!rd_beside_open(&file, output))
			rd_say_die("%s: %s", output, strerror(errno));
		ask->to = file.to;
		ask->to_name = output;
		ask->meter = !ask->trace;
	}
	replied = rd_ask_run(ask, &asked);
	if (output && (!replied || (ask->fail && asked.status >= 400)))
		rd_beside_drop(&file);
	if (!replied)
		rd_say_die("%s", asked.failure);
	if (ask->fail && asked.status >= 400)
		rd_say_die("the server answered %d", asked.status);
	if (output && !rd_beside_keep(&file))
		rd_say_die("%s: %s", output, strerror(errno));
}

int main(int argc, char **argv)
{
	struct rd_ask ask = { .timeout_us = TIMEOUT_S * UINT64_C(1000000),
			      .to = stdout,
			      .to_name = "standard output" };
	struct rd_buffer request = { 0 };
	const char *output = NULL;
	struct rd_whom whom;

	argv[0] = (char[]){ "replyc" };
	if (argc > 1 && strcmp(argv[1], "load") == 0)
		return rd_load_main(argc - 1, argv + 1);
	replyc_options(argc, argv, &ask, &output);
	rd_whom_read("replyc", argv + optind, &whom);
	if (!whom.http && (ask.head || ask.fail))
		rd_say_usage("replyc", "--%s: goes with a URL only", ask.head ? "include" : "fail");
	rd_whom_request(argv + optind, &whom, &(struct rd_request){ .close = true }, &request);
	ask.http = whom.http;
	ask.name = whom.name;
	ask.address = &whom.url.address;
	ask.request = (struct rd_span){ request.at, request.len };
	replyc_ask(&ask, output);
	rd_buffer_free(&request);
	return EXIT_SUCCESS;
}
