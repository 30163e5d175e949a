/*
 * replyc - asks a server and prints its reply: options, messages, exit status.
 */
#include "config.h"

#include "base/buffer.h"
#include "client/ask.h"
#include "client/url.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXIT_NO_REPLY = 1, EXIT_USAGE = 2 };
enum { TIMEOUT_S = 30, TIMEOUT_MAX_S = 86400 };
enum { OPTION_TRACE = 256, OPTION_HELP, OPTION_VERSION };

static const char help[] =
	"Usage: replyc [OPTION]... HOST:PORT TEXT...\n"
	"  or:  replyc [OPTION]... unix:PATH TEXT...\n"
	"  or:  replyc [OPTION]... http://HOST[:PORT]/PATH\n"
	"Send TEXT and a newline to a line service, or ask for a page by HTTP/1.1, and\n"
	"print the reply.\n"
	"\n"
	"When TEXT is -, read it from standard input.\n"
	"\n"
	"  -f, --fail             exit with 1, without the body, when the HTTP status\n"
	"                           is 400 or more\n"
	"  -i, --include          print the head of the HTTP reply too\n"
	"  -t, --timeout=SECONDS  give up when the whole exchange takes longer\n"
	"                           (default: 30)\n"
	"      --trace            tell each step of the socket's life, and its cost, on\n"
	"                           standard error\n"
	"      --help             display this help and exit\n"
	"      --version          output version information and exit\n"
	"\n"
	"Exit status: 0 for a reply, 1 for a failed exchange, 2 for wrong usage.\n";

static const struct option options[] = {
	{ "fail", no_argument, NULL, 'f' },
	{ "include", no_argument, NULL, 'i' },
	{ "timeout", required_argument, NULL, 't' },
	{ "trace", no_argument, NULL, OPTION_TRACE },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

__attribute__((format(printf, 1, 2))) static _Noreturn void replyc_usage(const char *format, ...)
{
	va_list args;

	fputs("replyc: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("\nTry 'replyc --help' for more information.\n", stderr);
	exit(EXIT_USAGE);
}

__attribute__((format(printf, 1, 2))) static _Noreturn void replyc_die(const char *format, ...)
{
	va_list args;

	fputs("replyc: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(EXIT_NO_REPLY);
}

/* `text`, and no more. */
static _Noreturn void replyc_print(const char *text)
{
	if (fputs(text, stdout) == EOF || fflush(stdout) != 0)
		replyc_die("standard output: %s", strerror(errno));
	exit(EXIT_SUCCESS);
}

static uint64_t replyc_timeout_us(const char *text)
{
	double seconds = strtod(text, NULL);

	if (text[strspn(text, "0123456789.")] || seconds < 0.001 || seconds > TIMEOUT_MAX_S)
		replyc_usage("--timeout: '%s' is no number of seconds from 0.001 to %d", text,
			     TIMEOUT_MAX_S);
	return (uint64_t)(seconds * 1e6);
}

static void replyc_options(int argc, char **argv, struct rd_ask *ask)
{
	int c;

	while ((c = getopt_long(argc, argv, "fit:", options, NULL)) != -1) {
		switch (c) {
		case 'f':
			ask->fail = true;
			break;
		case 'i':
			ask->head = true;
			break;
		case 't':
			ask->timeout_us = replyc_timeout_us(optarg);
			break;
		case OPTION_TRACE:
			ask->trace = true;
			break;
		case OPTION_HELP:
			replyc_print(help);
		case OPTION_VERSION:
			replyc_print("replyc (replyd) " PACKAGE_VERSION "\n");
		default:
			fputs("Try 'replyc --help' for more information.\n", stderr);
			exit(EXIT_USAGE);
		}
	}
}

static void replyc_add(struct rd_buffer *b, const void *bytes, size_t len)
{
	if (!rd_buffer_add(b, bytes, len))
		replyc_die("%s", strerror(ENOMEM));
}

static void replyc_add_text(struct rd_buffer *b, const char *text)
{
	replyc_add(b, text, strlen(text));
}

/* All of standard input, and a newline unless it ends in one. */
static void replyc_request_input(struct rd_buffer *request)
{
	char bytes[16384];
	size_t n;

	while ((n = fread(bytes, 1, sizeof bytes, stdin)) > 0)
		replyc_add(request, bytes, n);
	if (ferror(stdin))
		replyc_die("standard input: %s", strerror(errno));
	if (request->len == 0 || request->at[request->len - 1] != '\n')
		replyc_add_text(request, "\n");
}

static void replyc_request_line(char *const *words, struct rd_buffer *request)
{
	if (strcmp(words[0], "-") == 0 && !words[1]) {
		replyc_request_input(request);
		return;
	}
	for (int i = 0; words[i]; i++) {
		replyc_add_text(request, words[i]);
		replyc_add_text(request, words[i + 1] ? " " : "\n");
	}
}

static void replyc_request_http(const struct rd_url *url, struct rd_buffer *request)
{
	if (!rd_buffer_print(request,
			     "GET %s%.*s HTTP/1.1\r\n"
			     "Host: %s\r\n"
			     "User-Agent: replyc/" PACKAGE_VERSION "\r\n"
			     "Accept: */*\r\n"
			     "Connection: close\r\n"
			     "\r\n",
			     url->target.len && url->target.at[0] == '/' ? "" : "/",
			     (int)url->target.len, url->target.at, url->host))
		replyc_die("%s", strerror(ENOMEM));
}

static void replyc_prepare_http(char *const *operands, struct rd_ask *ask, struct rd_url *url,
				struct rd_buffer *request)
{
	const char *why;

	if (!rd_url_parse(operands[0], url, &why))
		replyc_usage("'%s': %s", operands[0], why);
	if (operands[1])
		replyc_usage("'%s': a URL takes no TEXT", operands[1]);
	ask->http = true;
	replyc_request_http(url, request);
}

static void replyc_prepare_line(char *const *operands, struct rd_ask *ask, struct rd_url *url,
				struct rd_buffer *request)
{
	const char *why;

	if (!rd_address_parse(operands[0], &url->address, &why))
		replyc_usage("'%s': %s", operands[0], why);
	if (url->address.kind == RD_ADDRESS_TCP && url->address.port == 0)
		replyc_usage("'%s': the port is a number from 1 to 65535", operands[0]);
	if (ask->head || ask->fail)
		replyc_usage("--%s: goes with a URL only", ask->head ? "include" : "fail");
	if (!operands[1])
		replyc_usage("the TEXT to send to '%s' is missing", operands[0]);
	replyc_request_line(operands + 1, request);
}

int main(int argc, char **argv)
{
	struct rd_ask ask = { .timeout_us = TIMEOUT_S * UINT64_C(1000000) };
	struct rd_asked asked = { 0 };
	struct rd_buffer request = { 0 };
	struct rd_url url;
	char name[sizeof url.address.host + sizeof "[]:65535"];
	bool replied;

	argv[0] = (char[]){ "replyc" };
	replyc_options(argc, argv, &ask);
	if (optind == argc)
		replyc_usage("the address is missing");
	if (rd_url_is(argv[optind]))
		replyc_prepare_http(argv + optind, &ask, &url, &request);
	else
		replyc_prepare_line(argv + optind, &ask, &url, &request);

	if (url.address.kind == RD_ADDRESS_UNIX)
		snprintf(name, sizeof name, "unix:%s", url.address.path);
	else
		snprintf(name, sizeof name, strchr(url.address.host, ':') ? "[%s]:%u" : "%s:%u",
			 url.address.host, url.address.port);
	ask.name = name;
	ask.address = &url.address;
	ask.request = (struct rd_span){ request.at, request.len };
	replied = rd_ask_run(&ask, &asked);
	rd_buffer_free(&request);
	if (!replied)
		replyc_die("%s", asked.failure);
	if (ask.fail && asked.status >= 400)
		replyc_die("the server answered %d", asked.status);
	return EXIT_SUCCESS;
}
