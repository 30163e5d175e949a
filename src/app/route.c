/*
 * route - which handler answers for which path.
 * Thread:  made by one; found and learnt from by all workers.
 * Owns:    the routes and their handlers' data.
 */
#include "app/route.h"

#include "app/auth.h"
#include "app/cors.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS_US = 100 };

static size_t route_trim(const char *prefix)
{
	size_t len = strlen(prefix);

	while (len > 0 && prefix[len - 1] == '/')
		len--;
	return len;
}

static bool route_is(const struct rd_route *route, const char *prefix, size_t len)
{
	return route->prefix_len == len && memcmp(route->prefix, prefix, len) == 0;
}

struct rd_route *rd_router_add(struct rd_router *r, const char *prefix,
			       const struct rd_handler *handler, void *data)
{
	size_t len = route_trim(prefix), at = 0;
	struct rd_route *route, **list;

	for (size_t i = 0; i < r->routes; i++)
		if (route_is(r->route[i], prefix, len))
			return NULL;
	list = realloc(r->route, (r->routes + 1) * sizeof(*list));
	if (!list)
		return NULL;
	r->route = list;
	route = calloc(1, sizeof(*route));
	if (!route || !(route->prefix = strndup(prefix, len))) {
		free(route);
		return NULL;
	}
	route->prefix_len = len;
	route->handler = handler;
	route->data = data;
	route->policy = (struct rd_policy){ .cache_s = -1, .body_max = RD_BODY_MAX };
	while (at < r->routes && list[at]->prefix_len > len) /* longest first */
		at++;
	memmove(&list[at + 1], &list[at], (r->routes - at) * sizeof(*list));
	list[at] = route;
	r->routes++;
	return route;
}

struct rd_route *rd_router_find(const struct rd_router *r, const char *path, size_t len)
{
	for (size_t i = 0; i < r->routes; i++) {
		struct rd_route *route = r->route[i];
		size_t n = route->prefix_len;

		if (n <= len && memcmp(path, route->prefix, n) == 0 && (n == len || path[n] == '/'))
			return route;
	}
	return NULL;
}

void rd_router_free(struct rd_router *r)
{
	for (size_t i = 0; i < r->routes; i++) {
		if (r->route[i]->handler->release)
			r->route[i]->handler->release(r->route[i]->data);
		rd_auth_free(r->route[i]->policy.auth);
		rd_cors_free(r->route[i]->policy.cors);
		free(r->route[i]->policy.fields);
		free(r->route[i]->prefix);
		free(r->route[i]);
	}
	free(r->route);
	*r = (struct rd_router){ 0 };
}

void rd_route_learn(struct rd_route *route, unsigned us)
{
	unsigned mean = atomic_load_explicit(&route->mean_us, memory_order_relaxed);
	unsigned next = mean - mean / 8 + us / 8;

	if (us == 0 && mean < 8)
		return; /* the common case writes nothing that the workers share */
	if (next != mean)
		atomic_store_explicit(&route->mean_us, next, memory_order_relaxed);
}

bool rd_route_blocks(const struct rd_route *route)
{
	return atomic_load_explicit(&route->mean_us, memory_order_relaxed) >= BLOCKS_US;
}
