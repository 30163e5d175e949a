/*
 * park - holds connections that have nothing to say.
 * Thread:  any worker enters one, or main one that it shed; main takes it out (rd_conn_event,
 *          rd_conn_take).
 * Owns:    a connection from rd_park_enter until main takes it.
 * Never:   reads a byte of a request, calls a handler, takes a lock.
 */
#include "flow/park.h"

#include "base/must.h"
#include "flow/tell.h"

#include <sys/epoll.h>

/* Once for each connection: edges for both ways, so that nothing is re-armed later. */
static bool park_register(struct rd_conn *c)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
		.data.u64 = (uint64_t)c->transport.fd,
	};

	c->registered = epoll_ctl(c->slots->epoll_fd, EPOLL_CTL_ADD, c->transport.fd, &event) == 0;
	return c->registered;
}

enum rd_parked rd_park_enter(struct rd_conn **conn, enum rd_owner owner, enum rd_verdict want,
			     struct rd_outbox *outbox)
{
	struct rd_conn *c = *conn;
	_Atomic uint64_t *deadline = &c->slots->deadline[c->transport.fd];
	uint32_t number = c->number;
	int fd = c->transport.fd;
	struct rd_event event;
	bool told;

	MUST(want <= RD_WANTS_REPLY);
	atomic_store_explicit(&c->want, want, memory_order_relaxed);
	atomic_store_explicit(deadline, c->deadline_us, memory_order_relaxed);
	if (!c->registered && !park_register(c))
		return PARK_REFUSED;
	told = rd_tell_make(&event, outbox, c, EVENT_PARKED, want);
	c->rested = true;
	if (!rd_conn_pass(c, owner, OWN_PARKED)) {
		c->rested = false;
		return PARK_AGAIN;
	}
	*conn = NULL;
	RD_PROBE2(parked, number, fd);
	if (told)
		rd_outbox_note(outbox, &event);
	return PARK_PARKED;
}

size_t rd_park_sweep(const _Atomic uint64_t *deadline, size_t n, uint64_t now_us, size_t *from,
		     unsigned *expired, size_t max, uint64_t *next_us)
{
	size_t found = 0, i;

	for (i = *from; i < n && found < max; i++) {
		uint64_t at = atomic_load_explicit(&deadline[i], memory_order_relaxed);

		if (at == 0)
			continue;
		if (at <= now_us)
			expired[found++] = (unsigned)i;
		else if (at < *next_us)
			*next_us = at;
	}
	*from = i;
	return found;
}
