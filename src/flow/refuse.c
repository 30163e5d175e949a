/*
 * refuse - tells clients that they are not served.
 * Thread:  main's.
 * Owns:    main's connection, from the refusal until it is parked or closed.
 * Never:   waits for a client.
 */
#include "flow/refuse.h"

#include "flow/linger.h"
#include "flow/park.h"
#include "flow/tell.h"

#include <fcntl.h>
#include <unistd.h>

enum { DROPPED = 16 * 1024 }; /* bytes read off at once */

/*
 * While at most half of the slots are taken it may stay until its client has read the reply.
 * Beyond, a flood of such clients would keep out those who could be served. One that came by the
 * reserved descriptor has to give it back at once.
 */
bool rd_refuse_linger(struct rd_acceptor *a, struct rd_conn *c)
{
	bool may_stay =
		a->slots->reserve_fd >= 0 && atomic_load(&a->slots->open) <= a->conns_max / 2;
	enum rd_parked parked = PARK_AGAIN;
	char dropped[DROPPED];

	while (parked == PARK_AGAIN) {
		enum rd_verdict verdict = rd_linger_advance(c, a->now_us, dropped, sizeof(dropped));

		if (verdict == RD_MORE && may_stay)
			return true;
		parked = PARK_REFUSED;
		if (verdict == RD_WANTS_READ && may_stay)
			parked = rd_park_enter(&c, OWN_MAIN, verdict, rd_acceptor_outbox(a));
	}
	if (parked == PARK_REFUSED)
		rd_acceptor_close(a, c, c->reason);
	else
		rd_count(&a->counters, COUNT_PARKED);
	return false;
}

bool rd_refuse_tell(struct rd_acceptor *a, struct rd_conn *c, enum rd_close_reason reason)
{
	c->reason = reason;
	rd_tell(rd_acceptor_outbox(a), c, EVENT_SHED, reason);
	if (c->protocol->refuse(c) == RD_CLOSE) {
		rd_acceptor_close(a, c, reason);
		return false;
	}
	rd_linger_begin(c, a->now_us);
	return rd_refuse_linger(a, c);
}

bool rd_refuse_shed(struct rd_acceptor *a, struct rd_conn *c, enum rd_cause cause)
{
	static const enum rd_counter counters[] = {
		[RD_SHED_FULL] = COUNT_SHED,
		[RD_SHED_WAIT] = COUNT_SHED_WAIT,
		[RD_SHED_FAIR] = COUNT_SHED_FAIR,
	};

	rd_count(&a->counters, counters[cause]);
	return rd_refuse_tell(a, c, CLOSE_OVERLOAD);
}

bool rd_refuse_told(const struct rd_conn *c)
{
	return c->lingering && (c->reason == CLOSE_OVERLOAD || c->reason == CLOSE_LIMIT ||
				c->reason == CLOSE_DENIED);
}

static void refuse_reserve(struct rd_acceptor *a)
{
	if (a->slots->reserve_fd < 0)
		a->slots->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool rd_refuse_accept(struct rd_acceptor *a, const struct rd_listener *l, int listening)
{
	struct rd_sockaddr peer;
	int fd;

	refuse_reserve(a);
	if (a->slots->reserve_fd < 0)
		return false;
	close(a->slots->reserve_fd);
	a->slots->reserve_fd = -1;
	fd = rd_listener_accept(listening, &peer);
	if (fd >= 0)
		rd_refuse_shed(a, rd_acceptor_open(a, l, fd, &peer), RD_SHED_FULL);
	refuse_reserve(a);
	return fd >= 0;
}
