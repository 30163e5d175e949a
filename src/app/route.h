/*
 * route - which handler answers for which path. The longest prefix wins; a prefix ends at a
 * slash, so that "/a" answers for /a and /a/b, and not for /ab.
 */
#ifndef RD_APP_ROUTE_H
#define RD_APP_ROUTE_H

#include "app/handler.h"

#include <stdbool.h>
#include <stddef.h>

struct rd_route {
	char *prefix;
	size_t prefix_len; /* without a slash at the end: 0 answers for all */
	const struct rd_handler *handler;
	void *data;
	_Atomic unsigned mean_us; /* recent mean time of its handler */
};

struct rd_router {
	struct rd_route **route;
	size_t routes;
};

/*
 * Takes `data`, which rd_router_free releases. False, and `data` still the caller's: there is no
 * memory, or the prefix has a route.
 */
bool rd_router_add(struct rd_router *r, const char *prefix, const struct rd_handler *handler,
		   void *data);
/* NULL when no route answers for the path. */
struct rd_route *rd_router_find(const struct rd_router *r, const char *path, size_t len);
void rd_router_free(struct rd_router *r);

/* Learns that the handler took `us`. */
void rd_route_learn(struct rd_route *route, unsigned us);
/* Whether its handler is known to block: its recent mean is 100 us or more. */
bool rd_route_blocks(const struct rd_route *route);

#endif
