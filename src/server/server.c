/*
 * server - puts the parts together: settings, routes, listeners; the order of start and end.
 * Thread:  one thread uses a server; replyd_drain and rd_server_look are anyone's.
 * Owns:    every part.
 */
#include "server/server.h"

#include "base/clock.h"
#include "codec/mime.h"
#include "config/config.h"
#include "handlers/echo.h"
#include "handlers/files.h"
#include "server/open.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	DESCRIPTORS_LEAST = 64,
	DESCRIPTORS_MOST = 1 << 20,
	KEPT_FILES = 1024, /* descriptors that kept files may hold, where there are plenty */
	STACK = 256 * 1024,
	WORKER_IDLE_US = 10 * 1000 * 1000,
	OWN = 16,			 /* descriptors: standard streams, epoll, directories ... */
	SWEEP_US = 2 * 1000 * 1000,	 /* main looks for deadlines as often; RD_LINGER_US */
	LONGEST_MS = 1000 * 1000 * 1000, /* of a drain */
};

static const struct {
	const char *word;
	long value, least, most;
} settings[] = {
#define SETTING(name, word, value, least, most, text) [SET_##name] = { word, value, least, most },
#include "tbl/setting.h"
#undef SETTING
};

int rd_server_failed(struct replyd *s, const char *format, ...)
{
	va_list args;

	if (s->failed) /* what comes of it is not the reason */
		return -1;
	s->failed = true;
	va_start(args, format);
	vsnprintf(s->error, sizeof(s->error), format, args);
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

struct replyd *replyd_new(void)
{
	struct replyd *s = aligned_alloc(_Alignof(struct replyd), sizeof(*s));

	if (!s)
		return NULL;
	memset(s, 0, sizeof(*s));
	if (rd_group_init(&s->clients) != 0) {
		free(s);
		return NULL;
	}
	rd_lock_init(&s->stop, RANK_STOP);
	rd_lock_init(&s->look, RANK_LOOK);
	for (int i = 0; i < SETTING_COUNT; i++)
		s->setting[i] = settings[i].value;
	s->least_us = SWEEP_US;
	return s;
}

int replyd_set(struct replyd *s, const char *name, const char *value)
{
	if (!rd_server_made(s))
		return -1;
	for (int i = 0; i < SETTING_COUNT; i++) {
		char *end;
		long number;

		if (strcmp(settings[i].word, name) != 0)
			continue;
		errno = 0;
		number = strtol(value, &end, 10);
		if (errno || end == value || *end || number < settings[i].least ||
		    number > settings[i].most)
			return rd_server_failed(s, "%s: '%s' is not a number from %ld to %ld", name,
						value, settings[i].least, settings[i].most);
		s->setting[i] = number;
		return 0;
	}
	return rd_server_failed(s, "%s: no such setting", name);
}

struct rd_route *rd_server_line_route(const struct replyd *s)
{
	size_t rest;

	return rd_router_find(&s->line_router, METHOD_GET, "", 0, &rest);
}

int rd_server_route(struct replyd *s, const char *prefix, const struct rd_handler *handler,
		    void *data)
{
	struct rd_host *any = rd_app_host(&s->app, "");
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
	if (rd_router_add(&s->line_router, 0, "", true, handler, data))
		return 0;
	return rd_server_failed(s, errno == EEXIST ? "something answers the lines already"
						   : "no memory");
}

/* How many descriptors this process may have; 0 where that is too few. */
static size_t server_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < DESCRIPTORS_LEAST)
		return 0;
	return limit.rlim_cur < DESCRIPTORS_MOST ? limit.rlim_cur : DESCRIPTORS_MOST;
}

/* Of those, what is kept for files and for the server's own. */
static size_t server_kept(size_t descriptors)
{
	return descriptors / 4 < KEPT_FILES ? descriptors / 4 : KEPT_FILES;
}

/* And what is left for clients. */
static size_t server_clients(const struct replyd *s, size_t descriptors)
{
	size_t taken = server_kept(descriptors) + s->clients.listeners + OWN;

	return descriptors > taken ? descriptors - taken : 0;
}

size_t rd_server_files_kept(void)
{
	return server_kept(server_descriptors()) / 2;
}

int replyd_files(struct replyd *s, const char *prefix, const char *directory, bool list)
{
	struct rd_files *files;

	if (!rd_server_made(s))
		return -1;
	files = rd_files_new(directory, list, rd_server_files_kept());
	if (!files)
		return rd_server_failed(s, "'%s': %s", directory, strerror(errno));
	return rd_server_route(s, prefix, &rd_files, files);
}

int replyd_echo(struct replyd *s)
{
	return rd_server_line(s, &rd_echo, NULL);
}

static unsigned server_cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

static uint64_t server_us(const struct replyd *s, enum rd_setting which)
{
	return (uint64_t)s->setting[which] * 1000;
}

const char *rd_server_temporary(void)
{
	const char *temporary = secure_getenv("TMPDIR");

	return temporary ? temporary : P_tmpdir;
}

static void server_services(struct replyd *s)
{
	s->http = (struct rd_http_service){
		.app = &s->app,
		.limits = RD_HEAD_LIMITS,
		.head_us = server_us(s, SET_HEAD_MS),
		.idle_us = server_us(s, SET_IDLE_MS),
		.body_us = server_us(s, SET_BODY_MS),
		.body_rate = (uint64_t)s->setting[SET_BODY_RATE],
		.write_us = server_us(s, SET_WRITE_MS),
		.temporary = rd_server_temporary(),
		.spool = { rd_server_temporary(), RD_SPOOL_MOST },
	};
	s->line = (struct rd_line_service){
		.route = rd_server_line_route(s),
		.line_us = server_us(s, SET_HEAD_MS),
		.write_us = server_us(s, SET_WRITE_MS),
		.spool = s->http.spool,
		.busy = RD_SERVER_BUSY,
	};
}

/* No deadline is shorter, so that main need not look more often. */
static uint64_t server_sweep_us(const struct replyd *s)
{
	uint64_t least = s->least_us;

	for (enum rd_setting i = SET_HEAD_MS; i <= SET_WRITE_MS; i++)
		if (server_us(s, i) < least)
			least = server_us(s, i);
	return least;
}

/* Nothing would answer who connects there. */
static bool server_lacks_line(const struct replyd *s)
{
	for (size_t i = 0; i < s->clients.listeners; i++)
		if (s->clients.listener[i].service == &s->line)
			return !rd_server_line_route(s);
	return false;
}

static int server_open_clients(struct replyd *s, size_t descriptors)
{
	struct rd_group_config config = {
		.descriptors = descriptors,
		.conns_max = server_clients(s, descriptors),
		.queue = (unsigned)s->setting[SET_QUEUE],
		.concurrency = server_cpus(),
		.sweep_us = server_sweep_us(s),
		.pool = {
			.min = 1,
			.max = (unsigned)s->setting[SET_WORKERS],
			.stack = STACK,
			.idle_us = WORKER_IDLE_US,
			.stop_us = s->patient ? UINT64_MAX / 2 : 0,
		},
	};
	const char *step;

	if (rd_server_open_listeners(s, &s->clients) != 0)
		return -1;
	if (rd_group_open(&s->clients, &config, &step) == 0)
		return 0;
	rd_server_failed(s, "%s: %s", step, strerror(errno));
	rd_group_close_listeners(&s->clients);
	return -1;
}

static int server_open(struct replyd *s)
{
	size_t descriptors = server_descriptors();

	if (descriptors == 0)
		return rd_server_failed(s, "the limit of open files is under %d: raise it",
					DESCRIPTORS_LEAST);
	if (s->clients.listeners == 0)
		return rd_server_failed(s, "no address to listen on");
	if (server_clients(s, descriptors) == 0)
		return rd_server_failed(s,
					"the limit of open files, %zu, is too low for %zu "
					"addresses: raise it",
					descriptors, s->clients.listeners);
	if (server_lacks_line(s))
		return rd_server_failed(s, "nothing answers the lines: replyd_line says what");
	server_services(s);
	if (server_open_clients(s, descriptors) != 0)
		return -1;
	atomic_store(&s->phase, PHASE_OPEN);
	return 0;
}

int replyd_open(struct replyd *s)
{
	int failed;

	if (!s || s->failed)
		return -1;
	failed = rd_server_made(s) ? server_open(s) : -1;
	s->failed = false; /* the address in use may be free the next time */
	if (!failed)
		*s->error = '\0';
	return failed;
}

const char *replyd_url(const struct replyd *s, size_t i)
{
	return s && i < s->clients.listeners ? s->clients.url[i] : NULL;
}

void rd_server_close(struct replyd *s)
{
	rd_lock_take(&s->look);
	atomic_store(&s->phase, PHASE_MADE);
	rd_lock_drop(&s->look);
	rd_group_close(&s->clients);
}

long rd_server_serve(struct replyd *s)
{
	long cut;
	int error;

	atomic_store(&s->phase, PHASE_SERVING);
	cut = rd_group_run(&s->clients);
	error = errno;
	if (rd_group_stuck(&s->clients) > 0) /* they may still touch any part of it */
		atomic_store(&s->phase, PHASE_STUCK);
	else
		rd_server_close(s);
	errno = error;
	return cut;
}

long replyd_serve(struct replyd *s)
{
	long cut = -1;

	if (!s || s->failed)
		return -1;
	if (atomic_load(&s->phase) == PHASE_OPEN) {
		cut = rd_server_serve(s);
		if (cut < 0)
			rd_server_failed(s, "cannot wait for connections: %s", strerror(errno));
	} else if (!*s->error) {
		rd_server_failed(s, "it is not open");
	}
	s->failed = false; /* it may do so the next time */
	return cut;
}

void rd_server_drain(struct replyd *s, long ms)
{
	uint64_t most = ms < 0 ? 0 : ms < LONGEST_MS ? (uint64_t)ms : LONGEST_MS;

	rd_group_stop(&s->clients, rd_clock_us() + most * 1000);
}

void replyd_drain(struct replyd *s)
{
	if (s) /* before it is open: it ends once it serves */
		rd_server_drain(s, s->setting[SET_DRAIN_MS]);
}

void replyd_free(struct replyd *s)
{
	replyd_stop(s, 0);
	if (!s || atomic_load(&s->phase) == PHASE_STUCK)
		return;
	if (atomic_load(&s->phase) == PHASE_OPEN)
		rd_server_close(s);
	rd_app_free(&s->app);
	rd_router_free(&s->line_router);
	for (size_t i = 0; i < RD_LISTENERS; i++)
		rd_router_free(&s->own[i].line_router);
	rd_mime_free(s->mime);
	rd_config_free(s->config);
	rd_group_fini(&s->clients);
	rd_lock_fini(&s->look);
	rd_lock_fini(&s->stop);
	free(s);
}

const char *replyd_error(const struct replyd *s)
{
	return s ? s->error : "no memory";
}

void rd_server_look(struct replyd *s, struct rd_group_view *view)
{
	*view = (struct rd_group_view){ 0 };
	rd_lock_take(&s->look);
	if (atomic_load(&s->phase) == PHASE_SERVING)
		rd_group_look(&s->clients, view);
	rd_lock_drop(&s->look);
}
