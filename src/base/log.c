/*
 * log - the program's own messages, a line each, on standard error or to syslog.
 * Thread:  any; a line is written whole.
 * Never:   fails: what is not taken there is lost.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

static _Atomic bool to_syslog;

void rd_log_to_syslog(void)
{
	openlog("replyd", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	atomic_store(&to_syslog, true);
}

static void log_write(char *line, size_t len, size_t prefix)
{
	if (atomic_load(&to_syslog)) {
		syslog(LOG_NOTICE, "%.*s", (int)(len - prefix), line + prefix);
		return;
	}
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}

void rd_log(const char *format, ...)
{
	static const char prefix[] = "replyd: ";
	char line[1024];
	size_t len = sizeof(prefix) - 1;
	va_list args;
	int n;

	memcpy(line, prefix, len);
	va_start(args, format);
	n = vsnprintf(line + len, sizeof(line) - len - 1, format, args);
	va_end(args);
	if (n < 0)
		return;
	len += (size_t)n < sizeof(line) - len - 1 ? (size_t)n : sizeof(line) - len - 2;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 127)
			line[i] = '?';
	log_write(line, len, sizeof(prefix) - 1);
}
