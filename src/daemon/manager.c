/*
 * manager - keeps the service manager told of how the server is.
 * Thread:  one of its own, which waits for the stop; manager_news is of who reloads or stops.
 */
#include "daemon/manager.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/thread.h"
#include "daemon/notify.h"
#include "server/server.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static pthread_t thread;
static bool started;
static int wake_fd = -1;
static _Atomic bool over;

static void manager_wake(void)
{
	uint64_t one = 1;
	int saved = errno;

	MUST(write(wake_fd, &one, sizeof(one)) == sizeof(one));
	errno = saved;
}

static void manager_ready(struct replyd *server, const char *why)
{
	char urls[4096];

	rd_server_urls(server, urls, sizeof(urls));
	rd_notify("READY=1\nSTATUS=Ready on%s%s%s", urls, *why ? "; not reloaded: " : "", why);
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
		manager_ready(server, why);
		break;
	case RD_NEWS_STOPPING:
		manager_wake();
		break;
	}
}

static void *manager_main(void *server)
{
	uint64_t count;

	(void)server;
	MUST(read(wake_fd, &count, sizeof(count)) == sizeof(count));
	if (!atomic_load(&over))
		rd_notify("STOPPING=1\nSTATUS=Stopping: what is in flight comes to its end");
	return NULL;
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
	rd_server_tell(server, manager_news);
	manager_ready(server, "");
	return true;
}

void rd_manager_stop(void)
{
	if (!started)
		return;
	atomic_store(&over, true);
	manager_wake();
	PTH(pthread_join(thread, NULL));
	started = false;
}
