/*
 * call - has a handler perform an exchange.
 * Thread:  the worker's.
 */
#include "serve/call.h"

#include "base/clock.h"

int rd_call(struct rd_worker *worker, struct rd_route *route, struct rd_exchange *x)
{
	bool blocks = rd_route_blocks(route);
	uint64_t began = worker->now_us; /* the last thing that took long has just ended */
	int status;

	x->now_us = began;
	if (blocks)
		rd_worker_block(worker);
	status = route->handler->perform(x, route->data);
	if (blocks)
		rd_worker_unblock(worker);
	worker->now_us = rd_clock_us();
	rd_route_learn(route, (unsigned)(worker->now_us - began));
	return status;
}
