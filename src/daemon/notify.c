/*
 * notify - what the service manager is told.
 * Thread:  any.
 */
#include "config.h"

#include "daemon/notify.h"

#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>

bool rd_notify_wanted(void)
{
	return getenv("NOTIFY_SOCKET") != NULL;
}

void rd_notify(const char *format, ...)
{
	char text[8192];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	sd_notify(0, text);
}

enum {
	ROOM_MOST = 65536,
	AT_ONCE = 250, /* descriptors in a message; the kernel takes 253 */
	FLUSH_US = 5 * 1000 * 1000,
};

uint64_t rd_notify_watchdog_us(void)
{
	uint64_t us;
	bool watched = sd_watchdog_enabled(0, &us) > 0;

	unsetenv("WATCHDOG_PID"); /* it holds for a program that takes over, too */
	return watched ? us : 0;
}

size_t rd_notify_room(void)
{
	const char *said = rd_notify_wanted() ? getenv("FDSTORE") : NULL;
	unsigned long room = said ? strtoul(said, NULL, 10) : 0;

	return room < ROOM_MOST ? room : ROOM_MOST;
}

void rd_notify_keep(const char *name, bool watched, const int *fd, size_t n)
{
	char text[512];

	snprintf(text, sizeof(text), "FDSTORE=1\nFDNAME=%s%s", name, watched ? "" : "\nFDPOLL=0");
	for (size_t i = 0; i < n; i += AT_ONCE) {
		size_t some = n - i < AT_ONCE ? n - i : AT_ONCE;
		int sent = sd_pid_notify_with_fds(0, 0, text, fd + i, (unsigned)some);

		if (sent < 0)
			rd_log("%s: %zu are not kept: %s", name, some, strerror(-sent));
	}
}

void rd_notify_forget(const char *name)
{
	rd_notify("FDSTOREREMOVE=1\nFDNAME=%s", name);
}

void rd_notify_flush(void)
{
	int flushed = sd_notify_barrier(0, FLUSH_US);

	if (flushed < 0)
		rd_log("the service manager does not answer: %s", strerror(-flushed));
}
#else
bool rd_notify_wanted(void)
{
	return false;
}

uint64_t rd_notify_watchdog_us(void)
{
	return 0;
}

size_t rd_notify_room(void)
{
	return 0;
}

void rd_notify_keep(const char *name, bool watched, const int *fd, size_t n)
{
	(void)name;
	(void)watched;
	(void)fd;
	(void)n;
}

void rd_notify_forget(const char *name)
{
	(void)name;
}

void rd_notify_flush(void)
{
}

void rd_notify(const char *format, ...)
{
	(void)format;
}
#endif
