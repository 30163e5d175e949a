/*
 * call - calls what may block: a handler, or a route's authentication. Learns how long handlers
 * take.
 */
#ifndef RD_SERVE_CALL_H
#define RD_SERVE_CALL_H

#include "app/exchange.h"
#include "app/route.h"
#include "flow/pool.h"

/*
 * The handler's answer. While a route is known to block, other workers run in this one's place.
 * x->connection begins with its stream. *mine is false when it took too long: main has taken the
 * connection away, which is not touched any more, and the answer is for nobody.
 */
int rd_call(struct rd_worker *worker, struct rd_route *route, struct replyd_exchange *x,
	    bool *mine);

/* rd_app_admit's answer. */
int rd_call_admit(struct rd_worker *worker, struct replyd_exchange *x);

#endif
