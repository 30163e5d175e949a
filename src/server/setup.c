/*
 * setup - what a server serves.
 * Thread:  the one that makes it; then any worker's, and the one that frees what nobody uses.
 * Owns:    hosts, routes, configuration, types; the listeners until they are served, or another
 *          setup has them.
 */
#include "server/setup.h"

#include "codec/mime.h"
#include "config/config.h"
#include "observe/log_target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SWEEP_US = 2 * 1000 * 1000 }; /* main looks for deadlines as often; RD_LINGER_US */

static const struct {
	const char *word;
	long value, least, most;
} settings[] = {
#define SETTING(name, word, value, least, most, text) [SET_##name] = { word, value, least, most },
#include "tbl/setting.h"
#undef SETTING
};

static void setup_free(struct rd_generation *generation)
{
	struct rd_setup *s = (struct rd_setup *)generation;

	rd_app_free(&s->app);
	rd_router_free(&s->line_router);
	for (size_t i = 0; i < RD_LISTENERS; i++)
		rd_router_free(&s->own[i].line_router);
	rd_arena_free(&s->memory);
	rd_mime_free(s->mime);
	rd_config_free(s->config);
	rd_open_free(&s->listeners);
	rd_log_target_close(s->log);
	free(s);
}

struct rd_setup *rd_setup_new(struct rd_generations *all, const bool said[SETTING_COUNT],
			      const struct rd_setup *like, struct rd_fault *fault)
{
	struct rd_setup *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	rd_generation_begin(&s->generation, all, setup_free);
	s->fault = fault;
	s->said = said;
	s->least_us = SWEEP_US;
	for (int i = 0; i < SETTING_COUNT; i++)
		s->setting[i] = like && said[i] ? like->setting[i] : settings[i].value;
	return s;
}

int rd_setup_set(struct rd_setup *s, const char *name, const char *value, enum rd_setting *which)
{
	for (int i = 0; i < SETTING_COUNT; i++) {
		char *end;
		long number;

		if (strcmp(settings[i].word, name) != 0)
			continue;
		errno = 0;
		number = strtol(value, &end, 10);
		if (errno || end == value || *end || number < settings[i].least ||
		    number > settings[i].most)
			return rd_fault_say(s->fault, "%s: '%s' is not a number from %ld to %ld",
					    name, value, settings[i].least, settings[i].most);
		s->setting[i] = number;
		*which = (enum rd_setting)i;
		return 0;
	}
	return rd_fault_say(s->fault, "%s: no such setting", name);
}

struct rd_route *rd_setup_line_route(const struct rd_setup *s)
{
	size_t rest;

	return rd_router_find(&s->line_router, METHOD_GET, "", 0, &rest);
}

const char *rd_setup_temporary(void)
{
	const char *temporary = secure_getenv("TMPDIR");

	return temporary ? temporary : P_tmpdir;
}

static uint64_t setup_us(const struct rd_setup *s, enum rd_setting which)
{
	return (uint64_t)s->setting[which] * 1000;
}

/* By address, on the listeners that no configuration says. */
static void setup_limits(struct rd_setup *s)
{
	for (size_t i = 0; i < s->listeners.count; i++) {
		struct rd_listener *l = &s->listeners.listener[i];

		if (l->serves != &s->http && l->serves != &s->line)
			continue;
		l->limits = (struct rd_limits_config){
			.connections = (unsigned)s->setting[SET_LIMIT_CONNECTIONS],
			.rate = (unsigned)s->setting[SET_LIMIT_RATE],
			.burst = (unsigned)s->setting[SET_LIMIT_BURST],
		};
	}
}

void rd_setup_services(struct rd_setup *s)
{
	setup_limits(s);
	s->http = (struct rd_http_service){
		.app = &s->app,
		.limits = RD_HEAD_LIMITS,
		.head_us = setup_us(s, SET_HEAD_MS),
		.idle_us = setup_us(s, SET_IDLE_MS),
		.body_us = setup_us(s, SET_BODY_MS),
		.body_rate = (uint64_t)s->setting[SET_BODY_RATE],
		.write_us = setup_us(s, SET_WRITE_MS),
		.write_rate = (uint64_t)s->setting[SET_WRITE_RATE],
		.place = { rd_setup_temporary(), s->room },
		.spool = { { rd_setup_temporary(), s->room }, RD_SPOOL_MOST },
	};
	s->line = (struct rd_line_service){
		.route = rd_setup_line_route(s),
		.line_us = setup_us(s, SET_HEAD_MS),
		.write_us = setup_us(s, SET_WRITE_MS),
		.write_rate = (uint64_t)s->setting[SET_WRITE_RATE],
		.spool = s->http.spool,
		.busy = RD_SERVER_BUSY,
	};
}

/* "GET ", "POST, PUT "; nothing where it takes any. */
static void setup_methods(unsigned methods, struct rd_buffer *name)
{
	static const char *const words[] = {
#define METHOD(method, safe) [METHOD_##method] = #method,
#include "tbl/method.h"
#undef METHOD
	};
	bool first = true;

	if ((methods & RD_METHODS_ANY) == RD_METHODS_ANY)
		return;
	if (methods & 1u << METHOD_GET)
		methods &= ~(1u << METHOD_HEAD);
	for (unsigned i = 0; i < METHOD_COUNT; i++) {
		if (!(methods & 1u << i) || i == METHOD_OPTIONS)
			continue;
		rd_buffer_print(name, "%s%s", first ? "" : ",", words[i]);
		first = false;
	}
	rd_buffer_text(name, " ");
}

/* A route as it is known to people. Where there is no memory it is shorter. */
static void setup_name(struct rd_route *route, const char *before, struct rd_series *series)
{
	struct rd_buffer name = { 0 };

	rd_buffer_text(&name, before);
	if (*before)
		rd_buffer_text(&name, " ");
	setup_methods(route->methods, &name);
	rd_buffer_text(&name, *route->pattern.text ? route->pattern.text : "/");
	rd_buffer_add(&name, "", 1);
	route->series = name.at ? rd_series_find(series, name.at) : RD_SERIES_OTHER;
	rd_buffer_free(&name);
}

static void setup_line_name(struct rd_router *router, const char *url, struct rd_series *series)
{
	for (size_t i = 0; i < router->routes; i++)
		router->route[i]->series = rd_series_find(series, url);
}

void rd_setup_series(struct rd_setup *s, struct rd_series *series)
{
	for (size_t i = 0; i < s->app.hosts; i++) {
		const struct rd_host *host = s->app.host[i];

		for (size_t j = 0; j < host->router.routes; j++)
			setup_name(host->router.route[j], host->name, series);
	}
	for (size_t i = 0; i < s->listeners.count; i++) {
		const void *serves = s->listeners.listener[i].serves;

		for (size_t j = 0; j < RD_LISTENERS; j++)
			if (serves == &s->own[j].line)
				setup_line_name(&s->own[j].line_router, s->listeners.url[i],
						series);
		if (serves == &s->line)
			setup_line_name(&s->line_router, "(line)", series);
	}
}

uint64_t rd_setup_sweep_us(const struct rd_setup *s)
{
	uint64_t least = s->least_us;

	for (enum rd_setting i = SET_HEAD_MS; i <= SET_WRITE_MS; i++)
		if (setup_us(s, i) < least)
			least = setup_us(s, i);
	return least;
}
