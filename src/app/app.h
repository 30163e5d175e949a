/*
 * app - which route answers an exchange, and what goes for all exchanges of a route: who may ask,
 * how much may be sent, what every reply says.
 *
 * When its head is there, an exchange passes through rd_app_find and rd_app_admit, then (its body
 * read, when it has one) through its route's handler, then through rd_app_end.
 */
#ifndef RD_APP_APP_H
#define RD_APP_APP_H

#include "app/exchange.h"
#include "app/route.h"

/* One of the names that are answered for. */
struct rd_host {
	char *name; /* lower case, no port; "*.example.org" is every name below; "" is any */
	struct rd_router router;
	struct rd_pages *pages; /* instead of the built-in error pages; or NULL */
};

struct rd_app {
	struct rd_host **host; /* the most exact first; the one that is any, if there is, last */
	size_t hosts;
	bool timing; /* some route says by Server-Timing where its requests' time went */
};

/*
 * The host of that name, which is made when it is new. NULL when there is no memory. Before any
 * exchange.
 */
struct rd_host *rd_app_host(struct rd_app *app, const char *name);
void rd_app_free(struct rd_app *app);

/*
 * Finds x->host and x->route, whose reply has begun. 0, or a status for rd_app_end: 404, 421, or
 * 204 for "OPTIONS *".
 */
int rd_app_find(const struct rd_app *app, struct replyd_exchange *x);

/*
 * Asks the policy and the handler of x->route, which was found, whether its handler may be called:
 * 0. Else a status for rd_app_end; what fields it needs are in the reply. OPTIONS is answered here.
 * Takes long where policy.auth is set.
 */
int rd_app_admit(struct replyd_exchange *x);

/*
 * Adds the fields of x->route's policy to the reply, which then has a fault if it is not complete.
 * By rd_app_end, or before its head is sent.
 */
void rd_app_fields(struct replyd_exchange *x);

/*
 * What the handler did wrong, by what it returned and gave; it is logged. NULL: nothing. For a
 * protocol that does not call rd_app_end.
 */
const char *rd_app_fault(const struct replyd_exchange *x, int status);

/*
 * Completes the reply: `status` is what the handler returned. An error gets its page; what is the
 * handler's fault is logged, and becomes a 500; the policy's fields are added. Of a reply in pieces
 * the rest is sent; where that went wrong, reply.cut says that it must not look complete.
 */
void rd_app_end(struct replyd_exchange *x, int status);

#endif
