/*
 * embed - a server in somebody's program: functions as handlers, and a run from start to end.
 * Thread:  the one that uses the server, but for replyd_stop, which is anyone's. What replyd_start
 *          began runs in a thread of its own.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/thread.h"
#include "server/server.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "GET,POST /a": the methods, and where the path begins. False: it is not of that form. */
static bool embed_parse(const char *route, unsigned *methods, const char **path)
{
	size_t len;

	*path = strchr(route, '/');
	len = *path ? (size_t)(*path - route) : 0;
	if (!*path || (len > 0 && route[len - 1] != ' '))
		return false;
	while (len > 0 && route[len - 1] == ' ')
		len--;
	return rd_router_methods(route, len, methods);
}

int replyd_route(struct replyd *s, const char *route,
		 int (*perform)(struct replyd_exchange *x, void *data), void *data)
{
	struct rd_handler handler = { .name = "function", .perform = perform };
	struct rd_host *any;
	const char *path;
	unsigned methods;
	bool below;

	if (!rd_server_made(s))
		return -1;
	any = rd_app_host(&s->setup->app, "");
	errno = any ? EINVAL : ENOMEM;
	if (!any || !embed_parse(route, &methods, &path))
		return rd_server_failed_route(s, route);
	below = path[strlen(path) - 1] == '/';
	s->route = rd_router_add(&any->router, methods, path, below, &handler, data);
	if (s->route)
		return 0;
	return rd_server_failed_route(s, route);
}

int replyd_route_set(struct replyd *s, const char *name, const char *value)
{
	struct rd_policy *policy = s && s->route ? &s->route->policy : NULL;
	long number;
	char *end;

	if (!rd_server_made(s))
		return -1;
	errno = 0;
	number = strtol(value, &end, 10);
	if (errno || end == value || *end || number < 0 || number > LONG_MAX / 1000)
		return rd_server_failed(s, "%s: '%s' is not a number", name, value);
	if (!policy)
		return rd_server_failed(s, "%s: no route was added", name);
	if (strcmp(name, "body_max") == 0)
		policy->body_max = (uint64_t)number;
	else if (strcmp(name, "time_limit_ms") == 0)
		policy->time_us = (uint64_t)number * 1000;
	else if (strcmp(name, "stream") == 0)
		policy->stream = number != 0;
	else
		return rd_server_failed(s, "%s: no such setting of a route", name);
	return 0;
}

int replyd_line(struct replyd *s, int (*perform)(struct replyd_exchange *x, void *data), void *data)
{
	struct rd_handler handler = { .name = "function", .perform = perform };

	return rd_server_line(s, &handler, data);
}

static int embed_open(struct replyd *s, const char *address)
{
	if (!rd_server_made(s) ||
	    (address && rd_open_name_once(&s->setup->listeners, address, &rd_http1, &s->setup->http,
					  &s->fault) != 0))
		return -1;
	return replyd_open(s);
}

/* What replyd_run serves: of several at once, the first one's ends by a signal. */
static struct replyd *_Atomic running;
static _Atomic unsigned stopping; /* run_stop is under way in so many threads */

/* The first asks for a drain; the second is not to wait for it. */
static void run_stop(int number)
{
	struct replyd *s;

	atomic_fetch_add(&stopping, 1);
	s = atomic_exchange(&running, NULL);
	if (s)
		replyd_drain(s);
	atomic_fetch_sub(&stopping, 1);
	if (s)
		return;
	signal(number, SIG_DFL);
	raise(number);
}

static const int run_signal[] = { SIGTERM, SIGINT, SIGPIPE };

enum { RUN_SIGNALS = sizeof(run_signal) / sizeof(*run_signal) };

static void run_begin(struct sigaction before[RUN_SIGNALS])
{
	for (int i = 0; i < RUN_SIGNALS; i++) {
		bool pipe = run_signal[i] == SIGPIPE;
		struct sigaction stop = { .sa_handler = pipe ? SIG_IGN : run_stop };

		sigaction(run_signal[i], NULL, &before[i]);
		if (!pipe || before[i].sa_handler == SIG_DFL)
			sigaction(run_signal[i], &stop, NULL);
	}
}

static void run_end(const struct sigaction before[RUN_SIGNALS])
{
	for (int i = 0; i < RUN_SIGNALS; i++)
		sigaction(run_signal[i], &before[i], NULL);
	atomic_store(&running, NULL);
	while (atomic_load(&stopping) > 0) /* in another thread, which still uses the server */
		sched_yield();
}

int replyd_run(struct replyd *s, const char *address)
{
	struct sigaction before[RUN_SIGNALS];
	struct replyd *none = NULL;
	const char *url;
	bool first;
	long cut;

	if (embed_open(s, address) != 0) {
		rd_log_error("%s", replyd_error(s));
		return 1;
	}
	for (size_t i = 0; (url = replyd_url(s, i)); i++)
		rd_log_note("serving %s", url);
	first = atomic_compare_exchange_strong(&running, &none, s);
	if (first)
		run_begin(before);
	cut = replyd_serve(s);
	if (first)
		run_end(before);
	if (cut < 0)
		rd_log_error("%s", replyd_error(s));
	return cut < 0;
}

static void *start_main(void *server)
{
	return (void *)rd_server_serve(server);
}

/* Under the lock. */
static int start_open(struct replyd *s)
{
	int error = rd_thread_start(&s->thread, 0, start_main, s);

	s->started = error == 0;
	if (s->started)
		return 0;
	rd_server_close(s);
	rd_server_failed(s, "cannot start a thread: %s", strerror(error));
	s->fault.failed = false; /* it may do so the next time */
	return -1;
}

int replyd_start(struct replyd *s, const char *address)
{
	int failed;

	if (!rd_server_made(s))
		return -1;
	rd_lock_take(&s->stop);
	s->patient = true;
	failed = embed_open(s, address) != 0 || start_open(s) != 0;
	s->patient = false;
	rd_lock_drop(&s->stop);
	return failed ? -1 : 0;
}

long replyd_stop(struct replyd *s, long deadline_ms)
{
	void *cut = NULL;

	if (!s)
		return 0;
	rd_lock_take(&s->stop); /* who comes second waits as well */
	if (s->started) {
		rd_server_drain(s, deadline_ms);
		PTH(pthread_join(s->thread, &cut));
		s->started = false;
	}
	rd_lock_drop(&s->stop);
	return (long)cut > 0 ? (long)cut : 0;
}
