/*
 * open - listeners: what addresses mean, and what is served on them.
 * Thread:  the one that makes them; once they are served, main's.
 * Owns:    the listeners and the texts of their addresses.
 */
#include "server/open.h"

#include "base/log.h"
#include "serve/line.h"
#include "server/heritage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What was passed by that name. */
static int open_find(const struct rd_heritage *h, const char *name, struct rd_sockaddr *list,
		     const char **why)
{
	int n = h ? rd_heritage_find(h, name, list, RD_ADDRESS_MAX) : 0;

	if (n == 0)
		*why = "no socket was passed by that name";
	return n;
}

int rd_open_name(struct rd_listeners *l, const char *text, const struct rd_protocol *protocol,
		 const void *serves, struct rd_fault *fault)
{
	struct rd_address address;
	struct rd_sockaddr list[RD_ADDRESS_MAX];
	const char *why;
	int n;

	if (!rd_address_parse_listen(text, &address, &why))
		return rd_fault_say(fault, "%s: %s", text, why);
	if (address.kind == RD_ADDRESS_PASSED)
		n = open_find(l->heritage, address.path, list, &why);
	else
		n = rd_address_resolve(&address, true, list, RD_ADDRESS_MAX, &why);
	if (n == 0 && !(l->heritage && l->heritage->unknown && address.kind == RD_ADDRESS_PASSED))
		return rd_fault_say(fault, "%s: %s", text, why);
	for (int i = 0; i < n; i++) {
		if (l->count == RD_LISTENERS)
			return rd_fault_say(fault, "more than %d addresses", RD_LISTENERS);
		l->listener[l->count++] = (struct rd_listener){
			.from = -1,
			.protocol = protocol,
			.serves = serves,
			.asked = list[i],
			.bound = list[i],
			.follows = i > 0,
		};
	}
	return 0;
}

static bool open_names_same(const struct rd_listener *a, const struct rd_listener *b)
{
	return a->protocol == b->protocol && rd_address_same(&a->bound, &b->bound);
}

int rd_open_name_once(struct rd_listeners *l, const char *text, const struct rd_protocol *protocol,
		      const void *serves, struct rd_fault *fault)
{
	size_t before = l->count, kept = before;

	if (rd_open_name(l, text, protocol, serves, fault) != 0)
		return -1;
	for (size_t i = before; i < l->count; i++) {
		size_t j = 0;

		while (j < before && !open_names_same(&l->listener[i], &l->listener[j]))
			j++;
		if (j == before)
			l->listener[kept++] = l->listener[i];
	}
	l->count = kept;
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

	if (before->sockets == 0 || *open_port(&at) != 0)
		return false;
	*open_port(&at) = *open_port((struct rd_sockaddr *)&before->bound);
	return rd_listener_open(l, &at, step);
}

/* Of a name's several addresses, one that this host does not have is no fault. */
static bool open_may_lack(const struct rd_listeners *l, size_t i, int error)
{
	bool several = l->listener[i].follows || (i + 1 < l->count && l->listener[i + 1].follows);

	return several && (error == EADDRNOTAVAIL || error == EAFNOSUPPORT);
}

static void open_failed(const struct rd_sockaddr *at, const char *step, struct rd_fault *fault)
{
	char text[RD_ADDRESS_TEXT];

	rd_fault_say(fault, "%s %s: %s", step,
		     rd_address_format(&at->sa, at->len, text, sizeof(text)), strerror(errno));
}

static bool open_one(struct rd_listeners *all, size_t i, struct rd_fault *fault)
{
	struct rd_listener *l = &all->listener[i];
	struct rd_sockaddr at = l->bound;
	const char *step;

	l->timed = all->timed;
	l->shared = all->mains > 1;
	l->passed = all->heritage && rd_heritage_take(all->heritage, l);
	if (l->passed || (l->follows && open_follow(l, l - 1, &step)) ||
	    rd_listener_open(l, &at, &step) || open_may_lack(all, i, errno))
		return true;
	open_failed(&at, step, fault);
	return false;
}

/* All that were passed, in their place: only who has made them can make more that share. */
static void open_take(struct rd_listener *l, struct rd_heritage *heritage, unsigned mains)
{
	char text[RD_ADDRESS_TEXT];

	while (l->sockets < RD_MAINS && rd_heritage_take(heritage, l))
		continue;
	if (l->sockets < mains && l->bound.sa.sa_family != AF_UNIX)
		rd_log_note("%s: of %u mains %u serve there, since so many sockets were passed",
			    rd_address_format(&l->bound.sa, l->bound.len, text, sizeof(text)),
			    mains, l->sockets);
}

/* A socket for each main; of a Unix socket there can be but one. */
static bool open_more(struct rd_listeners *all, struct rd_listener *l, struct rd_fault *fault)
{
	const char *step;

	if (l->passed)
		open_take(l, all->heritage, all->mains);
	while (l->sockets > 0 && l->sockets < all->mains && !l->passed &&
	       l->bound.sa.sa_family != AF_UNIX)
		if (!rd_listener_open_more(l, &step)) {
			open_failed(&l->bound, step, fault);
			return false;
		}
	return true;
}

static char *open_url(const struct rd_listener *l)
{
	bool line = l->protocol == &rd_line || l->protocol == &rd_line_unasked;
	char text[RD_ADDRESS_TEXT], *url = NULL;

	rd_address_format(&l->bound.sa, l->bound.len, text, sizeof(text));
	if (l->bound.sa.sa_family == AF_UNIX || line)
		return strdup(text); /* as replyc takes it */
	return asprintf(&url, "%s://%s/", l->protocol->name, text) < 0 ? NULL : url;
}

/* It is open, or will be that of another that is. */
static bool open_is(const struct rd_listener *l)
{
	return l->sockets > 0 || l->from >= 0;
}

/* Forgets those that this host does not have. */
static void open_compact(struct rd_listeners *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++)
		if (open_is(&l->listener[i]))
			l->listener[kept++] = l->listener[i];
	l->count = kept;
}

static size_t open_sockets(const struct rd_listeners *l)
{
	size_t sockets = 0;

	for (size_t i = 0; i < l->count; i++)
		sockets += l->listener[i].sockets;
	return sockets;
}

static bool open_urls(struct rd_listeners *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->url[i]); /* it may have been open before */
		l->url[i] = open_url(&l->listener[i]);
		if (!l->url[i])
			return false;
	}
	return true;
}

/* Each its first socket, before any has more of those that were passed. */
static bool open_all(struct rd_listeners *l, struct rd_fault *fault)
{
	bool made[RD_LISTENERS] = { false };

	for (size_t i = 0; i < l->count; i++) {
		made[i] = !open_is(&l->listener[i]);
		if (made[i] && !open_one(l, i, fault))
			return false;
	}
	for (size_t i = 0; i < l->count; i++)
		if (made[i] && !open_more(l, &l->listener[i], fault))
			return false;
	return true;
}

int rd_open(struct rd_listeners *l, struct rd_fault *fault)
{
	if (!open_all(l, fault)) {
		rd_open_close(l);
		return -1;
	}
	open_compact(l);
	if (l->count > 0 && open_sockets(l) <= RD_SOCKETS && open_urls(l))
		return 0;
	if (l->count == 0)
		rd_fault_say(fault, "this host has none of the addresses");
	else if (open_sockets(l) > RD_SOCKETS)
		rd_fault_say(fault, "%u mains with %zu addresses: more than %d sockets", l->mains,
			     l->count, RD_SOCKETS);
	else
		rd_fault_say(fault, "no memory");
	rd_open_close(l);
	return -1;
}

/* The first index that no listener of these has. */
static unsigned open_index(const struct rd_listeners *l)
{
	for (unsigned index = 0;; index++) {
		size_t i = 0;

		while (i < l->count &&
		       (!l->listener[i].service || l->listener[i].service->index != index))
			i++;
		if (i == l->count)
			return index;
	}
}

static bool open_limited(const struct rd_listener *l)
{
	return (l->limits.connections || l->limits.rate) &&
	       (l->balancers || l->bound.sa.sa_family != AF_UNIX);
}

int rd_open_services(struct rd_listeners *l, struct rd_generations *all, struct rd_generation *next,
		     struct rd_fault *fault)
{
	for (size_t i = 0; i < l->count; i++) {
		struct rd_listener *one = &l->listener[i];

		if (!one->service)
			one->service = all ? rd_service_new(all, open_index(l))
					   : rd_service_new_fixed(one->serves);
		if (!one->service ||
		    (open_limited(one) && !rd_service_prepare_limits(one->service)))
			return rd_fault_say(fault, "no memory");
		if (all)
			next->serves[one->service->index] = one->serves;
	}
	return 0;
}

/* So many of another will be its own. */
static void open_expect(struct rd_listener *l, unsigned sockets)
{
	while (l->sockets < sockets)
		l->fd[l->sockets++] = -1;
}

void rd_open_keep(struct rd_listeners *next, const struct rd_listeners *now)
{
	bool taken[RD_LISTENERS] = { false };

	for (size_t i = 0; i < next->count; i++) {
		struct rd_listener *l = &next->listener[i];

		for (size_t j = 0; l->from < 0 && j < now->count; j++) {
			if (taken[j] || !rd_address_same(&l->asked, &now->listener[j].asked))
				continue;
			taken[j] = true;
			l->from = (int)j;
			l->lent = now->listener[j].lent;
			l->timed = now->listener[j].timed;
			l->shared = now->listener[j].shared;
			open_expect(l, now->listener[j].sockets);
			l->bound = now->listener[j].bound;
			if (l->protocol != now->listener[j].protocol)
				continue;
			l->service = now->listener[j].service;
			rd_service_take(l->service);
		}
	}
}

void rd_open_close(struct rd_listeners *l)
{
	for (size_t i = 0; i < l->count; i++) {
		rd_listener_close(&l->listener[i], l->listener[i].lent);
		rd_service_drop(l->listener[i].service);
		l->listener[i].service = NULL;
	}
}

void rd_open_free(struct rd_listeners *l)
{
	for (size_t i = 0; i < RD_LISTENERS; i++)
		free(l->url[i]);
}
