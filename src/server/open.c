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

int rd_server_listen(struct replyd *s, struct rd_group *g, const char *text,
		     const struct rd_protocol *protocol, const void *service)
{
	struct rd_address address;
	struct rd_sockaddr list[RD_ADDRESS_MAX];
	const char *why;
	int n;

	if (!rd_address_parse(text, &address, &why))
		return rd_server_failed(s, "%s: %s", text, why);
	n = rd_address_resolve(&address, true, list, RD_ADDRESS_MAX, &why);
	if (n == 0)
		return rd_server_failed(s, "%s: %s", text, why);
	for (int i = 0; i < n; i++) {
		if (g->listeners == RD_LISTENERS)
			return rd_server_failed(s, "more than %d addresses", RD_LISTENERS);
		g->listener[g->listeners++] = (struct rd_listener){
			.fd = -1,
			.protocol = protocol,
			.service = service,
			.bound = list[i],
			.follows = i > 0,
		};
	}
	return 0;
}

int replyd_listen(struct replyd *s, const char *text, enum replyd_protocol protocol)
{
	if (!rd_server_made(s))
		return -1;
	if (protocol == REPLYD_LINE)
		return rd_server_listen(s, &s->clients, text, &rd_line, &s->line);
	return rd_server_listen(s, &s->clients, text, &rd_http1, &s->http);
}

static bool listen_same(const struct rd_sockaddr *a, const struct rd_sockaddr *b)
{
	return a->len == b->len && memcmp(&a->sa, &b->sa, a->len) == 0;
}

int rd_server_listen_once(struct replyd *s, const char *address)
{
	struct rd_group *g = &s->clients;
	size_t before = g->listeners, kept = before;

	if (replyd_listen(s, address, REPLYD_HTTP) != 0)
		return -1;
	for (size_t i = before; i < g->listeners; i++) {
		size_t j = 0;

		while (j < before && (g->listener[i].protocol != g->listener[j].protocol ||
				      !listen_same(&g->listener[i].bound, &g->listener[j].bound)))
			j++;
		if (j == before)
			g->listener[kept++] = g->listener[i];
	}
	g->listeners = kept;
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
static bool open_may_lack(const struct rd_group *g, size_t i, int error)
{
	bool several =
		g->listener[i].follows || (i + 1 < g->listeners && g->listener[i + 1].follows);

	return several && (error == EADDRNOTAVAIL || error == EAFNOSUPPORT);
}

static bool open_one(struct replyd *s, struct rd_group *g, size_t i)
{
	struct rd_listener *l = &g->listener[i];
	struct rd_sockaddr at = l->bound;
	char text[RD_ADDRESS_TEXT];
	const char *step;

	if (l->follows && open_follow(l, l - 1, &step))
		return true;
	if (rd_listener_open(l, &at, &step))
		return true;
	if (open_may_lack(g, i, errno))
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
static void open_compact(struct rd_group *g)
{
	size_t kept = 0;

	for (size_t i = 0; i < g->listeners; i++)
		if (g->listener[i].fd >= 0)
			g->listener[kept++] = g->listener[i];
	g->listeners = kept;
}

int rd_server_open_listeners(struct replyd *s, struct rd_group *g)
{
	for (size_t i = 0; i < g->listeners; i++) {
		if (!open_one(s, g, i)) {
			rd_group_close_listeners(g);
			return -1;
		}
	}
	open_compact(g);
	if (g->listeners == 0)
		return rd_server_failed(s, "this host has none of the addresses");
	for (size_t i = 0; i < g->listeners; i++) {
		free(g->url[i]); /* it may have been open before */
		g->url[i] = open_url(&g->listener[i]);
		if (!g->url[i]) {
			rd_group_close_listeners(g);
			return rd_server_failed(s, "no memory");
		}
	}
	return 0;
}
