/*
 * testd - the server with handlers made for tests, told what to do on its standard input.
 * What it understands is in tests/dialogue/README.
 * Thread:  main serves; one thread reads the input; handlers run in the workers.
 */
#include "app/exchange.h"
#include "base/must.h"
#include "base/thread.h"
#include "handlers.h"
#include "server/server.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct replyd *server;
static uint64_t slow_us; /* the time limit of /slow, /count and lines */
static _Atomic unsigned refused;

/* The requests inside /hold: each takes a number, and goes when as many were released. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t released;
	unsigned held, arrived, gone_on;
	unsigned inside; /* workers inside a handler */
} hold = { .lock = PTHREAD_MUTEX_INITIALIZER, .released = PTHREAD_COND_INITIALIZER };

static void hold_enter(void)
{
	PTH(pthread_mutex_lock(&hold.lock));
	hold.inside++;
	PTH(pthread_mutex_unlock(&hold.lock));
}

static void hold_leave(void)
{
	PTH(pthread_mutex_lock(&hold.lock));
	hold.inside--;
	PTH(pthread_mutex_unlock(&hold.lock));
}

static void hold_wait(void)
{
	unsigned mine;

	PTH(pthread_mutex_lock(&hold.lock));
	mine = ++hold.arrived;
	hold.held++;
	while ((int)(hold.gone_on - mine) < 0)
		PTH(pthread_cond_wait(&hold.released, &hold.lock));
	hold.held--;
	PTH(pthread_mutex_unlock(&hold.lock));
}

static void hold_release(unsigned n)
{
	PTH(pthread_mutex_lock(&hold.lock));
	hold.gone_on += n;
	PTH(pthread_cond_broadcast(&hold.released));
	PTH(pthread_mutex_unlock(&hold.lock));
}

static int hello_perform(struct replyd_exchange *x, void *data)
{
	(void)data;
	hold_enter();
	rd_reply_bytes(&x->reply, 200, "text/plain", "hello\n", 6, NULL, NULL);
	hold_leave();
	return 0;
}

static int held_perform(struct replyd_exchange *x, void *data)
{
	hold_enter();
	hold_wait();
	hold_leave();
	return hello_perform(x, data);
}

/* Asked for the line "piece": of a reply in pieces, the first is sent. */
static bool slow_begins(struct replyd_exchange *x)
{
	return strcmp(x->path, "/slow/piece") == 0 || rd_span_eq(x->content, "slow piece");
}

/* Of the body, until it ends or may not be waited for any longer. */
static void slow_read(struct replyd_exchange *x)
{
	char part[100];

	while (replyd_read(x, part, sizeof(part)) > 0)
		continue;
}

/* What a late handler does with its client is refused. */
static bool slow_refused(struct replyd_exchange *x)
{
	char byte;

	return replyd_print(x, "%s %s\n", replyd_client(x), replyd_target(x)) != 0 &&
	       errno == ECANCELED && replyd_cancelled(x) && replyd_flush(x) != 0 &&
	       (!x->streamed || (replyd_read(x, &byte, 1) == -1 && errno == ECANCELED));
}

/* Longer than its time, until released. */
static int slow_perform(struct replyd_exchange *x, void *data)
{
	(void)data;
	slow_read(x);
	replyd_begin(x, 200, "text/plain");
	if (slow_begins(x)) {
		replyd_print(x, "begun\n");
		replyd_flush(x);
	}
	hold_enter();
	hold_wait();
	hold_leave();
	if (slow_refused(x))
		atomic_fetch_add(&refused, 1);
	return 0;
}

enum { PATTERN = 16 };

/* One more than the line before it; by hand: a sanitizer makes half a million sprintf slow. */
static void bytes_next(char *line)
{
	size_t digit = PATTERN - 2;

	memcpy(line, line - PATTERN, PATTERN);
	while (++line[digit] > '9')
		line[digit--] = '0';
}

/* Numbered lines, as the runner's `file NAME size=N` writes them. */
static int bytes_perform(struct replyd_exchange *x, void *data)
{
	size_t len = strtoul(x->path + strlen("/bytes/"), NULL, 10);
	char *bytes = malloc(len + PATTERN + 1);

	(void)data;
	if (!bytes)
		return 503;
	memcpy(bytes, "000000000000000\n", PATTERN);
	for (size_t i = PATTERN; i < len; i += PATTERN)
		bytes_next(bytes + i);
	rd_reply_bytes(&x->reply, 200, "application/octet-stream", bytes, len, free, bytes);
	return 0;
}

static int line_perform(struct replyd_exchange *x, void *data)
{
	char *copy = malloc(x->content.len + 1);

	(void)data;
	if (!copy)
		return 503;
	if (x->content.len >= 4 && memcmp(x->content.at, "slow", 4) == 0) {
		free(copy);
		return slow_perform(x, NULL);
	}
	hold_enter();
	if (rd_span_eq(x->content, "hold"))
		hold_wait();
	memcpy(copy, x->content.at, x->content.len);
	copy[x->content.len] = '\n';
	hold_leave();
	rd_reply_bytes(&x->reply, 200, NULL, copy, x->content.len + 1, free, copy);
	return 0;
}

static const struct rd_handler hello = { .name = "hello", .perform = hello_perform };
static const struct rd_handler held = { .name = "hold", .perform = held_perform };
static const struct rd_handler bytes = { .name = "bytes", .perform = bytes_perform };
static const struct rd_handler line = { .name = "line", .perform = line_perform };

/* Of the pools, that have not ended. */
static unsigned threads(void)
{
	unsigned alive = 0;

	for (unsigned i = 0; i < atomic_load(&server->clients.count); i++) {
		struct rd_pool *pool = &rd_mains_group(&server->clients, i)->pool;

		rd_lock_take(&pool->lock);
		alive += pool->alive;
		rd_lock_drop(&pool->lock);
	}
	return alive;
}

static void say_stat(void)
{
	struct rd_group_view v;
	unsigned inside, held_now;

	rd_server_look(server, &v);
	PTH(pthread_mutex_lock(&hold.lock));
	inside = hold.inside + handlers_inside();
	held_now = hold.held;
	PTH(pthread_mutex_unlock(&hold.lock));
	printf("busy=%u awake=%u queued=%u parked=%zu open=%zu held=%u", inside, v.busy, v.queued,
	       v.parked, v.open, held_now);
	printf(" threads=%u stuck=%u late=%llu refused=%u", threads(), v.stuck,
	       (unsigned long long)v.count[COUNT_LATE], atomic_load(&refused));
	printf(" detached=%u ended=%u left=%u", handlers_detached(), handlers_ended(),
	       handlers_left());
	printf(" served=%llu", (unsigned long long)v.count[COUNT_EXCHANGES]);
	printf(" shed=%llu", (unsigned long long)v.count[COUNT_SHED]);
	printf(" shed_wait=%llu", (unsigned long long)v.count[COUNT_SHED_WAIT]);
	printf(" shed_fair=%llu", (unsigned long long)v.count[COUNT_SHED_FAIR]);
	printf(" shed_deadline=%llu", (unsigned long long)v.count[COUNT_SHED_DEADLINE]);
	printf(" gone=%llu\n", (unsigned long long)v.count[COUNT_GONE]);
}

static void *listen_to_input(void *arg)
{
	char text[64];

	while (fgets(text, sizeof(text), stdin)) {
		if (strcmp(text, "stat\n") == 0) {
			say_stat();
		} else if (strcmp(text, "release\n") == 0) {
			hold_release(1);
			puts("ok");
		} else if (strcmp(text, "complete\n") == 0) {
			puts(handlers_complete() ? "ok" : "there is none");
		} else {
			puts("what?");
		}
		fflush(stdout);
	}
	hold_release(1u << 30);
	replyd_drain(server);
	return arg;
}

static void time_limit(struct rd_route *route)
{
	route->policy.time_us = slow_us;
}

/* Handlers that see only replyd/handler.h. */
static void assemble_handlers(void)
{
	static const struct rd_handler own[] = {
		{ .name = "/ask", .methods = RD_METHODS_ANY, .perform = ask_perform },
		{ .name = "/pieces", .methods = RD_METHODS_ANY, .perform = pieces_perform },
		{ .name = "/endless", .methods = RD_METHODS_ANY, .perform = endless_perform },
		{ .name = "/count", .methods = RD_METHODS_ANY, .perform = count_perform },
		{ .name = "/part", .methods = RD_METHODS_ANY, .perform = part_perform },
		{ .name = "/watch", .methods = RD_METHODS_ANY, .perform = watch_perform },
		{ .name = "/later", .methods = RD_METHODS_ANY, .perform = later_perform },
		{ .name = "/file", .methods = RD_METHODS_ANY, .perform = file_perform },
		{ .name = "/status", .methods = RD_METHODS_ANY, .perform = status_perform },
		{ .name = "/slow", .methods = RD_METHODS_ANY, .perform = slow_perform },
		{ .name = "/fault", .methods = RD_METHODS_ANY, .perform = fault_perform },
	};
	static const char *const streamed[] = { "/count", "/part", "/slow" };
	size_t rest;
	struct rd_router *router = &rd_app_host(&server->setup->app, "")->router;

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		MUST(rd_server_route(server, own[i].name, &own[i], NULL) == 0);
	time_limit(rd_router_find(router, METHOD_GET, "/count", 6, &rest));
	time_limit(rd_router_find(router, METHOD_GET, "/slow", 5, &rest));
	time_limit(rd_router_find(router, METHOD_GET, "/watch", 6, &rest));
	for (size_t i = 0; i < sizeof(streamed) / sizeof(*streamed); i++) {
		struct rd_route *route = rd_router_find(router, METHOD_POST, streamed[i],
							strlen(streamed[i]), &rest);

		route->policy.stream = true;
	}
}

static void stop(int signal)
{
	(void)signal;
	replyd_drain(server);
}

static int fail(const char *text)
{
	fprintf(stderr, "testd: %s\n", text);
	return 1;
}

static int configure(int argc, char **argv, enum replyd_protocol *protocol)
{
	for (int i = 1; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (!value)
			return fail("arguments are KEY=VALUE");
		*value++ = '\0';
		if (strcmp(argv[i], "protocol") == 0)
			*protocol = strcmp(value, "line") == 0 ? REPLYD_LINE : REPLYD_HTTP;
		else if (strcmp(argv[i], "limit_ms") == 0)
			slow_us = strtoul(value, NULL, 10) * 1000;
		else if (strcmp(argv[i], "control") == 0) {
			if (replyd_control(server, value) != 0)
				return fail(replyd_error(server));
		} else if (replyd_set(server, argv[i], value) != 0)
			return fail(replyd_error(server));
	}
	return 0;
}

static int assemble(enum replyd_protocol protocol)
{
	MUST(rd_router_add(&server->setup->line_router, 0, "", true, &line, NULL) != NULL);
	MUST(rd_server_route(server, "/", &hello, NULL) == 0);
	MUST(rd_server_route(server, "/hold", &held, NULL) == 0);
	MUST(rd_server_route(server, "/bytes", &bytes, NULL) == 0);
	assemble_handlers();
	time_limit(rd_setup_line_route(server->setup));
	if (replyd_listen(server, "127.0.0.1:0", protocol) != 0 || replyd_open(server) != 0)
		return fail(replyd_error(server));
	return 0;
}

int main(int argc, char **argv)
{
	enum replyd_protocol protocol = REPLYD_HTTP;
	struct sigaction action = { .sa_handler = stop };
	pthread_t input;

	server = replyd_new();
	MUST(server);
	MUST(replyd_set(server, "queue_shed", "0") == 0); /* requests are held for long */
	if (configure(argc, argv, &protocol) || assemble(protocol))
		return 1;
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	printf("ready on %s\n", replyd_url(server, 0));
	fflush(stdout);
	PTH(rd_thread_start(&input, 0, listen_to_input, NULL));
	PTH(pthread_detach(input));
	if (replyd_serve(server) < 0)
		return fail(replyd_error(server));
	_exit(0); /* the thread that reads the input may still look at the server */
}
