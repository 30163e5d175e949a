/*
 * route - which handler answers for which path. The longest prefix wins; a prefix ends at a
 * slash, so that "/a" answers for /a and /a/b, and not for /ab.
 */
#ifndef RD_APP_ROUTE_H
#define RD_APP_ROUTE_H

#include "app/handler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rd_auth; /* app/auth.h */
struct rd_cors; /* app/cors.h */

enum { RD_BODY_MAX = 1024 * 1024 }; /* of a request, where nothing else is said */

/* What goes for all exchanges of a route. rd_router_add sets what is right for most. */
struct rd_policy {
	struct rd_auth *auth; /* who may ask; NULL: anyone */
	struct rd_cors *cors; /* which other origins may; NULL: none */
	char *fields;	      /* "Name: value\r\n" ... in every reply; or NULL */
	long cache_s;	      /* Cache-Control: max-age of what was found; -1: not said */
	uint64_t body_max;    /* bytes of a request's body */
	bool stream;	      /* its handler reads the body as it comes */
	uint64_t time_us;     /* after which its reply is in vain; 0: never */
};

struct rd_route {
	char *prefix;
	size_t prefix_len; /* without a slash at the end: 0 answers for all */
	const struct rd_handler *handler;
	void *data;
	struct rd_policy policy;
	_Atomic unsigned mean_us; /* recent mean time of its handler */
};

struct rd_router {
	struct rd_route **route;
	size_t routes;
};

/*
 * The new route, which owns `data` (rd_router_free releases it). NULL, and `data` still the
 * caller's: there is no memory, or the prefix has a route.
 */
struct rd_route *rd_router_add(struct rd_router *r, const char *prefix,
			       const struct rd_handler *handler, void *data);
/* NULL when no route answers for the path. */
struct rd_route *rd_router_find(const struct rd_router *r, const char *path, size_t len);
void rd_router_free(struct rd_router *r);

/* Learns that the handler took `us`. */
void rd_route_learn(struct rd_route *route, unsigned us);
/* Whether its handler is known to block: its recent mean is 100 us or more. */
bool rd_route_blocks(const struct rd_route *route);

#endif
