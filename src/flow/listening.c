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

static void listening_set_limits(struct rd_acceptor *a)
{
	for (size_t i = 0; i < a->listeners; i++)
		if (a->listener[i].service)
			rd_service_set_limits(a->listener[i].service, &a->listener[i].limits);
}

bool rd_listening_begin(struct rd_acceptor *a)
{
	listening_set_limits(a);
	if (!listening_epoll(a, EPOLL_CTL_ADD, a->slots->wake_fd, EPOLLIN, RD_TAG_WAKE))
		return false;
	for (size_t i = 0; i < a->listeners; i++)
		if (!listening_epoll(a, EPOLL_CTL_ADD, a->listener[i].fd, EPOLLIN,
				     RD_TAG_LISTENER | i))
			return false;
	return true;
}

void rd_listening_poll(struct rd_acceptor *a, bool on, uint64_t until_us)
{
	a->paused = !on;
	a->paused_us = until_us;
	for (size_t i = 0; i < a->listeners; i++)
		if (a->listener[i].fd >= 0)
			listening_epoll(a, EPOLL_CTL_MOD, a->listener[i].fd, on ? EPOLLIN : 0,
					RD_TAG_LISTENER | i);
}

void rd_listening_end(struct rd_acceptor *a, struct rd_listener *l)
{
	bool handed = atomic_load(&a->handed);

	if (l->fd < 0)
		return;
	if (!handed && !a->paused)
		rd_entrance_accept(a, l, LAST_ACCEPTS);
	listening_epoll(a, EPOLL_CTL_DEL, l->fd, 0, 0);
	rd_lock_take(&a->listening);
	rd_listener_close(l, l->lent || handed || a->slots->legacy);
	rd_lock_drop(&a->listening);
}

/* Has the kernel watch the new ones. False with errno, and it watches none of them. */
static bool listening_watch(struct rd_acceptor *a, const struct rd_change *c)
{
	for (size_t i = 0; i < c->listeners; i++) {
		const struct rd_listener *l = &c->listener[i];
		int error;

		if (l->from >= 0 ||
		    listening_epoll(a, EPOLL_CTL_ADD, l->fd, 0, RD_TAG_LISTENER | i))
			continue;
		error = errno;
		while (i-- > 0)
			if (c->listener[i].from < 0)
				listening_epoll(a, EPOLL_CTL_DEL, c->listener[i].fd, 0, 0);
		errno = error;
		return false;
	}
	return true;
}

static void listening_inherit(struct rd_acceptor *a, const struct rd_change *c)
{
	rd_lock_take(&a->listening);
	for (size_t i = 0; i < c->listeners; i++) {
		struct rd_listener *l = &c->listener[i];

		if (l->from >= 0)
			rd_listener_inherit(l, &a->listener[l->from]);
	}
	rd_lock_drop(&a->listening);
}

/* The old ones' services end before the generation changes, and it before a new one accepts. */
static void listening_exchange(struct rd_acceptor *a, const struct rd_change *c)
{
	struct rd_listener *was = a->listener;
	bool ended = false;

	for (size_t i = 0; i < a->listeners; i++) {
		if (rd_change_keeps(c, was[i].service))
			continue;
		rd_service_end(was[i].service);
		ended = true;
	}
	rd_generations_put(c->generations, c->next);
	listening_inherit(a, c);
	for (size_t i = 0; i < a->listeners; i++) {
		rd_listening_end(a, &was[i]);
		rd_service_drop(was[i].service);
		was[i].service = NULL;
	}
	a->listener = c->listener;
	a->listeners = c->listeners;
	listening_set_limits(a);
	rd_listening_poll(a, !a->paused, a->paused_us);
	if (ended)
		rd_acceptor_stir(a);
}

bool rd_listening_change(struct rd_acceptor *a, const struct rd_change *c)
{
	if (!listening_watch(a, c))
		return false;
	listening_exchange(a, c);
	return true;
}

bool rd_listening_backlog(struct rd_acceptor *a, const struct rd_listener *l,
			  struct rd_backlog *backlog)
{
	bool known;

	rd_lock_take(&a->listening);
	known = rd_listener_backlog(l, backlog);
	rd_lock_drop(&a->listening);
	return known;
}
