/*
 * route - which handler answers for which path and method.
 * Thread:  made by one; found and learnt from by all workers.
 * Owns:    the routes and their handlers' data.
 */
#include "app/route.h"

#include "app/auth.h"
#include "app/cors.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCKS_US = 100,
	LONGEST_US = 1000, /* beyond that main's look sees it: a rare one does not mark its route */
};

static bool route_conflicts(const struct rd_router *r, const struct rd_route *route)
{
	for (size_t i = 0; i < r->routes; i++)
		if (rd_pattern_compare(&r->route[i]->pattern, &route->pattern) == 0 &&
		    r->route[i]->methods & route->methods)
			return true;
	return false;
}

static struct rd_route *route_new(unsigned methods, const char *path, bool below,
				  const struct rd_handler *handler, void *data)
{
	struct rd_route *route = calloc(1, sizeof(*route));

	if (!route || !rd_pattern_make(&route->pattern, path, below)) {
		free(route);
		return NULL;
	}
	if (!methods)
		methods = handler->methods;
	if (!methods)
		methods = 1u << METHOD_GET | 1u << METHOD_HEAD;
	route->methods = route->allowed = methods;
	route->handler = *handler;
	route->data = data;
	route->policy = (struct rd_policy){ .cache_s = -1, .body_max = RD_BODY_MAX };
	return route;
}

/* What is asked first stands first; routes of one pattern stand together. */
static void route_insert(struct rd_router *r, struct rd_route *route)
{
	size_t at = 0;

	while (at < r->routes && rd_pattern_compare(&r->route[at]->pattern, &route->pattern) < 0)
		at++;
	for (size_t i = at;
	     i < r->routes && rd_pattern_compare(&r->route[i]->pattern, &route->pattern) == 0;
	     i++) {
		route->allowed |= r->route[i]->allowed;
		r->route[i]->allowed |= route->methods;
	}
	memmove(&r->route[at + 1], &r->route[at], (r->routes - at) * sizeof(*r->route));
	r->route[at] = route;
	r->routes++;
}

struct rd_route *rd_router_add(struct rd_router *r, unsigned methods, const char *path, bool below,
			       const struct rd_handler *handler, void *data)
{
	struct rd_route **list = realloc(r->route, (r->routes + 1) * sizeof(*list));
	struct rd_route *route;

	if (!list)
		return NULL;
	r->route = list;
	route = route_new(methods, path, below, handler, data);
	if (!route)
		return NULL;
	if (route_conflicts(r, route)) {
		rd_pattern_free(&route->pattern);
		free(route);
		errno = EEXIST;
		return NULL;
	}
	route_insert(r, route);
	return route;
}

static unsigned router_method(struct rd_span word)
{
	for (enum rd_method m = 0; m < METHOD_COUNT; m++)
		if (m != METHOD_CONNECT && rd_span_eq(word, rd_method_word(m)))
			return m == METHOD_GET ? 1u << METHOD_GET | 1u << METHOD_HEAD : 1u << m;
	return 0;
}

bool rd_router_methods(const char *text, size_t len, unsigned *methods)
{
	const char *end = text + len, *comma;

	*methods = len > 0 ? 0 : RD_METHODS_ANY;
	if (len == 0)
		return true;
	do {
		comma = memchr(text, ',', (size_t)(end - text));
		len = (size_t)((comma ? comma : end) - text);

		unsigned method = router_method(rd_span_trim((struct rd_span){ text, len }));

		if (!method)
			return false;
		*methods |= method;
		text = comma ? comma + 1 : end;
	} while (comma);
	return true;
}

struct rd_route *rd_router_find(const struct rd_router *r, enum rd_method method, const char *path,
				size_t len, size_t *rest)
{
	size_t i = 0, first;

	while (i < r->routes && !rd_pattern_fits(&r->route[i]->pattern, path, len, rest))
		i++;
	if (i == r->routes)
		return NULL;
	if (r->route[i]->methods & 1u << method || r->route[i]->methods == r->route[i]->allowed)
		return r->route[i];
	for (first = i; i < r->routes && r->route[i]->allowed == r->route[first]->allowed; i++)
		if (r->route[i]->methods & 1u << method &&
		    rd_pattern_compare(&r->route[i]->pattern, &r->route[first]->pattern) == 0)
			return r->route[i];
	return r->route[first];
}

void rd_router_free(struct rd_router *r)
{
	for (size_t i = 0; i < r->routes; i++) {
		if (r->route[i]->handler.release)
			r->route[i]->handler.release(r->route[i]->data);
		rd_auth_free(r->route[i]->policy.auth);
		rd_cors_free(r->route[i]->policy.cors);
		free(r->route[i]->policy.fields);
		rd_pattern_free(&r->route[i]->pattern);
		free(r->route[i]);
	}
	free(r->route);
	*r = (struct rd_router){ 0 };
}

void rd_route_learn(struct rd_route *route, unsigned us)
{
	unsigned mean = atomic_load_explicit(&route->mean_us, memory_order_relaxed);
	unsigned next;

	if (us > LONGEST_US)
		us = LONGEST_US;
	next = mean - mean / 8 + us / 8;
	if (us == 0 && mean < 8)
		return; /* the common case writes nothing that the workers share */
	if (next != mean)
		atomic_store_explicit(&route->mean_us, next, memory_order_relaxed);
}

bool rd_route_in_time(const struct rd_route *route, uint64_t now_us, uint64_t until_us)
{
	return now_us + atomic_load_explicit(&route->mean_us, memory_order_relaxed) <= until_us;
}

bool rd_route_blocks(const struct rd_route *route)
{
	return route->handler.blocks ||
	       atomic_load_explicit(&route->mean_us, memory_order_relaxed) >= BLOCKS_US;
}
