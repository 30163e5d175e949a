/*
 * notify - what the service manager is told, and what it passes.
 * Thread:  any, but for rd_notify_inherit: main's, before there is another.
 */
#include "config.h"

#include "daemon/notify.h"

#include "base/log.h"
#include "server/server.h"

#include <errno.h>
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

static void notify_inherit(struct replyd *server, int fd, const char *name)
{
	if (!rd_heritage_add(&server->heritage, fd, name, true))
		rd_log("of no use as a socket: descriptor %d, passed as \"%s\": %s", fd, name,
		       strerror(errno));
}

void rd_notify_inherit(struct replyd *server)
{
	char **names = NULL;
	int n = sd_listen_fds_with_names(1, &names);

	if (n < 0)
		rd_log("what was passed cannot be taken: %s", strerror(-n));
	for (int i = 0; i < n; i++) {
		notify_inherit(server, SD_LISTEN_FDS_START + i, names[i]);
		free(names[i]);
	}
	free(names);
}
#else
bool rd_notify_wanted(void)
{
	return false;
}

void rd_notify(const char *format, ...)
{
	(void)format;
}

void rd_notify_inherit(struct replyd *server)
{
	(void)server;
}
#endif
