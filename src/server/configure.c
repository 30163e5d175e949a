/*
 * configure - what a configuration makes of a server: its numbers, types, listeners and hosts.
 * Thread:  the one that uses the server, before it is open.
 * Owns:    the configuration, whose texts the services use.
 */
#include "server/configure.h"

#include "base/buffer.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/slurp.h"
#include "codec/mime.h"
#include "codec/network.h"
#include "config/schema.h"
#include "serve/inetd.h"
#include "server/bounds.h"
#include "server/server.h"
#include "server/work.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TYPES_MAX = 1024 * 1024 }; /* of a mime.types file */

int rd_configure_wrong(struct rd_setup *s, const struct rd_section *section, enum rd_option option,
		       const char *format, ...)
{
	char why[512], text[RD_CONFIG_WHY];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	rd_config_explain(section, option, why, text);
	return rd_fault_say(s->fault, "%s", text);
}

static uint64_t configure_number(const struct rd_section *section, enum rd_option option)
{
	return rd_config_value(section, option)->number;
}

static const struct {
	enum rd_setting setting;
	enum rd_option option;
	bool kept; /* by a reload: only a new start changes it */
} numbers[] = {
	{ SET_WORKERS, WORKERS_max, false },
	{ SET_WORKERS_MIN, WORKERS_min, false },
	{ SET_STACK, WORKERS_stack, true },
	{ SET_WORKER_IDLE_MS, WORKERS_idle, true },
	{ SET_CONCURRENCY, WORKERS_concurrency, true },
	{ SET_GRACE_MS, WORKERS_grace, true },
	{ SET_STUCK, WORKERS_stuck, true },
	{ SET_QUEUE, QUEUE_length, false },
	{ SET_QUEUE_SHED, QUEUE_shed, false },
	{ SET_QUEUE_TARGET_MS, QUEUE_target, false },
	{ SET_QUEUE_INTERVAL_MS, QUEUE_interval, false },
	{ SET_QUEUE_LIMIT_MS, QUEUE_limit, false },
	{ SET_DRAIN_MS, DRAIN_limit, false },
	{ SET_SPOOL_MAX, SPOOL_max, false },
	{ SET_UPGRADE_MS, PROCESS_upgrade, false },
	{ SET_STAGES, ROOT_stages, true },
	{ SET_MAINS, ROOT_mains, true },
};

static void configure_numbers(struct rd_setup *s, const struct rd_section *root)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (!s->said[numbers[i].setting])
			s->setting[numbers[i].setting] =
				(long)configure_number(root, numbers[i].option);
}

static const enum rd_option starts[] = { PROCESS_user, PROCESS_group, SANDBOX_files, SANDBOX_calls,
					 SANDBOX_memory };

static void configure_changed(enum rd_option which)
{
	const struct rd_schema_option *option = &rd_schema_option[which];

	rd_log("%s%s%s: changed; it needs a new start",
	       option->section == SECTION_ROOT ? "" : rd_schema_section[option->section].word,
	       option->section == SECTION_ROOT ? "" : ".", option->word);
}

static bool configure_same(const struct rd_setup *was, const struct rd_setup *next,
			   enum rd_option option)
{
	const struct rd_value *a = rd_config_value(rd_config_root(was->config), option);
	const struct rd_value *b = rd_config_value(rd_config_root(next->config), option);

	if (rd_schema_option[option].kind == KIND_PART)
		return a->number == b->number;
	return strcmp(a->text ? a->text : "", b->text ? b->text : "") == 0;
}

void rd_configure_kept(const struct rd_setup *was, const struct rd_setup *next)
{
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (!configure_same(was, next, starts[i]))
			configure_changed(starts[i]);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		enum rd_setting setting = numbers[i].setting;

		if (numbers[i].kept && was->setting[setting] != next->setting[setting])
			configure_changed(numbers[i].option);
	}
}

/* The system's types, or those of the file that is named, and behind them those that are added. */
static int configure_types(struct rd_setup *s, const struct rd_section *root)
{
	const struct rd_value *file = rd_config_value(root, TYPES_file);
	const struct rd_value *more = rd_config_value(root, TYPES_add);
	struct rd_buffer lines = { 0 };
	char why[256], *text;
	bool added = true;
	size_t len;

	if (!file->text && !more->count)
		return 0;
	text = rd_slurp(file->text ? file->text : "/etc/mime.types", TYPES_MAX, &len, why,
			sizeof(why));
	if (!text && file->text)
		return rd_configure_wrong(s, rd_config_next(root, SECTION_TYPES, NULL), TYPES_file,
					  "%s", why);
	if (text)
		added = rd_buffer_add(&lines, text, len) && rd_buffer_text(&lines, "\n");
	free(text);
	for (size_t i = 0; i < more->count; i++)
		added = added && rd_buffer_print(&lines, "%s\n", more->list[i]);
	s->mime = added ? rd_mime_new(lines.at, lines.len) : NULL;
	rd_buffer_free(&lines);
	return s->mime ? 0 : rd_fault_say(s->fault, "no memory");
}

/* Where bodies that are too long for memory go. */
static int configure_temporary(struct rd_setup *s, const struct rd_section *root, const char **path)
{
	const struct rd_value *directory = rd_config_value(root, BODY_directory);
	struct stat st;

	*path = directory->text ? directory->text : rd_setup_temporary();
	if (!directory->text)
		return 0;
	if (stat(*path, &st) == 0 && !S_ISDIR(st.st_mode))
		errno = ENOTDIR;
	else if (access(*path, W_OK | X_OK) == 0)
		return 0;
	return rd_configure_wrong(s, rd_config_next(root, SECTION_BODY, NULL), BODY_directory,
				  "%s: %s", *path, strerror(errno));
}

static uint64_t configure_us(struct rd_setup *s, const struct rd_section *section,
			     enum rd_option option)
{
	uint64_t us = configure_number(section, option) * 1000;

	if (us < s->least_us)
		s->least_us = us;
	return us;
}

/* What one listener serves, by its own deadlines and limits. `section` may be the whole file. */
static void configure_service(struct rd_setup *s, const struct rd_section *section,
			      const char *temporary, struct rd_own *service)
{
	service->http = (struct rd_http_service){
		.app = &s->app,
		.limits = {
			.line = configure_number(section, LIMITS_line),
			.field = configure_number(section, LIMITS_field),
			.head = configure_number(section, LIMITS_head),
			.fields = (unsigned)configure_number(section, LIMITS_fields),
		},
		.head_us = configure_us(s, section, DEADLINES_head),
		.idle_us = configure_us(s, section, DEADLINES_idle),
		.body_us = configure_us(s, section, DEADLINES_body),
		.body_rate = configure_number(section, LIMITS_body_rate),
		.write_us = configure_us(s, section, DEADLINES_write),
		.write_rate = configure_number(section, LIMITS_write_rate),
		.place = { temporary, s->room },
		.spool = { { temporary, s->room }, configure_number(section, LIMITS_backlog) },
	};
	service->line = (struct rd_line_service){
		.line_us = service->http.head_us,
		.write_us = service->http.write_us,
		.write_rate = service->http.write_rate,
		.spool = service->http.spool,
		.busy = RD_SERVER_BUSY,
	};
}

/* What answers on a line listener. */
static int configure_line(struct rd_setup *s, const struct rd_section *section,
			  struct rd_own *service)
{
	const char *busy = rd_config_value(section, LISTEN_busy)->text;
	struct rd_route *route;
	struct rd_work work;

	if (busy)
		service->line.busy = busy;
	if (rd_work_line(s, section, &work) != 0)
		return -1;
	route = rd_router_add(&service->line_router, 0, "", true, work.handler, work.data);
	if (!route) {
		if (work.handler->release)
			work.handler->release(work.data);
		return rd_fault_say(s->fault, "no memory");
	}
	if (rd_config_value(section, LISTEN_program)->count)
		route->policy.time_us = configure_number(section, LISTEN_time_limit) * 1000;
	service->line.route = route;
	return 0;
}

static int configure_networks(struct rd_setup *s, const struct rd_section *section,
			      enum rd_option option, struct rd_networks *to)
{
	const struct rd_value *items = rd_config_value(section, option);
	const char *why;

	if (items->count == 0)
		return 0;
	to->network = rd_arena_take(&s->memory, items->count * sizeof(*to->network));
	if (!to->network)
		return rd_fault_say(s->fault, "no memory");
	for (; to->count < items->count; to->count++)
		if (!rd_network_parse(items->list[to->count], &to->network[to->count], &why))
			return rd_configure_wrong(s, section, option, "%s", why);
	return 0;
}

int rd_configure_access(struct rd_setup *s, const struct rd_section *section,
			const struct rd_access **access)
{
	struct rd_access *made;

	*access = NULL;
	if (!rd_config_value(section, ACCESS_allow)->count &&
	    !rd_config_value(section, ACCESS_deny)->count)
		return 0;
	made = rd_arena_take(&s->memory, sizeof(*made));
	if (!made)
		return rd_fault_say(s->fault, "no memory");
	*made = (struct rd_access){ { NULL, 0 }, { NULL, 0 } };
	*access = made;
	if (configure_networks(s, section, ACCESS_allow, &made->allow) != 0)
		return -1;
	return configure_networks(s, section, ACCESS_deny, &made->deny);
}

/* Who comes in, on each of the listeners from `first` on. */
static int configure_admission(struct rd_setup *s, const struct rd_section *section, size_t first)
{
	struct rd_networks *balancers = NULL;
	const struct rd_access *access;

	if (section->kind != SECTION_LISTEN)
		return 0;
	if (rd_config_value(section, LISTEN_proxy)->count) {
		balancers = rd_arena_take(&s->memory, sizeof(*balancers));
		if (!balancers)
			return rd_fault_say(s->fault, "no memory");
		*balancers = (struct rd_networks){ NULL, 0 };
		if (configure_networks(s, section, LISTEN_proxy, balancers) != 0)
			return -1;
	}
	if (rd_configure_access(s, section, &access) != 0)
		return -1;
	for (size_t i = first; i < s->listeners.count; i++) {
		struct rd_listener *l = &s->listeners.listener[i];

		l->balancers = balancers;
		l->whose_us = configure_number(section, DEADLINES_head) * 1000;
		l->access = access;
		l->reuseport = configure_number(section, LISTEN_reuseport);
	}
	return 0;
}

/* By address, on each of the listeners from `first` on. */
static void configure_limits(struct rd_setup *s, const struct rd_section *section, size_t first)
{
	for (size_t i = first; i < s->listeners.count; i++)
		s->listeners.listener[i].limits = (struct rd_limits_config){
			.connections = (unsigned)configure_number(section, LIMITS_connections),
			.rate = (unsigned)configure_number(section, LIMITS_rate),
			.burst = (unsigned)configure_number(section, LIMITS_burst),
		};
}

static int configure_listen(struct rd_setup *s, const struct rd_section *section,
			    const char *address, const char *temporary)
{
	bool line = configure_number(section, LISTEN_protocol);
	size_t first = s->listeners.count;
	bool inetd = line && configure_number(section, LISTEN_inetd);
	struct rd_own *own = &s->own[first];
	struct rd_fault fault = { false };
	int failed;

	if (line)
		failed = rd_open_name(&s->listeners, address, inetd ? &rd_inetd : &rd_line,
				      &own->line, &fault);
	else
		failed = rd_open_name(&s->listeners, address, &rd_http1, &own->http, &fault);
	if (failed && !section->title)
		return rd_fault_say(s->fault, "%s", fault.text);
	if (failed)
		return rd_configure_wrong(s, section, OPTION_COUNT, "%s", fault.text);
	configure_service(s, section, temporary, own);
	configure_limits(s, section, first);
	if (configure_admission(s, section, first) != 0)
		return -1;
	return line ? configure_line(s, section, own) : 0;
}

static int configure_listeners(struct rd_setup *s, const struct rd_section *root)
{
	const struct rd_section *section = NULL;
	const char *temporary;

	if (configure_temporary(s, root, &temporary) != 0)
		return -1;
	if (!rd_config_next(root, SECTION_LISTEN, NULL))
		return configure_listen(s, root, "localhost:8080", temporary);
	while ((section = rd_config_next(root, SECTION_LISTEN, section)))
		if (configure_listen(s, section, section->title, temporary) != 0)
			return -1;
	return 0;
}

/* How many routes keep files open, who share what may be kept. */
static size_t configure_keepers(const struct rd_section *in)
{
	const struct rd_section *route = NULL, *host = NULL;
	size_t keepers = 0;

	while ((route = rd_config_next(in, SECTION_ROUTE, route)))
		keepers += rd_config_value(route, ROUTE_files)->text ||
			   rd_config_value(route, ROUTE_upload)->text ||
			   rd_config_value(route, ROUTE_fastcgi)->text;
	while ((host = rd_config_next(in, SECTION_HOST, host)))
		keepers += configure_keepers(host);
	return keepers;
}

static int configure_host(struct rd_setup *s, const char *name, const struct rd_section *section,
			  size_t kept)
{
	struct rd_host *host;

	if (!rd_config_next(section, SECTION_ROUTE, NULL) &&
	    !rd_config_next(section, SECTION_PAGE, NULL) && section->kind == SECTION_ROOT)
		return 0; /* a name that no host has is refused */
	host = rd_app_host(&s->app, name);
	if (!host)
		return rd_fault_say(s->fault, "no memory");
	return rd_routes_add(s, host, section, kept);
}

static int configure_hosts(struct rd_setup *s, const struct rd_section *root)
{
	const struct rd_section *host = NULL;
	size_t keepers = configure_keepers(root);
	size_t kept = rd_bounds_files() / (keepers ? keepers : 1);

	if (configure_host(s, "", root, kept ? kept : 1) != 0)
		return -1;
	while ((host = rd_config_next(root, SECTION_HOST, host)))
		if (configure_host(s, host->title, host, kept ? kept : 1) != 0)
			return -1;
	return 0;
}

static struct rd_lock parser = { PTHREAD_MUTEX_INITIALIZER, RANK_CONFIG };

int rd_configure_read(struct rd_setup *s, const char *file)
{
	char why[RD_CONFIG_WHY];

	rd_lock_take(&parser);
	s->config = rd_config_load(file, why);
	rd_lock_drop(&parser);
	return s->config ? 0 : rd_fault_say(s->fault, "%s", why);
}

/* A worker for each. */
static int configure_mains(struct rd_setup *s, const struct rd_section *root)
{
	long mains = s->setting[SET_MAINS], workers = s->setting[SET_WORKERS];

	if (mains <= workers)
		return 0;
	return rd_configure_wrong(s, root, ROOT_mains,
				  "%ld are too many for %ld workers: each needs one", mains,
				  workers);
}

int rd_configure(struct rd_setup *s)
{
	const struct rd_section *root = rd_config_root(s->config);

	configure_numbers(s, root);
	if (configure_mains(s, root) != 0)
		return -1;
	if (rd_logging_configure(s, root) != 0 || configure_types(s, root) != 0 ||
	    configure_listeners(s, root) != 0)
		return -1;
	return configure_hosts(s, root);
}
