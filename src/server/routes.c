/*
 * routes - the routes and error pages of a host, as a configuration says them.
 * Thread:  the one that uses the server, before it is open.
 */
#include "app/auth.h"
#include "app/cors.h"
#include "app/pages.h"
#include "base/buffer.h"
#include "server/configure.h"
#include "server/setup.h"
#include "server/work.h"

#include <errno.h>
#include <stdlib.h>

static bool routes_yes(const struct rd_section *route, enum rd_option option)
{
	return rd_config_value(route, option)->number;
}

static int routes_auth(struct rd_setup *s, const struct rd_section *route, struct rd_policy *policy)
{
	const struct rd_section *auth = rd_config_next(route, SECTION_AUTH, NULL);
	const char *realm;
	char why[512];

	if (!auth)
		return 0;
	realm = rd_config_value(auth, AUTH_realm)->text;
	policy->auth = rd_auth_load(realm ? realm : "replyd",
				    rd_config_value(auth, AUTH_file)->text, why, sizeof(why));
	return policy->auth ? 0 : rd_configure_wrong(s, auth, AUTH_file, "%s", why);
}

/* The items, with `between` between them; or `otherwise` when there are none. */
static bool routes_join(struct rd_buffer *to, const struct rd_value *items, const char *between,
			const char *otherwise)
{
	bool added = items->count || rd_buffer_text(to, otherwise);

	for (size_t i = 0; i < items->count; i++)
		added = added && rd_buffer_text(to, i ? between : "") &&
			rd_buffer_text(to, items->list[i]);
	return added && rd_buffer_add(to, "", 1);
}

static int routes_cors(struct rd_setup *s, const struct rd_section *route, struct rd_policy *policy)
{
	const struct rd_section *cors = rd_config_next(route, SECTION_CORS, NULL);
	struct rd_buffer methods = { 0 }, headers = { 0 };
	const struct rd_value *names, *age;

	if (!cors)
		return 0;
	names = rd_config_value(cors, CORS_headers);
	age = rd_config_value(cors, CORS_max_age);
	if (routes_join(&methods, rd_config_value(cors, CORS_methods), ", ", "GET, HEAD, POST") &&
	    routes_join(&headers, names, ", ", ""))
		policy->cors = rd_cors_new(&(struct rd_cors_config){
			.origins = (const char *const *)rd_config_value(cors, CORS_origins)->list,
			.methods = methods.at,
			.headers = names->count ? headers.at : NULL,
			.max_age_s = age->where.line ? (long)(age->number / 1000) : -1,
			.credentials = routes_yes(cors, CORS_credentials),
		});
	rd_buffer_free(&methods);
	rd_buffer_free(&headers);
	return policy->cors ? 0 : rd_fault_say(s->fault, "no memory");
}

static int routes_policy(struct rd_setup *s, const struct rd_section *route,
			 struct rd_policy *policy)
{
	const struct rd_value *fields = rd_config_value(route, ROUTE_fields);
	const struct rd_value *cache = rd_config_value(route, ROUTE_cache);
	const struct rd_value *body = rd_config_value(route, ROUTE_body_max);
	struct rd_buffer lines = { 0 };

	if (!body->where.line)
		body = rd_config_value(route, BODY_max);
	policy->body_max = body->number;
	if (rd_config_value(route, ROUTE_time_limit)->where.line ||
	    rd_config_value(route, ROUTE_program)->count ||
	    rd_config_value(route, ROUTE_fastcgi)->text)
		policy->time_us = rd_config_value(route, ROUTE_time_limit)->number * 1000;
	policy->timing = routes_yes(route, ROUTE_server_timing);
	s->app.timing |= policy->timing;
	policy->stream = rd_config_value(route, ROUTE_stream)->number;
	if (cache->where.line)
		policy->cache_s = (long)(cache->number / 1000);
	for (size_t i = 0; i < fields->count; i++)
		if (!rd_buffer_print(&lines, "%s\r\n", fields->list[i])) {
			rd_buffer_free(&lines);
			return rd_fault_say(s->fault, "no memory");
		}
	policy->fields =
		lines.at; /* ends in a NUL, as all that is printed; the route's from here */
	if (rd_configure_access(s, route, &policy->access) != 0 ||
	    routes_auth(s, route, policy) != 0)
		return -1;
	return routes_cors(s, route, policy);
}

/* The line of the route before `section` that answers for the same paths. */
static int routes_same(const struct rd_section *section)
{
	const struct rd_section *other = NULL;
	struct rd_pattern pattern, p;
	int line = 0;

	if (!rd_pattern_make(&pattern, section->title, true))
		return 0;
	while (!line &&
	       (other = rd_config_next(section->parent, SECTION_ROUTE, other)) != section) {
		if (!rd_pattern_make(&p, other->title, true))
			continue;
		if (rd_pattern_compare(&p, &pattern) == 0)
			line = other->where.line;
		rd_pattern_free(&p);
	}
	rd_pattern_free(&pattern);
	return line;
}

static int routes_wrong(struct rd_setup *s, const struct rd_section *section, int error)
{
	if (error == EINVAL)
		return rd_configure_wrong(s, section, OPTION_COUNT,
					  "no path: what stands between its slashes is not empty, "
					  "\".\" or \"..\", and {name} is all of it, a name of "
					  "letters, digits and '_' that stands once");
	if (error == EEXIST)
		return rd_configure_wrong(s, section, OPTION_COUNT,
					  "the route in line %d answers for the same paths",
					  routes_same(section));
	return rd_fault_say(s->fault, "no memory");
}

static int routes_one(struct rd_setup *s, struct rd_host *host, const struct rd_section *section,
		      size_t kept)
{
	struct rd_route *route;
	struct rd_work work;
	int error;

	if (rd_work_make(s, section, kept, &work) != 0)
		return -1;
	route = rd_router_add(&host->router, 0, section->title, true, work.handler, work.data);
	if (route)
		return routes_policy(s, section, &route->policy);
	error = errno;
	if (work.handler->release)
		work.handler->release(work.data);
	return routes_wrong(s, section, error);
}

static int routes_page(struct rd_setup *s, struct rd_host *host, const struct rd_section *page)
{
	char why[512];

	if (!host->pages && !(host->pages = rd_pages_new()))
		return rd_fault_say(s->fault, "no memory");
	if (rd_pages_add(host->pages, atoi(page->title), rd_config_value(page, PAGE_file)->text,
			 why, sizeof(why)))
		return 0;
	return rd_configure_wrong(s, page, PAGE_file, "%s", why);
}

int rd_routes_add(struct rd_setup *s, struct rd_host *host, const struct rd_section *in,
		  size_t kept)
{
	const struct rd_section *section = NULL;

	while ((section = rd_config_next(in, SECTION_ROUTE, section)))
		if (routes_one(s, host, section, kept) != 0)
			return -1;
	while ((section = rd_config_next(in, SECTION_PAGE, section)))
		if (routes_page(s, host, section) != 0)
			return -1;
	return 0;
}
