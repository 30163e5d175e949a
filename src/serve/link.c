/*
 * link - what an exchange asks of its connection while its handler runs.
 * Thread:  the worker's that runs the handler.
 */
#include "serve/link.h"

#include "base/clock.h"
#include "net/address.h"
#include "net/client.h"

#include <errno.h>
#include <string.h>

static struct rd_claim *link_claim(struct replyd_exchange *x)
{
	const struct rd_stream *s = x->connection;

	return &s->worker->claim;
}

bool rd_link_hold(struct replyd_exchange *x)
{
	return rd_claim_hold(link_claim(x));
}

void rd_link_release(struct replyd_exchange *x)
{
	rd_claim_release(link_claim(x));
}

bool rd_link_lost(struct replyd_exchange *x)
{
	return rd_claim_taken(link_claim(x));
}

const char *rd_link_address(struct rd_stream *s, char text[RD_ADDRESS_TEXT])
{
	struct rd_sockaddr at;
	char *end;

	if (rd_client_whole(s->conn->client))
		return rd_client_format(s->conn->client, text);
	if (!rd_transport_end(&s->conn->transport, RD_END_PEER, &at) || at.sa.sa_family == AF_UNIX)
		return "unix";
	rd_address_format(&at.sa, at.len, text, RD_ADDRESS_TEXT);
	end = strrchr(text, ':');
	if (end)
		*end = '\0';
	if (*text != '[')
		return text;
	end[-1] = '\0'; /* an IPv6 address, whose brackets are for a port to follow */
	return text + 1;
}

static const char *link_client(struct replyd_exchange *x)
{
	char text[RD_ADDRESS_TEXT];
	const char *client = rd_link_address(x->connection, text);

	client = rd_arena_text(&x->memory, client, strlen(client));
	return client ? client : "";
}

const char *rd_link_client(struct replyd_exchange *x)
{
	const char *client;

	if (!rd_link_hold(x))
		return "";
	client = link_client(x);
	rd_link_release(x);
	return client;
}

static uid_t link_peer(struct replyd_exchange *x)
{
	const struct rd_stream *s = x->connection;
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t len = sizeof(peer);

	/* Of a TCP socket the kernel says that it is nobody's. */
	if (getsockopt(s->conn->transport.fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return (uid_t)-1;
	return peer.uid;
}

uid_t rd_link_peer(struct replyd_exchange *x)
{
	uid_t peer;

	if (!rd_link_hold(x))
		return (uid_t)-1;
	peer = link_peer(x);
	rd_link_release(x);
	return peer;
}

static const char *link_server(struct replyd_exchange *x)
{
	struct rd_stream *s = x->connection;
	struct rd_sockaddr at;
	char text[RD_ADDRESS_TEXT];
	const char *server;

	if (!rd_transport_end(&s->conn->transport, RD_END_LOCAL, &at) || at.sa.sa_family == AF_UNIX)
		return "localhost";
	rd_address_format(&at.sa, at.len, text, sizeof(text));
	server = rd_arena_text(&x->memory, text, strlen(text));
	return server ? server : "localhost";
}

const char *rd_link_server(struct replyd_exchange *x)
{
	const char *server;

	if (!rd_link_hold(x))
		return "localhost";
	server = link_server(x);
	rd_link_release(x);
	return server;
}

bool rd_link_end(struct replyd_exchange *x, bool peer, struct rd_sockaddr *at)
{
	struct rd_stream *s = x->connection;

	return rd_transport_end(&s->conn->transport, peer ? RD_END_PEER : RD_END_LOCAL, at);
}

bool rd_link_cancelled(struct replyd_exchange *x, bool probe)
{
	struct rd_stream *s = x->connection;
	bool gone;

	if (x->deadline_us && rd_clock_us() >= x->deadline_us)
		return true;
	if (!rd_link_hold(x))
		return true;
	gone = rd_watch_gone(&s->watch, s->conn, probe && rd_output_empty(&s->out));
	rd_link_release(x);
	return gone;
}

int rd_link_cancel_fd(struct replyd_exchange *x, bool timed)
{
	struct rd_stream *s = x->connection;
	uint64_t deadline_us = timed ? x->deadline_us : 0;
	int fd;

	if (rd_watch_has(&s->watch, deadline_us))
		return s->watch.epoll_fd;
	if (!rd_link_hold(x)) {
		errno = ECANCELED;
		return -1;
	}
	fd = rd_watch_fd(&s->watch, s->conn, deadline_us);
	rd_link_release(x);
	return fd;
}
