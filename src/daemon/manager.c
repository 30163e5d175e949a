/*
 * manager - keeps the service manager told of how the server is.
 * Thread:  one of its own, which waits for the stop; manager_news is of who reloads or stops.
 */
#include "daemon/manager.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/thread.h"
#include "daemon/notify.h"
#include "server/bounds.h"
#include "server/server.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define READY	"READY=1\n"
#define CLIENTS RD_NOTIFY_KEPT "client"

enum { PARTS = 4 }; /* so often in that time it is looked whether the server moves */

static struct rd_legacy legacy;
static uint64_t watchdog_us;
static pthread_t thread;
static bool started;
static int wake_fd = -1;
static _Atomic bool stopping;

static void manager_wake(void)
{
	uint64_t one = 1;
	int saved = errno;

	MUST(write(wake_fd, &one, sizeof(one)) == sizeof(one));
	errno = saved;
}

/* By its address, as far as such a name may have it. */
static void manager_name(const struct rd_sockaddr *at, char *name, size_t size)
{
	char text[RD_ADDRESS_TEXT];

	rd_address_format(&at->sa, at->len, text, sizeof(text));
	for (char *c = text; *c; c++)
		if (*c == ':')
			*c = ' ';
	snprintf(name, size, RD_NOTIFY_KEPT "listener %s", text);
}

static void manager_listener(const struct rd_listener *l, bool open)
{
	char name[RD_HERITAGE_NAME];

	manager_name(&l->bound, name, sizeof(name));
	if (!open)
		rd_notify_forget(name);
	else if (!l->lent)
		rd_notify_keep(name, false, l->fd, l->sockets);
}

static bool manager_listens(const struct rd_listeners *l, const struct rd_sockaddr *at)
{
	for (size_t i = 0; i < l->count; i++)
		if (rd_address_same(&l->listener[i].bound, at))
			return true;
	return false;
}

/* It has what was kept, is to keep what it listens on, and nobody what it does not. */
static void manager_keep(const struct replyd *server)
{
	const struct rd_listeners *l = &server->setup->listeners;
	const struct rd_heritage *h = &server->heritage;

	rd_notify_forget(CLIENTS);
	for (size_t i = 0; i < h->count; i++)
		if (!h->listening[i].lent && !manager_listens(l, &h->listening[i].at))
			rd_notify_forget(h->listening[i].name);
	for (size_t i = 0; i < l->count; i++)
		manager_listener(&l->listener[i], true);
}

static void manager_says(struct replyd *server, const char *first, const char *why)
{
	char urls[4096];

	rd_server_urls(server, urls, sizeof(urls));
	rd_notify("%sSTATUS=Ready on%s%s%s", first, urls, *why ? "; not reloaded: " : "", why);
}

/* A stop may be asked for in the middle of anything, by a signal. */
static void manager_news(struct replyd *server, enum rd_news news, const char *why)
{
	switch (news) {
	case RD_NEWS_RELOADING:
		rd_notify("RELOADING=1\nMONOTONIC_USEC=%llu\nSTATUS=Reloading",
			  (unsigned long long)rd_clock_us());
		break;
	case RD_NEWS_RELOADED:
		manager_says(server, READY, why);
		break;
	case RD_NEWS_STOPPING:
		atomic_store(&stopping, true);
		manager_wake();
		break;
	}
}

static void manager_no_listener(const struct rd_listener *l, bool open)
{
	(void)l;
	(void)open;
}

static const struct rd_watcher telling = { manager_news, manager_no_listener };
static const struct rd_watcher keeping = { manager_news, manager_listener };

/* Until a stop is asked for, or for so long. True: it is. */
static bool manager_wait(uint64_t until_us)
{
	struct pollfd stop = { .fd = wake_fd, .events = POLLIN };
	uint64_t now_us = rd_clock_us();

	if (until_us > now_us)
		poll(&stop, 1, (int)((until_us - now_us + 999) / 1000));
	else
		poll(&stop, 1, 0);
	return stop.revents;
}

/*
 * Says that the server moves, as long as it does. What holds it up is named; when that is over, the
 * status is again what it was.
 */
static void manager_watch(struct replyd *server)
{
	uint64_t part_us = watchdog_us / PARTS, until_us;
	bool stalled = false;

	do {
		enum rd_stall stall;

		until_us = rd_clock_us() + part_us;
		stall = rd_progress_await(server, until_us, wake_fd);
		if (stall == STALL_NONE) {
			rd_notify("WATCHDOG=1");
			if (stalled)
				manager_says(server, "", "");
		} else {
			rd_notify("STATUS=Stalled: %s", rd_stall_word(stall));
		}
		stalled = stall != STALL_NONE;
	} while (!manager_wait(until_us));
}

static void *manager_main(void *server)
{
	uint64_t count;

	if (watchdog_us)
		manager_watch(server);
	MUST(read(wake_fd, &count, sizeof(count)) == sizeof(count));
	if (atomic_load(&stopping))
		rd_notify("STOPPING=1\nSTATUS=Stopping: what is in flight comes to its end");
	return NULL;
}

bool rd_manager_prepare(struct replyd *server)
{
	size_t room = rd_notify_room(); /* first for the sockets that listen */
	size_t sockets = rd_bounds_mains(server, server->setup) > 1 ? RD_SOCKETS : RD_LISTENERS;

	watchdog_us = rd_notify_watchdog_us();
	if (watchdog_us && !rd_progress_prepare(server))
		return false;
	if (room <= sockets)
		return true;
	if (!rd_legacy_init(&legacy, room - sockets))
		return false;
	server->legacy = &legacy;
	return true;
}

bool rd_manager_start(struct replyd *server)
{
	int error;

	if (!rd_notify_wanted())
		return true;
	wake_fd = eventfd(0, EFD_CLOEXEC);
	error = wake_fd < 0 ? errno : rd_thread_start(&thread, 0, manager_main, server);
	errno = error;
	if (error)
		return false;
	started = true;
	atomic_store(&server->watcher, server->legacy ? &keeping : &telling);
	if (server->legacy)
		manager_keep(server);
	manager_says(server, READY, "");
	return true;
}

static void manager_leave(struct replyd *server)
{
	size_t left = rd_legacy_end(server->legacy);

	rd_notify_keep(CLIENTS, true, server->legacy->fd, left);
	rd_notify_flush();
}

void rd_manager_stop(struct replyd *server)
{
	if (!started)
		return;
	manager_wake();
	PTH(pthread_join(thread, NULL));
	started = false;
	rd_progress_end(server);
	if (server->legacy)
		manager_leave(server);
}
