/*
 * call - has a handler perform an exchange.
 * Thread:  the worker's.
 */
#include "serve/call.h"

#include "base/clock.h"

int rd_call(struct rd_worker *worker, struct rd_route *route, struct rd_exchange *x)
{
	bool blocks = rd_route_blocks(route);
	uint64_t began = rd_clock_us();
	int status;

	if (blocks)
		rd_worker_block(worker);
	status = route->handler->perform(x, route->data);
	if (blocks)
		rd_worker_unblock(worker);
	rd_route_learn(route, (unsigned)(rd_clock_us() - began));
	return status;
}
