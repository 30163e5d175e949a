/*
 * call - has a handler perform an exchange, and learns how long it takes.
 */
#ifndef RD_SERVE_CALL_H
#define RD_SERVE_CALL_H

#include "app/exchange.h"
#include "app/route.h"
#include "flow/pool.h"

/* The handler's answer. While a route is known to block, other workers run in this one's place. */
int rd_call(struct rd_worker *worker, struct rd_route *route, struct rd_exchange *x);

#endif
