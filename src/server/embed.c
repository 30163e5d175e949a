/*
 * embed - a server in somebody's program: functions as handlers, and a run from start to end.
 * Thread:  the one that uses the server; what replyd_start began runs in a thread of its own.
 * Owns:    what remembers a function and its data, as a route's data.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "server/open.h"
#include "server/server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct call {
	int (*perform)(struct replyd_exchange *x, void *data);
	void *data;
};

static int called_perform(struct replyd_exchange *x, void *data)
{
	const struct call *call = data;

	return call->perform(x, call->data);
}

static const struct rd_handler called = {
	.name = "function",
	.methods = RD_METHODS_ANY,
	.perform = called_perform,
	.release = free,
};

/* Of a word of text[0..len); 0: there is none. */
static unsigned embed_method(const char *text, size_t len)
{
	for (enum rd_method m = 0; m < METHOD_COUNT; m++)
		if (rd_span_eq((struct rd_span){ text, len }, rd_method_word(m)))
			return m == METHOD_GET ? 1u << METHOD_GET | 1u << METHOD_HEAD : 1u << m;
	return 0;
}

/* Reads "GET,POST " off; *methods is 0 when no method is named. False: one is not known. */
static bool embed_methods(const char **route, unsigned *methods)
{
	const char *at = *route, *end = strchr(at, ' ');

	*methods = 0;
	if (!end)
		return true;
	*route = end + strspn(end, " ");
	while (at < end) {
		size_t len = strcspn(at, ", ");
		unsigned method = embed_method(at, len);

		if (!method)
			return false;
		*methods |= method;
		at += len + (at[len] == ',');
	}
	return true;
}

static int embed_add(struct replyd *s, struct rd_router *router, const char *route,
		     int (*perform)(struct replyd_exchange *, void *), void *data)
{
	const char *path = route;
	struct call *call = malloc(sizeof(*call));
	unsigned methods;

	if (!call || !router) {
		free(call);
		return rd_server_failed(s, "no memory");
	}
	*call = (struct call){ perform, data };
	if (!embed_methods(&path, &methods) || (router != &s->line_router && *path != '/'))
		errno = EINVAL;
	else if (rd_router_add(router, methods, path, !*path || path[strlen(path) - 1] == '/',
			       &called, call))
		return 0;
	free(call);
	if (errno == EINVAL)
		return rd_server_failed(s, "\"%s\" is no route: it has to be as \"GET /a/{b}\"",
					route);
	if (errno == EEXIST)
		return rd_server_failed(s, "\"%s\": another route answers for the same", route);
	return rd_server_failed(s, "no memory");
}

int replyd_route(struct replyd *s, const char *route,
		 int (*perform)(struct replyd_exchange *x, void *data), void *data)
{
	struct rd_host *any = s ? rd_app_host(&s->app, "") : NULL;

	return s ? embed_add(s, any ? &any->router : NULL, route, perform, data) : -1;
}

int replyd_line(struct replyd *s, int (*perform)(struct replyd_exchange *x, void *data), void *data)
{
	return s ? embed_add(s, &s->line_router, "", perform, data) : -1;
}

static int embed_open(struct replyd *s, const char *address)
{
	if (address && replyd_listen(s, address, REPLYD_HTTP) != 0)
		return -1;
	return replyd_open(s);
}

/* Of replyd_run, which there is once in a program. */
static struct replyd *_Atomic running;

static void run_stop(int signal)
{
	struct replyd *s = atomic_load(&running);

	(void)signal;
	if (s)
		replyd_drain(s);
}

/* A second signal does what it did before. */
static void run_signals(struct sigaction before[3], bool end)
{
	static const int number[] = { SIGTERM, SIGINT, SIGPIPE };

	for (int i = 0; i < 3; i++) {
		struct sigaction stop = { .sa_handler = run_stop, .sa_flags = SA_RESETHAND };

		if (number[i] == SIGPIPE)
			stop.sa_handler = SIG_IGN;
		if (end)
			sigaction(number[i], &before[i], NULL);
		else
			sigaction(number[i], &stop, &before[i]);
	}
}

int replyd_run(struct replyd *s, const char *address)
{
	struct sigaction before[3];
	const char *url;
	long cut;

	if (!s || embed_open(s, address) != 0) {
		rd_log("%s", s ? replyd_error(s) : "no memory");
		return 1;
	}
	for (size_t i = 0; (url = replyd_url(s, i)); i++)
		rd_log("serving %s", url);
	atomic_store(&running, s);
	run_signals(before, false);
	cut = replyd_serve(s);
	run_signals(before, true);
	if (cut > 0)
		rd_log("stopped; %ld connections were cut off", cut);
	if (cut < 0)
		rd_log("%s", replyd_error(s));
	return cut < 0;
}

static void *start_main(void *server)
{
	return (void *)replyd_serve(server);
}

int replyd_start(struct replyd *s, const char *address)
{
	sigset_t all, before;
	int error;

	if (!s)
		return -1;
	s->patient = true;
	if (embed_open(s, address) != 0)
		return -1;
	sigfillset(&all);
	PTH(pthread_sigmask(SIG_SETMASK, &all, &before));
	error = pthread_create(&s->thread, NULL, start_main, s);
	PTH(pthread_sigmask(SIG_SETMASK, &before, NULL));
	s->started = error == 0;
	if (s->started)
		return 0;
	rd_server_close(s);
	s->failed = false;
	return rd_server_failed(s, "cannot start a thread: %s", strerror(error));
}

long replyd_stop(struct replyd *s, long deadline_ms)
{
	void *cut;

	if (!s || !s->started)
		return 0;
	s->started = false;
	rd_acceptor_stop(&s->acceptor, rd_clock_us() + (uint64_t)deadline_ms * 1000);
	PTH(pthread_join(s->thread, &cut));
	return (long)cut;
}
