/*
 * listening - the listeners that main has.
 * Thread:  main's; rd_listening_backlog is anyone's.
 * Owns:    each listener from its change, or the start, until it is closed here.
 * Never:   looks at a client.
 */
#include "flow/listening.h"

#include "flow/entrance.h"

#include <errno.h>

enum { LAST_ACCEPTS = 4096 }; /* of what the kernel holds when a listener ends */

static bool listening_epoll(struct rd_acceptor *a, int op, int fd, uint32_t events, uint64_t tag)
{
	struct epoll_event event = { .events = events, .data.u64 = tag };

	return epoll_ctl(a->slots->epoll_fd, op, fd, &event) == 0;
}

static uint64_t listening_tag(size_t place, unsigned socket)
{
	return RD_TAG_LISTENER | (uint64_t)socket << 16 | place;
}

struct rd_listener *rd_listening_of(const struct rd_acceptor *a, uint64_t tag, unsigned *socket)
{
	*socket = tag >> 16 & 0xffff;
	return &a->listener[tag & 0xffff];
}

bool rd_listening_begin(struct rd_acceptor *a)
{
	if (!listening_epoll(a, EPOLL_CTL_ADD, a->slots->wake_fd, EPOLLIN, RD_TAG_WAKE))
		return false;
	for (size_t i = 0; i < a->listeners; i++) {
		const struct rd_listener *l = &a->listener[i];

		if (l->service)
			rd_service_set_limits(l->service, &l->limits);
		for (unsigned k = a->main; k < l->sockets; k += a->mains)
			if (!listening_epoll(a, EPOLL_CTL_ADD, l->fd[k], EPOLLIN,
					     listening_tag(i, k)))
				return false;
	}
	return true;
}

void rd_listening_poll(struct rd_acceptor *a, bool on, uint64_t until_us)
{
	a->paused = !on;
	a->paused_us = until_us;
	for (size_t i = 0; i < a->listeners; i++) {
		const struct rd_listener *l = &a->listener[i];

		for (unsigned k = a->main; k < l->sockets; k += a->mains)
			if (l->fd[k] >= 0)
				listening_epoll(a, EPOLL_CTL_MOD, l->fd[k], on ? EPOLLIN : 0,
						listening_tag(i, k));
	}
}

static void listening_end_socket(struct rd_acceptor *a, struct rd_listener *l, unsigned k)
{
	bool handed = atomic_load(&a->handed);

	if (l->fd[k] < 0)
		return;
	if (!handed && !a->paused)
		rd_entrance_accept(a, l, l->fd[k], LAST_ACCEPTS);
	listening_epoll(a, EPOLL_CTL_DEL, l->fd[k], 0, 0);
	rd_lock_take(a->listening);
	rd_listener_close_socket(l, k, l->lent || handed || a->slots->legacy);
	rd_lock_drop(a->listening);
}

void rd_listening_end(struct rd_acceptor *a, struct rd_listener *l)
{
	for (unsigned k = a->main; k < l->sockets; k += a->mains)
		listening_end_socket(a, l, k);
}

static bool listening_watch_one(struct rd_acceptor *a, const struct rd_listener *l, size_t place)
{
	for (unsigned k = a->main; k < l->sockets; k += a->mains)
		if (!listening_epoll(a, EPOLL_CTL_ADD, l->fd[k], 0, listening_tag(place, k)))
			return false;
	return true;
}

bool rd_listening_watch(struct rd_acceptor *a, const struct rd_change *c)
{
	for (size_t i = 0; i < c->listeners; i++) {
		int error;

		if (c->listener[i].from >= 0 || listening_watch_one(a, &c->listener[i], i))
			continue;
		error = errno;
		rd_listening_forget(a, c);
		errno = error;
		return false;
	}
	return true;
}

void rd_listening_forget(struct rd_acceptor *a, const struct rd_change *c)
{
	for (size_t i = 0; i < c->listeners; i++) {
		const struct rd_listener *l = &c->listener[i];

		for (unsigned k = a->main; l->from < 0 && k < l->sockets; k += a->mains)
			listening_epoll(a, EPOLL_CTL_DEL, l->fd[k], 0, 0);
	}
}

/* From those at the same address. */
static void listening_inherit(struct rd_acceptor *a, const struct rd_change *c)
{
	rd_lock_take(a->listening);
	for (size_t i = 0; i < c->listeners; i++) {
		struct rd_listener *l = &c->listener[i];

		for (unsigned k = a->main; l->from >= 0 && k < l->sockets; k += a->mains)
			rd_listener_inherit(l, &a->listener[l->from], k);
	}
	rd_lock_drop(a->listening);
}

void rd_listening_change(struct rd_acceptor *a, const struct rd_change *c)
{
	struct rd_listener *was = a->listener;
	bool ended = false;

	listening_inherit(a, c);
	for (size_t i = 0; i < a->listeners; i++) {
		rd_listening_end(a, &was[i]);
		ended = ended || !rd_change_keeps(c, was[i].service);
	}
	a->listener = c->listener;
	a->listeners = c->listeners;
	rd_listening_poll(a, !a->paused, a->paused_us);
	if (ended)
		rd_acceptor_stir(a);
}

bool rd_listening_backlog(struct rd_acceptor *a, const struct rd_listener *l,
			  struct rd_backlog *backlog)
{
	bool known;

	rd_lock_take(a->listening);
	known = rd_listener_backlog(l, backlog);
	rd_lock_drop(a->listening);
	return known;
}
