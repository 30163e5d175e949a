/*
 * handover - the listeners of a server that serves go to another process, which serves on.
 * Thread:  one that may wait for a reload; rd_handover_accept is main's, before it serves.
 * Owns:    the copies of the descriptors.
 */
#include "server/handover.h"

#include "base/clock.h"
#include "server/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What the next server is told of it, so that it treats it as this one does. */
static const char *handover_name(const struct rd_heritage *h, const struct rd_listener *l)
{
	const char *lender = rd_heritage_lender(h, &l->bound);
	const struct rd_sockaddr *asked = &l->asked;

	if (lender)
		return lender;
	if ((asked->sa.sa_family == AF_INET && asked->in.sin_port == 0) ||
	    (asked->sa.sa_family == AF_INET6 && asked->in6.sin6_port == 0))
		return RD_HERITAGE_FREE;
	return RD_HERITAGE_OWN;
}

static bool handover_copy_sockets(struct rd_handover *h, const struct rd_listener *l,
				  const char *name, FILE *names)
{
	for (unsigned i = 0; i < l->sockets; i++) {
		int fd = fcntl(l->fd[i], F_DUPFD_CLOEXEC, 0);

		if (fd < 0)
			return false;
		fprintf(names, "%s%s", h->count ? ":" : "", name);
		h->fd[h->count++] = fd;
	}
	return true;
}

static bool handover_copy(struct rd_handover *h, const struct rd_listeners *l,
			  const struct rd_heritage *heritage, FILE *names)
{
	for (size_t i = 0; i < l->count; i++) {
		const char *name = handover_name(heritage, &l->listener[i]);

		if (!handover_copy_sockets(h, &l->listener[i], name, names))
			return false;
	}
	return true;
}

/* What is listened on, while none of it is closed. */
static bool handover_copy_held(struct rd_handover *h, struct rd_changes *changes,
			       const struct rd_listeners *l, const struct rd_heritage *heritage,
			       FILE *names)
{
	bool copied;

	if (l->count == 0)
		return true;
	errno = ESHUTDOWN;
	if (!rd_changes_hold(changes))
		return false;
	copied = handover_copy(h, l, heritage, names);
	rd_changes_release(changes);
	return copied;
}

/* Under the lock. */
static bool handover_copy_all(struct replyd *s, struct rd_handover *h)
{
	size_t size;
	FILE *names = open_memstream(&h->names, &size);
	bool copied;

	if (!names)
		return false;
	copied = handover_copy_held(h, &s->clients.changes, &s->setup->listeners, &s->heritage,
				    names) &&
		 handover_copy_held(h, &s->control.changes, &s->control.listeners, &s->heritage,
				    names);
	h->generation = s->setup->generation.number;
	h->ready_us = (uint64_t)s->setup->setting[SET_UPGRADE_MS] * 1000;
	return fclose(names) == 0 && copied;
}

bool rd_handover_take(struct replyd *s, struct rd_handover *h)
{
	bool taken = false;
	int error;

	*h = (struct rd_handover){ .count = 0 };
	rd_lock_take(&s->reload);
	errno = ESHUTDOWN;
	if (atomic_load(&s->phase) != PHASE_MADE && !rd_mains_stopping(&s->clients))
		taken = handover_copy_all(s, h);
	error = errno;
	rd_lock_drop(&s->reload);
	if (!taken)
		rd_handover_free(h);
	errno = error;
	return taken;
}

void rd_handover_free(struct rd_handover *h)
{
	while (h->count > 0)
		close(h->fd[--h->count]);
	free(h->names);
	h->names = NULL;
}

bool rd_handover_stopping(struct replyd *s)
{
	return rd_server_state(s) == STATE_DRAINING;
}

static void handover_end(struct replyd *s)
{
	uint64_t until_us = rd_clock_us() + (uint64_t)atomic_load(&s->drain_ms) * 1000;

	if (s->control.listeners.count > 0)
		rd_group_hand_over(&s->control.group, until_us);
	rd_mains_hand_over(&s->clients, until_us);
}

enum rd_handover_end rd_handover_give(struct replyd *s, const struct rd_handover *h,
				      bool (*commit)(void *arg), void *arg)
{
	enum rd_handover_end end = RD_HANDOVER_DONE;

	rd_lock_take(&s->reload);
	if (atomic_load(&s->phase) == PHASE_MADE || rd_handover_stopping(s))
		end = RD_HANDOVER_STOPPING;
	else if (s->setup->generation.number != h->generation)
		end = RD_HANDOVER_CHANGED;
	else if (!commit(arg))
		end = RD_HANDOVER_REFUSED;
	else
		handover_end(s);
	rd_lock_drop(&s->reload);
	return end;
}

void rd_handover_accept(struct replyd *s)
{
	struct rd_listeners *l = &s->setup->listeners, *control = &s->control.listeners;

	s->heritage.shared = false;
	rd_heritage_own(&s->heritage, l->listener, l->count);
	rd_heritage_own(&s->heritage, control->listener, control->count);
}
