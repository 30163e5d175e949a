/*
 * route - which handler answers for which path and method.
 *
 * The path decides first: of the patterns that fit, the one that is longest in literals from the
 * left counts alone, so that what its policy asks for (a password, say) is not passed by with
 * another method. Then the method decides among the routes of that pattern.
 */
#ifndef RD_APP_ROUTE_H
#define RD_APP_ROUTE_H

#include "app/handler.h"
#include "app/pattern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rd_access; /* codec/network.h */
struct rd_auth;	  /* app/auth.h */
struct rd_cors;	  /* app/cors.h */

enum { RD_BODY_MAX = 1024 * 1024 }; /* of a request, where nothing else is said */

/* What goes for all exchanges of a route. rd_router_add sets what is right for most. */
struct rd_policy {
	const struct rd_access *access; /* from where it may be asked; NULL: from anywhere */
	struct rd_auth *auth;		/* who may ask; NULL: anyone */
	struct rd_cors *cors;		/* which other origins may; NULL: none */
	char *fields;			/* "Name: value\r\n" ... in every reply; or NULL */
	long cache_s;			/* Cache-Control: max-age of what was found; -1: not said */
	uint64_t body_max;		/* bytes of a request's body */
	bool timing;			/* its replies say how long their stages took */
	bool stream;			/* its handler reads the body as it comes */
	uint64_t time_us;		/* after which its reply is in vain; 0: never */
};

struct rd_route {
	struct rd_pattern pattern;
	unsigned methods; /* that it takes ... */
	unsigned allowed; /* ... and with them those that others of its pattern take */
	struct rd_handler handler;
	void *data;
	struct rd_policy policy;
	unsigned series;	  /* by which its exchanges are added up (observe/series.h) */
	_Atomic unsigned mean_us; /* recent mean time of its handler */
};

struct rd_router {
	struct rd_route **route;
	size_t routes;
};

/*
 * The new route, which owns `data` (rd_router_free releases it) and copies *handler. It fits `path`
 * alone, or with `below` all below it too; methods: 1u << METHOD_GET | ...; 0 is the handler's.
 * NULL, and `data` still the caller's, with errno: ENOMEM; EINVAL, no pattern; EEXIST, another fits
 * the same paths with a method of these.
 */
struct rd_route *rd_router_add(struct rd_router *r, unsigned methods, const char *path, bool below,
			       const struct rd_handler *handler, void *data);

/*
 * Reads text[0..len), "GET" or "GET, POST"; GET is HEAD too, nothing is RD_METHODS_ANY. False: one
 * is not known, or can never be asked for.
 */
bool rd_router_methods(const char *text, size_t len, unsigned *methods);

/*
 * The route for the path, with *rest where what is below it begins. Where none of its pattern takes
 * the method, one of them. NULL when no pattern fits.
 */
struct rd_route *rd_router_find(const struct rd_router *r, enum rd_method method, const char *path,
				size_t len, size_t *rest);
void rd_router_free(struct rd_router *r);

/* Learns that the handler took `us`, of which no more than a millisecond counts. */
void rd_route_learn(struct rd_route *route, unsigned us);
/* Whether it is likely that it would be done by `until_us`, begun at `now_us`. */
bool rd_route_in_time(const struct rd_route *route, uint64_t now_us, uint64_t until_us);
/* Whether its handler is known to block: its recent mean is 100 us or more. */
bool rd_route_blocks(const struct rd_route *route);

#endif
