/*
 * notify - what the service manager is told.
 * Thread:  any.
 */
#include "config.h"

#include "daemon/notify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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
#else
bool rd_notify_wanted(void)
{
	return false;
}

void rd_notify(const char *format, ...)
{
	(void)format;
}
#endif
