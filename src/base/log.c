/*
 * log - the program's own messages, a line each, on standard error, to syslog or to a file.
 * Thread:  any; a line is written whole.
 * Never:   fails: what is not taken there is lost.
 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 1024 };

/* Where messages go; what is opened stays open. */
static _Atomic enum { TO_STDERR, TO_JOURNAL, TO_SYSLOG, TO_FILE } to;
static const char *file_path;
static int file_fd = -1;

static const struct {
	const char *word;
	int level;
} levels[] = { { "error", LOG_ERR }, { "warning", LOG_WARNING }, { "note", LOG_NOTICE } };
enum { LEVELS = sizeof(levels) / sizeof(*levels) };

static _Atomic unsigned last = LEVELS - 1; /* of the levels that are written */

bool rd_log_set_level(const char *word)
{
	for (unsigned i = 0; i < LEVELS; i++) {
		if (strcmp(levels[i].word, word) != 0)
			continue;
		atomic_store(&last, i);
		return true;
	}
	return false;
}

const char *rd_log_level(void)
{
	return levels[atomic_load(&last)].word;
}

void rd_log_to_syslog(void)
{
	if (atomic_load(&to) == TO_FILE)
		return;
	openlog("replyd", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	atomic_store(&to, TO_SYSLOG);
}

void rd_log_to_journal(void)
{
	atomic_store(&to, TO_JOURNAL);
}

static int log_open_file(void)
{
	return open(file_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

bool rd_log_open(const char *path)
{
	file_path = path;
	file_fd = log_open_file();
	return file_fd >= 0;
}

void rd_log_to_file(void)
{
	if (file_fd >= 0)
		atomic_store(&to, TO_FILE);
}

int rd_log_fd(void)
{
	return file_fd;
}

/* The descriptor stays the same: who writes just now writes to one or the other. */
void rd_log_reopen(void)
{
	int fd = log_open_file();

	if (fd < 0 || dup3(fd, file_fd, O_CLOEXEC) < 0)
		rd_log_error("%s: %s: the log goes on in the file that is open", file_path,
			     strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* What stands before a message. */
static size_t log_begin(char *line, size_t size, int level)
{
	char word[32] = "";
	struct tm tm;
	time_t now;

	switch (atomic_load(&to)) {
	case TO_SYSLOG:
		return 0;
	case TO_JOURNAL:
		snprintf(word, sizeof(word), "<%d>", level & 7);
		break;
	case TO_FILE:
		now = time(NULL);
		strftime(word, sizeof(word), "%FT%TZ ", gmtime_r(&now, &tm));
		break;
	default:
		break;
	}
	return (size_t)snprintf(line, size, "%sreplyd: ", word);
}

static bool log_wants(int level)
{
	return level <= levels[atomic_load_explicit(&last, memory_order_relaxed)].level;
}

static void log_write(int level, char *line, size_t len)
{
	bool to_file = atomic_load(&to) == TO_FILE;

	if (atomic_load(&to) == TO_SYSLOG) {
		syslog(level, "%.*s", (int)len, line);
		return;
	}
	line[len++] = '\n';
	if (write(to_file ? file_fd : STDERR_FILENO, line, len) < 0)
		return;
}

__attribute__((format(printf, 2, 0))) static void log_say(int level, const char *format,
							  va_list args)
{
	char line[ROOM];
	size_t len;
	int n;

	len = log_begin(line, sizeof(line), level);
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

	if (!log_wants(LOG_WARNING))
		return;
	va_start(args, format);
	log_say(LOG_WARNING, format, args);
	va_end(args);
}

void rd_log_error(const char *format, ...)
{
	va_list args;

	if (!log_wants(LOG_ERR))
		return;
	va_start(args, format);
	log_say(LOG_ERR, format, args);
	va_end(args);
}

void rd_log_note(const char *format, ...)
{
	va_list args;

	if (!log_wants(LOG_NOTICE))
		return;
	va_start(args, format);
	log_say(LOG_NOTICE, format, args);
	va_end(args);
}

void rd_log_always(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_say(LOG_NOTICE, format, args);
	va_end(args);
}
