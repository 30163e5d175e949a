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

/* What stands before a message. */
enum { LEVEL = 3, NAME = 8, ROOM = 1024 };

static _Atomic bool to_syslog, to_journal;

void rd_log_to_syslog(void)
{
	openlog("replyd", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	atomic_store(&to_syslog, true);
}

void rd_log_to_journal(void)
{
	atomic_store(&to_journal, true);
}

static void log_write(int level, char *line, size_t len)
{
	size_t from = atomic_load(&to_journal) ? 0 : LEVEL;

	if (atomic_load(&to_syslog)) {
		syslog(level, "%.*s", (int)(len - LEVEL - NAME), line + LEVEL + NAME);
		return;
	}
	line[len++] = '\n';
	if (write(STDERR_FILENO, line + from, len - from) < 0)
		return;
}

static void log_say(int level, const char *format, va_list args)
{
	char line[LEVEL + NAME + ROOM];
	size_t len = LEVEL + NAME;
	int n;

	sprintf(line, "<%d>replyd: ", level & 7);
	n = vsnprintf(line + len, sizeof(line) - len - 1, format, args);
	if (n < 0)
		return;
	len += (size_t)n < sizeof(line) - len - 1 ? (size_t)n : sizeof(line) - len - 2;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 127)
			line[i] = '?';
	log_write(level, line, len);
}

void rd_log(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_say(LOG_WARNING, format, args);
	va_end(args);
}

void rd_log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_say(LOG_ERR, format, args);
	va_end(args);
}

void rd_log_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_say(LOG_NOTICE, format, args);
	va_end(args);
}
