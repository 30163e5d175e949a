/*
 * whose - of a connection that comes from a balancer: whose it is.
 * Thread:  main's.
 * Owns:    main's connection, until it is known whose it is, or parked or closed.
 * Never:   waits for a balancer.
 */
#include "flow/whose.h"

#include "base/log.h"
#include "flow/park.h"
#include "guard/admit.h"
#include "net/client.h"

static void whose_close(struct rd_acceptor *a, struct rd_conn *c, enum rd_close_reason reason)
{
	char text[RD_ADDRESS_TEXT];
	struct rd_sockaddr peer;

	if (reason == CLOSE_PROXY && rd_acceptor_complains(a) &&
	    rd_transport_end(&c->transport, RD_END_PEER, &peer))
		rd_log("proxy: %s did not say whose connection it passes on",
		       rd_address_format(&peer.sa, peer.len, text, sizeof(text)));
	rd_acceptor_close(a, c, reason);
}

/* Until its balancer says more. False: it has. */
static bool whose_park(struct rd_acceptor *a, struct rd_conn *c)
{
	enum rd_close_reason over = c->expired		 ? CLOSE_PROXY
				    : rd_conn_leaving(c) ? CLOSE_DRAIN
							 : CLOSE_NONE;

	if (over == CLOSE_NONE) {
		enum rd_parked parked =
			rd_park_enter(&c, OWN_MAIN, RD_WANTS_READ, rd_acceptor_outbox(a));

		if (parked == PARK_AGAIN)
			return false;
		if (parked == PARK_PARKED) {
			rd_count(&a->counters, COUNT_PARKED);
			return true;
		}
		over = CLOSE_SYSTEM;
	}
	whose_close(a, c, over);
	return true;
}

bool rd_whose_ask(struct rd_acceptor *a, struct rd_conn *c, struct rd_sockaddr *client)
{
	enum rd_whose whose;

	while ((whose = rd_admit_read(&c->transport, client)) == WHOSE_IS_TO_COME)
		if (whose_park(a, c))
			return false;
	switch (whose) {
	case WHOSE_CLIENT:
		c->client = rd_client_of(client);
		break;
	case WHOSE_BALANCER:
		c->exempt = true;
		break;
	case WHOSE_GONE:
		rd_acceptor_close(a, c, CLOSE_PEER);
		return false;
	case WHOSE_NO_MEMORY:
		rd_acceptor_close(a, c, CLOSE_MEMORY);
		return false;
	default:
		whose_close(a, c, CLOSE_PROXY);
		return false;
	}
	c->unknown = c->expired = false;
	return true;
}
