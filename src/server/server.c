/*
 * server - puts the parts together: settings, routes, listeners; the order of start and end.
 * Thread:  one thread uses a server; replyd_drain is anyone's.
 * Owns:    every part.
 */
#include "server/server.h"

#include "base/clock.h"
#include "base/log.h"
#include "codec/mime.h"
#include "config/config.h"
#include "handlers/echo.h"
#include "handlers/files.h"
#include "server/bounds.h"
#include "server/open.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_MS = 1000 * 1000 * 1000 }; /* of a drain */

int rd_server_failed(struct replyd *s, const char *format, ...)
{
	va_list args;

	if (s->fault.failed)
		return -1;
	s->fault.failed = true;
	va_start(args, format);
	vsnprintf(s->fault.text, sizeof(s->fault.text), format, args);
	va_end(args);
	return -1;
}

int rd_server_failed_route(struct replyd *s, const char *route)
{
	if (errno == EINVAL)
		return rd_server_failed(s, "\"%s\" is no route: it has to be as \"GET /a/{b}\"",
					route);
	if (errno == EEXIST)
		return rd_server_failed(s, "\"%s\": another route answers for the same", route);
	return rd_server_failed(s, "no memory");
}

bool rd_server_made(struct replyd *s)
{
	if (!s)
		return false;
	if (atomic_load(&s->phase) == PHASE_MADE && !s->started)
		return true;
	rd_server_failed(s, "it is open: that is to be said before");
	return false;
}

static int server_begin(struct replyd *s)
{
	if (rd_mains_init(&s->clients) != 0)
		return -1;
	s->generations = rd_generations_new();
	if (s->generations)
		s->setup = rd_setup_new(s->generations, s->said, NULL, &s->fault);
	if (!s->setup) {
		if (s->generations)
			rd_generations_leave(s->generations);
		rd_mains_fini(&s->clients);
		return -1;
	}
	atomic_init(&s->drain_ms, s->setup->setting[SET_DRAIN_MS]);
	s->setup->draining = &s->clients.first.slots.leaving;
	s->setup->room = &s->room;
	rd_mains_listen(&s->clients, &s->setup->listeners);
	s->setup->listeners.heritage = s->control.listeners.heritage = &s->heritage;
	return 0;
}

/* Undoes server_begin. */
static void server_end(struct replyd *s)
{
	rd_generation_drop(&s->setup->generation);
	rd_generations_leave(s->generations);
	rd_mains_fini(&s->clients);
}

void rd_server_news(struct replyd *s, enum rd_news news, const char *why)
{
	const struct rd_watcher *watcher = atomic_load(&s->watcher);

	if (watcher)
		watcher->news(s, news, why);
}

struct replyd *replyd_new(void)
{
	struct replyd *s = aligned_alloc(_Alignof(struct replyd), sizeof(*s));

	if (!s)
		return NULL;
	memset(s, 0, sizeof(*s));
	if (!rd_series_init(&s->series))
		goto no_series;
	if (server_begin(s) != 0)
		goto no_server;
	if (rd_control_init(&s->control) != 0)
		goto no_control;
	rd_lock_init(&s->stop, RANK_STOP);
	rd_lock_init(&s->reload, RANK_RELOAD);
	rd_lock_init(&s->look, RANK_LOOK);
	rd_recent_init(&s->recent);
	rd_logging_init(s);
	rd_feed_init(&s->feed, &s->logging.scribe);
	return s;
no_control:
	server_end(s);
no_server:
	rd_series_fini(&s->series);
no_series:
	free(s);
	return NULL;
}

int replyd_set(struct replyd *s, const char *name, const char *value)
{
	enum rd_setting which;

	if (!rd_server_made(s) || rd_setup_set(s->setup, name, value, &which) != 0)
		return -1;
	s->said[which] = true;
	atomic_store(&s->drain_ms, s->setup->setting[SET_DRAIN_MS]);
	return 0;
}

int replyd_listen(struct replyd *s, const char *address, enum replyd_protocol protocol)
{
	bool line = protocol == REPLYD_LINE;

	if (!rd_server_made(s))
		return -1;
	return rd_open_name(&s->setup->listeners, address, line ? &rd_line : &rd_http1,
			    line ? (const void *)&s->setup->line : &s->setup->http, &s->fault);
}

int rd_server_route(struct replyd *s, const char *prefix, const struct rd_handler *handler,
		    void *data)
{
	struct rd_host *any = rd_app_host(&s->setup->app, "");
	int error;

	if (any && rd_router_add(&any->router, 0, prefix, true, handler, data))
		return 0;
	error = errno;
	if (data && handler->release)
		handler->release(data);
	errno = error;
	return rd_server_failed_route(s, prefix);
}

int rd_server_line(struct replyd *s, const struct rd_handler *handler, void *data)
{
	if (!rd_server_made(s))
		return -1;
	if (rd_router_add(&s->setup->line_router, 0, "", true, handler, data))
		return 0;
	return rd_server_failed(s, errno == EEXIST ? "something answers the lines already"
						   : "no memory");
}

int replyd_files(struct replyd *s, const char *prefix, const char *directory, bool list)
{
	struct rd_files *files;

	if (!rd_server_made(s))
		return -1;
	files = rd_files_new(directory, list, rd_bounds_files());
	if (!files)
		return rd_server_failed(s, "'%s': %s", directory, strerror(errno));
	return rd_server_route(s, prefix, &rd_files, files);
}

int replyd_echo(struct replyd *s)
{
	return rd_server_line(s, &rd_echo, NULL);
}

/* Nothing would answer who connects there. */
static bool server_lacks_line(const struct replyd *s)
{
	for (size_t i = 0; i < s->setup->listeners.count; i++)
		if (s->setup->listeners.listener[i].serves == &s->setup->line)
			return !rd_setup_line_route(s->setup);
	return false;
}

/* Nothing but the listeners is open where one of the mains fails. */
static int server_open_mains(struct replyd *s, size_t descriptors)
{
	struct rd_share share[RD_MAINS];
	struct rd_group_config config = {
		.descriptors = descriptors,
		.mains = atomic_load(&s->clients.count),
		.sweep_us = rd_setup_sweep_us(s->setup),
		.batch = true,
		.legacy = s->legacy,
		.given = s->heritage.conn,
		.givens = s->heritage.conns,
	};
	const char *step;

	rd_bounds_share(s, s->setup, descriptors, share);
	for (unsigned i = 0; i < config.mains; i++) {
		config.main = i;
		config.share = share[i];
		config.pulse_fd = rd_progress_clients(&s->progress, i);
		if (rd_group_open(rd_mains_group(&s->clients, i), &config, &step) != 0) {
			rd_server_failed(s, "%s: %s", step, strerror(errno));
			while (i-- > 0)
				rd_group_close(rd_mains_group(&s->clients, i));
			return -1;
		}
		config.givens = 0; /* the first goes on with all of them */
	}
	return 0;
}

static int server_open_clients(struct replyd *s, size_t descriptors)
{
	struct rd_listeners *l = &s->setup->listeners;

	rd_setup_series(s->setup, &s->series);
	if (rd_logging_start(s, s->setup) != 0 ||
	    rd_open_services(l, s->generations, &s->setup->generation, &s->fault) != 0)
		return -1;
	rd_heritage_serve(&s->heritage, l->listener, l->count);
	return server_open_mains(s, descriptors);
}

/* Before anyone asks the control lane. */
static int server_open_control(struct replyd *s, size_t descriptors)
{
	if (rd_generations_newest(s->generations) !=
	    &s->setup->generation) /* else it is open anew */
		rd_generations_put(s->generations, &s->setup->generation);
	if (rd_control_open(s, descriptors) == 0)
		return 0;
	rd_mains_close(&s->clients);
	return -1;
}

static int server_bind(struct replyd *s)
{
	s->setup->listeners.mains = atomic_load(&s->clients.count);
	s->setup->listeners.timed = s->setup->setting[SET_STAGES];
	if (rd_open(&s->setup->listeners, &s->fault) != 0 ||
	    (s->control.listeners.count > 0 && rd_open(&s->control.listeners, &s->fault) != 0))
		return -1;
	return rd_heritage_settle(&s->heritage, &s->fault);
}

static int server_open_log(struct replyd *s)
{
	int failed = rd_logging_prepare(s, s->setup);

	if (!failed)
		rd_logging_put(s, s->setup);
	return failed;
}

/* The order of a start: what needs a right, then the end of that, then threads. */
static int server_open_all(struct replyd *s, size_t descriptors)
{
	if (server_bind(s) == 0 && server_open_log(s) == 0 && rd_confine(s) == 0 &&
	    server_open_clients(s, descriptors) == 0 && server_open_control(s, descriptors) == 0)
		return 0;
	rd_logging_stop(s);
	rd_logging_close(s);
	rd_open_close(&s->control.listeners);
	rd_open_close(&s->setup->listeners);
	return -1;
}

void rd_server_settle(struct replyd *s)
{
	atomic_store(&s->drain_ms, s->setup->setting[SET_DRAIN_MS]);
	atomic_store(&s->room.most, (uint64_t)s->setup->setting[SET_SPOOL_MAX]);
}

/* As many as it had, where it was open before. */
static int server_make_mains(struct replyd *s)
{
	if (rd_bounds_suffice(s, s->setup) != 0)
		return -1;
	if (rd_mains_make(&s->clients, rd_bounds_mains(s, s->setup)) != 0)
		return rd_server_failed(s, "its mains: %s", strerror(errno));
	rd_mains_listen(&s->clients, &s->setup->listeners);
	return 0;
}

static int server_open(struct replyd *s)
{
	size_t descriptors = rd_bounds_descriptors();

	if (descriptors == 0)
		return rd_server_failed(s, "the limit of open files is under %d: raise it",
					RD_DESCRIPTORS_LEAST);
	if (s->setup->listeners.count == 0)
		return rd_server_failed(s, "no address to listen on");
	if (rd_bounds_conns(s, s->setup) == 0)
		return rd_server_failed(s,
					"the limit of open files, %zu, is too low for %zu "
					"addresses: raise it",
					descriptors, s->setup->listeners.count);
	if (server_lacks_line(s))
		return rd_server_failed(s, "nothing answers the lines: replyd_line says what");
	if (server_make_mains(s) != 0 || rd_confine_may(s) != 0)
		return -1;
	rd_setup_services(s->setup);
	rd_server_settle(s);
	s->opened_us = rd_clock_us();
	s->opened_s = rd_clock_wall_s();
	rd_recent_begin(&s->recent);
	rd_feed_begin(&s->feed);
	if (server_open_all(s, descriptors) != 0) {
		rd_trace_end(s);
		return -1;
	}
	if (rd_trace_begin(s) != 0) {
		rd_server_close(s);
		return -1;
	}
	atomic_store(&s->phase, PHASE_OPEN);
	return 0;
}

int replyd_open(struct replyd *s)
{
	int failed;

	if (!s || s->fault.failed)
		return -1;
	failed = rd_server_made(s) ? server_open(s) : -1;
	s->fault.failed = false; /* the address in use may be free the next time */
	if (!failed)
		*s->fault.text = '\0';
	return failed;
}

const char *replyd_url(const struct replyd *s, size_t i)
{
	return s && i < s->setup->listeners.count ? s->setup->listeners.url[i] : NULL;
}

void rd_server_close(struct replyd *s)
{
	rd_changes_close(&s->clients.changes);
	rd_trace_end(s);
	rd_control_close(s);
	rd_lock_take(&s->reload); /* one that is under way looks at the listeners */
	rd_logging_stop(s);
	rd_lock_take(&s->look);
	atomic_store(&s->phase, PHASE_MADE);
	rd_lock_drop(&s->look);
	rd_mains_close(&s->clients);
	rd_logging_close(s);
	rd_lock_drop(&s->reload);
}

long rd_server_serve(struct replyd *s)
{
	long cut;
	int error;

	atomic_store(&s->phase, PHASE_SERVING);
	rd_control_serve(s);
	cut = rd_mains_run(&s->clients);
	error = errno;
	if (cut > 0 || s->clients.finished > 0)
		rd_log_note("stopped; connections finished: %ld, cut off: %ld", s->clients.finished,
			    cut);
	if (s->clients.stuck > 0) { /* they may still touch any part of it */
		rd_trace_end(s);
		rd_control_close(s);
		rd_logging_stop(s);
		atomic_store(&s->phase, PHASE_STUCK);
	} else {
		rd_server_close(s);
	}
	errno = error;
	return cut;
}

long replyd_serve(struct replyd *s)
{
	long cut = -1;

	if (!s || s->fault.failed)
		return -1;
	if (atomic_load(&s->phase) == PHASE_OPEN) {
		cut = rd_server_serve(s);
		if (cut < 0)
			rd_server_failed(s, "cannot wait for connections: %s", strerror(errno));
	} else if (!*s->fault.text) {
		rd_server_failed(s, "it is not open");
	}
	s->fault.failed = false; /* it may do so the next time */
	return cut;
}

void rd_server_drain(struct replyd *s, long ms)
{
	uint64_t most = ms < 0 ? 0 : ms < LONGEST_MS ? (uint64_t)ms : LONGEST_MS;

	rd_server_news(s, RD_NEWS_STOPPING, "");
	rd_mains_stop(&s->clients, rd_clock_us() + most * 1000);
}

void replyd_drain(struct replyd *s)
{
	if (s) /* before it is open: it ends once it serves */
		rd_server_drain(s, atomic_load(&s->drain_ms));
}

void replyd_free(struct replyd *s)
{
	replyd_stop(s, 0);
	if (!s || atomic_load(&s->phase) == PHASE_STUCK)
		return;
	if (atomic_load(&s->phase) == PHASE_OPEN)
		rd_server_close(s);
	server_end(s);
	rd_control_fini(&s->control);
	rd_sandbox_free(&s->confine.sandbox);
	free(s->file);
	rd_heritage_free(&s->heritage);
	rd_feed_fini(&s->feed);
	rd_logging_fini(s);
	rd_recent_fini(&s->recent);
	rd_series_fini(&s->series);
	rd_lock_fini(&s->look);
	rd_lock_fini(&s->reload);
	rd_lock_fini(&s->stop);
	free(s);
}

const char *replyd_error(const struct replyd *s)
{
	return s ? s->fault.text : "no memory";
}
