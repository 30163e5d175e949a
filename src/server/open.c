/*
 * open - the listeners of a server: what addresses mean, and what is served on them.
 * Thread:  the one that uses the server.
 * Owns:    the listeners and the texts of their addresses.
 */
#include "server/open.h"

#include "server/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int listen_add(struct replyd *s, const struct rd_sockaddr *at, enum replyd_protocol protocol,
		      bool follows)
{
	struct rd_listener *l = &s->listener[s->listeners];

	if (s->listeners == RD_LISTENERS)
		return rd_server_failed(s, "more than %d addresses", RD_LISTENERS);
	*l = (struct rd_listener){
		.fd = -1,
		.protocol = protocol == REPLYD_LINE ? &rd_line : &rd_http1,
		.service = protocol == REPLYD_LINE ? (const void *)&s->line : &s->http,
		.bound = *at,
		.follows = follows,
	};
	s->listeners++;
	return 0;
}

int replyd_listen(struct replyd *s, const char *text, enum replyd_protocol protocol)
{
	struct rd_address address;
	struct rd_sockaddr list[RD_ADDRESS_MAX];
	const char *why;
	int n;

	if (!rd_server_made(s))
		return -1;
	if (!rd_address_parse(text, &address, &why))
		return rd_server_failed(s, "%s: %s", text, why);
	n = rd_address_resolve(&address, true, list, RD_ADDRESS_MAX, &why);
	if (n == 0)
		return rd_server_failed(s, "%s: %s", text, why);
	for (int i = 0; i < n; i++)
		if (listen_add(s, &list[i], protocol, i > 0) != 0)
			return -1;
	return 0;
}

static bool listen_same(const struct rd_sockaddr *a, const struct rd_sockaddr *b)
{
	return a->len == b->len && memcmp(&a->sa, &b->sa, a->len) == 0;
}

int rd_server_listen_once(struct replyd *s, const char *address)
{
	size_t before = s->listeners, kept = before;

	if (replyd_listen(s, address, REPLYD_HTTP) != 0)
		return -1;
	for (size_t i = before; i < s->listeners; i++) {
		size_t j = 0;

		while (j < before && (s->listener[i].protocol != s->listener[j].protocol ||
				      !listen_same(&s->listener[i].bound, &s->listener[j].bound)))
			j++;
		if (j == before)
			s->listener[kept++] = s->listener[i];
	}
	s->listeners = kept;
	return 0;
}

static in_port_t *open_port(struct rd_sockaddr *at)
{
	return at->sa.sa_family == AF_INET ? &at->in.sin_port : &at->in6.sin6_port;
}

/* One name with two families and port 0: the second takes the port that the first was given. */
static bool open_follow(struct rd_listener *l, const struct rd_listener *before, const char **step)
{
	struct rd_sockaddr at = l->bound;

	if (before->fd < 0 || *open_port(&at) != 0)
		return false;
	*open_port(&at) = *open_port((struct rd_sockaddr *)&before->bound);
	return rd_listener_open(l, &at, step);
}

/* Of a name's several addresses, one that this host does not have is no fault. */
static bool open_may_lack(const struct replyd *s, size_t i, int error)
{
	bool several =
		s->listener[i].follows || (i + 1 < s->listeners && s->listener[i + 1].follows);

	return several && (error == EADDRNOTAVAIL || error == EAFNOSUPPORT);
}

static bool open_one(struct replyd *s, size_t i)
{
	struct rd_listener *l = &s->listener[i];
	struct rd_sockaddr at = l->bound;
	char text[RD_ADDRESS_TEXT];
	const char *step;

	if (l->follows && open_follow(l, l - 1, &step))
		return true;
	if (rd_listener_open(l, &at, &step))
		return true;
	if (open_may_lack(s, i, errno))
		return true;
	rd_server_failed(s, "%s %s: %s", step,
			 rd_address_format(&at.sa, at.len, text, sizeof(text)), strerror(errno));
	return false;
}

static char *open_url(const struct rd_listener *l)
{
	char text[RD_ADDRESS_TEXT], *url = NULL;

	rd_address_format(&l->bound.sa, l->bound.len, text, sizeof(text));
	if (l->bound.sa.sa_family == AF_UNIX || l->protocol == &rd_line)
		return strdup(text); /* as replyc takes it */
	return asprintf(&url, "%s://%s/", l->protocol->name, text) < 0 ? NULL : url;
}

/* Forgets those that this host does not have. */
static void open_compact(struct replyd *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->listeners; i++)
		if (s->listener[i].fd >= 0)
			s->listener[kept++] = s->listener[i];
	s->listeners = kept;
}

static void open_undo(struct replyd *s)
{
	for (size_t i = 0; i < s->listeners; i++)
		rd_listener_close(&s->listener[i]);
}

int rd_server_open_listeners(struct replyd *s)
{
	for (size_t i = 0; i < s->listeners; i++) {
		if (!open_one(s, i)) {
			open_undo(s);
			return -1;
		}
	}
	open_compact(s);
	if (s->listeners == 0)
		return rd_server_failed(s, "this host has none of the addresses");
	for (size_t i = 0; i < s->listeners; i++) {
		free(s->url[i]); /* it may have been open before */
		s->url[i] = open_url(&s->listener[i]);
		if (!s->url[i]) {
			open_undo(s);
			return rd_server_failed(s, "no memory");
		}
	}
	return 0;
}
