/*
 * link - what an exchange asks of its connection while its handler runs.
 * Thread:  the worker's that runs the handler.
 */
#include "serve/link.h"

#include "base/clock.h"
#include "net/address.h"

#include <string.h>

const char *rd_link_client(struct replyd_exchange *x)
{
	const struct rd_stream *s = x->connection;
	struct rd_sockaddr at = { .len = sizeof(at.storage) };
	char text[RD_ADDRESS_TEXT], *end;
	const char *client = text;
	int fd = s->conn->transport.fd;

	if (fd < 0 || getpeername(fd, &at.sa, &at.len) != 0 || at.sa.sa_family == AF_UNIX)
		return "unix";
	rd_address_format(&at.sa, at.len, text, sizeof(text));
	end = strrchr(text, ':');
	if (end)
		*end = '\0';
	if (*text == '[') { /* an IPv6 address, whose brackets are for a port to follow */
		client++;
		end[-1] = '\0';
	}
	client = rd_arena_text(&x->memory, client, strlen(client));
	return client ? client : "";
}

uid_t rd_link_peer(struct replyd_exchange *x)
{
	const struct rd_stream *s = x->connection;
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t len = sizeof(peer);

	/* Of a TCP socket the kernel says that it is nobody's. */
	if (getsockopt(s->conn->transport.fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return (uid_t)-1;
	return peer.uid;
}

const char *rd_link_server(struct replyd_exchange *x)
{
	const struct rd_stream *s = x->connection;
	struct rd_sockaddr at = { .len = sizeof(at.storage) };
	char text[RD_ADDRESS_TEXT];
	const char *server;
	int fd = s->conn->transport.fd;

	if (fd < 0 || getsockname(fd, &at.sa, &at.len) != 0 || at.sa.sa_family == AF_UNIX)
		return "localhost";
	rd_address_format(&at.sa, at.len, text, sizeof(text));
	server = rd_arena_text(&x->memory, text, strlen(text));
	return server ? server : "localhost";
}

bool rd_link_cancelled(struct replyd_exchange *x, bool probe)
{
	struct rd_stream *s = x->connection;

	if (x->deadline_us && rd_clock_us() >= x->deadline_us)
		return true;
	return rd_watch_gone(&s->watch, s->conn, probe && rd_output_empty(&s->out));
}

int rd_link_cancel_fd(struct replyd_exchange *x)
{
	struct rd_stream *s = x->connection;

	return rd_watch_fd(&s->watch, s->conn, x->deadline_us);
}
