/*
 * call - calls what may block.
 * Thread:  the worker's.
 */
#include "serve/call.h"

#include "app/app.h"
#include "base/clock.h"
#include "flow/stuck.h"
#include "observe/probe.h"
#include "serve/stream.h"

int rd_call(struct rd_worker *worker, struct rd_route *route, struct replyd_exchange *x, bool *mine)
{
	const struct rd_stream *s = x->connection;
	bool blocks = rd_route_blocks(route);
	uint64_t began = worker->now_us; /* what took long before has just ended */
	uint64_t limit_us = route->policy.time_us ? began + route->policy.time_us : 0;
	uint32_t number = s->conn->number;
	int status;

	x->now_us = began;
	x->deadline_us = limit_us;
	if (x->until_us && (!limit_us || x->until_us < limit_us))
		x->deadline_us = x->until_us;
	if (blocks)
		rd_worker_block(worker);
	rd_doing_next(&worker->doing, STAGE_PERFORM, route->series, began);
	/* By the route's limit alone: no client has workers written off by what it says. */
	rd_stuck_begin(worker, s->conn, x->connection, limit_us);
	status = route->handler.perform(x, route->data);
	*mine = rd_stuck_end(worker);
	if (blocks)
		rd_worker_unblock(worker);
	worker->now_us = rd_clock_us();
	rd_doing_next(&worker->doing, STAGE_SEND, route->series, worker->now_us);
	RD_PROBE2(performed, number, worker->now_us - began);
	rd_route_learn(route, (unsigned)(worker->now_us - began));
	return status;
}

int rd_call_admit(struct rd_worker *worker, struct replyd_exchange *x)
{
	int status;

	if (!x->route->policy.auth) /* a hash is slow on purpose; nothing else here is */
		return rd_app_admit(x);
	rd_worker_block(worker);
	status = rd_app_admit(x);
	rd_worker_unblock(worker);
	worker->now_us = rd_clock_us();
	return status;
}
