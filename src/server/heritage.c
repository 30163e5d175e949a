/*
 * heritage - descriptors that were open before the server.
 * Thread:  the one that opens the server, or reads its configuration anew.
 * Owns:    what no listener has taken, and the clients until they are served.
 */
#include "server/heritage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int heritage_option(int fd, int option)
{
	int value;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 ? value : -1;
}

static bool heritage_add_listening(struct rd_heritage *h, int fd, const char *name, bool lent)
{
	struct rd_heirloom *one = &h->listening[h->count];

	if (h->count == RD_HEIRLOOMS) {
		errno = EMFILE;
		return false;
	}
	*one = (struct rd_heirloom){ .fd = fd, .lent = lent };
	one->free_port = !lent && strcmp(name, RD_HERITAGE_FREE) == 0;
	one->at.len = sizeof(one->at.storage);
	snprintf(one->name, sizeof(one->name), "%s", name);
	if (getsockname(fd, &one->at.sa, &one->at.len) != 0)
		return false;
	h->count++;
	return true;
}

static bool heritage_add_conn(struct rd_heritage *h, int fd)
{
	struct rd_given *more = reallocarray(h->conn, h->conns + 1, sizeof(*more));

	if (!more)
		return false;
	h->conn = more;
	h->conn[h->conns++] = (struct rd_given){ .fd = fd };
	return true;
}

bool rd_heritage_add(struct rd_heritage *h, int fd, const char *name, bool lent)
{
	int listens = heritage_option(fd, SO_ACCEPTCONN), error;

	errno = listens < 0 ? ENOTSOCK : EPROTOTYPE;
	if (listens >= 0 && heritage_option(fd, SO_TYPE) == SOCK_STREAM &&
	    (listens ? heritage_add_listening(h, fd, name, lent) : heritage_add_conn(h, fd)))
		return true;
	error = errno;
	close(fd);
	errno = error;
	return false;
}

int rd_heritage_find(const struct rd_heritage *h, const char *name, struct rd_sockaddr *list,
		     int max)
{
	int n = 0;

	if (h->unknown)
		list[n++] = (struct rd_sockaddr){ .len = 0 };
	for (size_t i = 0; i < h->count && n < max; i++) {
		const struct rd_heirloom *one = &h->listening[i];
		int j = 0;

		while (j < n && !rd_address_same(&list[j], &one->at))
			j++;
		if (j == n && strcmp(one->name, name) == 0)
			list[n++] = one->at;
	}
	return n;
}

/* A Unix socket whose name is gone is found by nobody. */
static bool heritage_reached(const struct rd_sockaddr *at)
{
	struct stat st;

	return at->sa.sa_family != AF_UNIX ||
	       (lstat(at->un.sun_path, &st) == 0 && S_ISSOCK(st.st_mode));
}

static in_port_t heritage_port(const struct rd_sockaddr *at)
{
	return at->sa.sa_family == AF_INET    ? at->in.sin_port
	       : at->sa.sa_family == AF_INET6 ? at->in6.sin6_port
					      : 0;
}

static bool heritage_fits(const struct rd_heirloom *one, const struct rd_sockaddr *wanted)
{
	struct rd_sockaddr at = one->at;

	if (one->free_port && at.sa.sa_family == wanted->sa.sa_family && !heritage_port(wanted)) {
		if (at.sa.sa_family == AF_INET)
			at.in.sin_port = 0;
		else
			at.in6.sin6_port = 0;
	}
	return rd_address_same(&at, wanted);
}

bool rd_heritage_take(struct rd_heritage *h, struct rd_listener *l)
{
	for (size_t i = 0; i < h->count; i++) {
		struct rd_heirloom *one = &h->listening[i];

		if (one->fd < 0 || !heritage_fits(one, &l->bound) || !heritage_reached(&one->at))
			continue;
		l->lent = one->lent || h->shared;
		l->bound = one->at;
		rd_listener_adopt(l, one->fd);
		one->fd = -1;
		return true;
	}
	return false;
}

int rd_heritage_settle(struct rd_heritage *h, struct rd_fault *fault)
{
	int failed = 0;

	for (size_t i = 0; i < h->count; i++) {
		struct rd_heirloom *one = &h->listening[i];
		char text[RD_ADDRESS_TEXT];

		if (one->fd < 0)
			continue;
		if (one->lent)
			failed = rd_fault_say(
				fault,
				"%s: a socket was passed for it, as \"%s\", and nothing is "
				"served there: name it, or do not pass it",
				rd_address_format(&one->at.sa, one->at.len, text, sizeof(text)),
				one->name);
		close(one->fd);
		one->fd = -1;
	}
	return failed;
}

/* `l` listens on every address of its family, at the port that the client came to. */
static bool heritage_any(const struct rd_sockaddr *l, const struct rd_sockaddr *at)
{
	if (l->sa.sa_family != at->sa.sa_family || heritage_port(l) != heritage_port(at))
		return false;
	return l->sa.sa_family == AF_INET    ? l->in.sin_addr.s_addr == INADDR_ANY
	       : l->sa.sa_family == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED(&l->in6.sin6_addr)
					     : false;
}

/* The place of the one that the client's connection came by; n: it is gone. */
static size_t heritage_listener(int conn, const struct rd_listener *l, size_t n)
{
	struct rd_sockaddr at;

	at.len = sizeof(at.storage);
	if (getsockname(conn, &at.sa, &at.len) != 0)
		return n;
	for (size_t i = 0; i < n; i++)
		if (rd_address_same(&l[i].bound, &at))
			return i;
	for (size_t i = 0; i < n; i++)
		if (heritage_any(&l[i].bound, &at))
			return i;
	return n;
}

static void heritage_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void rd_heritage_serve(struct rd_heritage *h, const struct rd_listener *l, size_t n)
{
	for (size_t i = 0; i < h->conns; i++) {
		struct rd_given *c = &h->conn[i];

		c->listener = c->fd >= 0 ? heritage_listener(c->fd, l, n) : n;
		if (c->listener == n)
			heritage_close(&c->fd);
	}
}

static const struct rd_heirloom *heritage_lent(const struct rd_heritage *h,
					       const struct rd_sockaddr *at)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->listening[i].lent && rd_address_same(&h->listening[i].at, at))
			return &h->listening[i];
	return NULL;
}

const char *rd_heritage_lender(const struct rd_heritage *h, const struct rd_sockaddr *at)
{
	const struct rd_heirloom *one = heritage_lent(h, at);

	return one ? one->name : NULL;
}

void rd_heritage_own(const struct rd_heritage *h, struct rd_listener *l, size_t n)
{
	for (size_t i = 0; i < n; i++)
		l[i].lent = l[i].lent && heritage_lent(h, &l[i].bound);
}

void rd_heritage_free(struct rd_heritage *h)
{
	for (size_t i = 0; i < h->count; i++)
		heritage_close(&h->listening[i].fd);
	for (size_t i = 0; i < h->conns; i++)
		heritage_close(&h->conn[i].fd);
	free(h->conn);
	*h = (struct rd_heritage){ 0 };
}
