/*
 * entrance - how a client comes in.
 * Thread:  main's.
 * Owns:    a connection from the accept until rd_acceptor_give, or until it is parked or refused.
 * Never:   reads a byte of a request.
 */
#include "flow/entrance.h"

#include "base/log.h"
#include "flow/listening.h"
#include "flow/refuse.h"
#include "flow/whose.h"
#include "guard/admit.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAUSE_US = 100 * 1000 }; /* before accepting is tried again after the system ran out */

bool rd_entrance_full(struct rd_acceptor *a)
{
	if (atomic_load(&a->slots->open) < a->conns_max)
		return false;
	atomic_store(&a->slots->tell, true);
	return atomic_load(&a->slots->open) >= a->conns_max;
}

/* A balancer, who says whose its connections are; once, in the first bytes. */
static bool entrance_believes(const struct rd_listener *l, const struct rd_sockaddr *peer)
{
	return l->balancers && rd_admit_believes(l->balancers, peer);
}

/* Whose it is, is known: is served, unless he may not come in, or has as many as he may. */
static void entrance_begin(struct rd_acceptor *a, struct rd_conn *c, const struct rd_listener *l,
			   const struct rd_sockaddr *client)
{
	if (l->access && !rd_admit_may(l->access, client)) {
		if (!rd_refuse_tell(a, c, CLOSE_DENIED))
			return;
	} else if (!c->exempt && !rd_conn_enter(c)) {
		rd_count(&a->counters, COUNT_LIMITED);
		if (!rd_refuse_tell(a, c, CLOSE_LIMIT))
			return;
	}
	rd_acceptor_give(a, c);
}

static void entrance_ask(struct rd_acceptor *a, struct rd_conn *c, const struct rd_listener *l,
			 const struct rd_sockaddr *peer)
{
	struct rd_sockaddr client = *peer;

	if (rd_whose_ask(a, c, &client))
		entrance_begin(a, c, l, &client);
}

void rd_entrance_ask_again(struct rd_acceptor *a, struct rd_conn *c)
{
	const struct rd_listener *l = a->listener, *end = l + a->listeners;
	struct rd_sockaddr peer;

	while (l < end && l->service != c->service)
		l++;
	if (l == end)
		rd_acceptor_close(a, c, CLOSE_DRAIN);
	else if (!rd_transport_end(&c->transport, RD_END_PEER, &peer))
		rd_acceptor_close(a, c, CLOSE_PEER_RESET);
	else
		entrance_ask(a, c, l, &peer);
}

static void entrance_come(struct rd_acceptor *a, struct rd_conn *c, const struct rd_listener *l,
			  const struct rd_sockaddr *peer)
{
	if (!entrance_believes(l, peer)) {
		entrance_begin(a, c, l, peer);
		return;
	}
	c->unknown = true;
	c->deadline_us = a->now_us + l->whose_us;
	entrance_ask(a, c, l, peer);
}

static void entrance_complain(struct rd_acceptor *a, int error, const char *what)
{
	if (rd_acceptor_complains(a))
		rd_log("accept: %s; %s", strerror(error), what);
}

/* What an accept that gave no connection means: whether to go on accepting. */
static bool entrance_accept_failed(struct rd_acceptor *a, const struct rd_listener *l,
				   int listening)
{
	int error = errno;

	switch (error) {
	case EAGAIN:
		return false;
	case EMFILE:
	case ENFILE:
		if (rd_refuse_accept(a, l, listening)) {
			entrance_complain(a, error, "clients are refused");
			return true;
		}
		/* fall through */
	case ENOBUFS:
	case ENOMEM:
		entrance_complain(a, error, "waiting for a connection to close");
		rd_listening_poll(a, false, a->now_us + PAUSE_US);
		return false;
	default:
		return true; /* that client is gone (ECONNABORTED and the like); the next, please */
	}
}

void rd_entrance_accept(struct rd_acceptor *a, const struct rd_listener *l, int listening,
			size_t most)
{
	for (size_t i = 0; i < most; i++) {
		struct rd_sockaddr peer;
		int fd;

		if (rd_entrance_full(a)) {
			rd_listening_poll(a, false, 0);
			return;
		}
		fd = rd_listener_accept(listening, &peer);
		if (fd < 0) {
			if (entrance_accept_failed(a, l, listening))
				continue;
			return;
		}
		if ((size_t)fd >= a->slots->size) { /* the limit was raised under us */
			close(fd);
			continue;
		}
		entrance_come(a, rd_acceptor_open(a, l, fd, &peer), l, &peer);
	}
}

void rd_entrance_go_on(struct rd_acceptor *a)
{
	for (size_t i = 0; i < a->givens; i++) {
		struct rd_given *g = &a->given[i];
		const struct rd_listener *l = &a->listener[g->listener];
		struct rd_sockaddr peer;
		struct rd_conn *c;

		peer.len = sizeof(peer.storage);
		if (g->fd < 0 || (size_t)g->fd >= a->slots->size ||
		    getpeername(g->fd, &peer.sa, &peer.len) != 0 || entrance_believes(l, &peer))
			continue;
		c = rd_acceptor_open(a, l, g->fd, &peer);
		c->exchanges = 1;
		g->fd = -1;
		entrance_begin(a, c, l, &peer);
	}
}
