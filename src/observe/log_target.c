/*
 * log_target - where the lines of the access log go.
 *
 * A file is opened so that nothing waits: where nobody reads a FIFO, it is opened for reading as
 * well. Syslog and the journal take datagrams on a socket each; in the buffer these stand one after
 * the other, each behind its length.
 *
 * Thread:  one; rd_log_target_reopen any.
 * Never:   waits where `stop` says that it is not to.
 */
#include "observe/log_target.h"

#include "base/must.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_MS = 50 }; /* how often `stop` is asked */

static const char *const words[] = {
	[RD_LOG_STDOUT] = "stdout", [RD_LOG_SYSLOG] = "syslog", [RD_LOG_JOURNAL] = "journal"
};

static const char *const sockets[] = {
	[RD_LOG_SYSLOG] = "/dev/log", [RD_LOG_JOURNAL] = "/run/systemd/journal/socket"
};

enum rd_log_kind rd_log_kind(const char *name)
{
	for (enum rd_log_kind i = RD_LOG_STDOUT; i <= RD_LOG_JOURNAL; i++)
		if (strcmp(name, words[i]) == 0)
			return i;
	return RD_LOG_FILE;
}

static bool target_is_socket(const struct rd_log_target *t)
{
	return t->kind == RD_LOG_SYSLOG || t->kind == RD_LOG_JOURNAL;
}

static int target_open_file(const char *path)
{
	int flags = O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int fd = open(path, O_WRONLY | flags, 0640);

	return fd < 0 && errno == ENXIO ? open(path, O_RDWR | flags, 0640) : fd;
}

static bool target_connect(int fd, const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(at.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(at.sun_path, path, strlen(path) + 1);
	return connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
}

static int target_open_socket(const char *path)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

	if (fd < 0 || target_connect(fd, path))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static bool target_open(struct rd_log_target *t, const char *name, const char *socket)
{
	struct stat st;

	t->kind = rd_log_kind(name);
	if (target_is_socket(t))
		name = socket ? socket : sockets[t->kind];
	t->path = strdup(name);
	if (!t->path)
		return false;
	if (target_is_socket(t))
		t->fd = target_open_socket(t->path);
	else if (t->kind == RD_LOG_STDOUT)
		t->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		t->fd = target_open_file(t->path);
	t->waits = t->fd >= 0 && (fstat(t->fd, &st) != 0 || !S_ISREG(st.st_mode));
	return t->fd >= 0;
}

struct rd_log_target *rd_log_target_open(const char *name, const char *socket,
					 struct rd_log_format *format)
{
	struct rd_log_target *t = calloc(1, sizeof(*t));
	int error;

	if (!t)
		return NULL;
	t->fd = -1;
	if (target_open(t, name, socket)) {
		t->format = format;
		return t;
	}
	error = errno;
	rd_log_target_close(t);
	errno = error;
	return NULL;
}

void rd_log_target_close(struct rd_log_target *t)
{
	if (!t)
		return;
	if (t->fd >= 0)
		close(t->fd);
	rd_log_format_free(t->format);
	free(t->path);
	free(t);
}

/* Who writes just now writes to one or the other. */
bool rd_log_target_reopen(struct rd_log_target *t)
{
	int fd, error = 0;

	if (t->kind != RD_LOG_FILE)
		return true;
	fd = target_open_file(t->path);
	if (fd < 0)
		return false;
	if (dup3(fd, t->fd, O_CLOEXEC) < 0)
		error = errno;
	close(fd);
	errno = error;
	return error == 0;
}

bool rd_log_target_has(const struct rd_log_target *t, const char *name)
{
	return t->kind == RD_LOG_JOURNAL || rd_log_format_has(t->format, name);
}

/* RFC 3164, as the C library writes it there. */
static bool target_add_syslog(struct rd_log_target *t, const struct rd_log_entry *entry,
			      struct rd_buffer *to)
{
	time_t now = time(NULL);
	char when[32];
	struct tm tm;

	strftime(when, sizeof(when), "%b %e %T", localtime_r(&now, &tm));
	if (!rd_buffer_print(to, "<%d>%s replyd[%d]: ", LOG_DAEMON | LOG_INFO, when,
			     (int)getpid()) ||
	    !rd_log_format_line(t->format, entry, to))
		return false;
	to->len--; /* a datagram is a line */
	return true;
}

/* The journal's own protocol: fields, a line each. */
static bool target_add_journal(struct rd_log_target *t, const struct rd_log_entry *entry,
			       struct rd_buffer *to)
{
	return rd_buffer_print(to, "PRIORITY=%d\nSYSLOG_IDENTIFIER=replyd\nMESSAGE=", LOG_INFO) &&
	       rd_log_format_line(t->format, entry, to) &&
	       rd_log_format_fields(t->format, entry, "REPLYD_", to);
}

static bool target_add_datagram(struct rd_log_target *t, const struct rd_log_entry *entry,
				struct rd_buffer *to)
{
	size_t at = to->len, len = 0;
	bool added = rd_buffer_add(to, &len, sizeof(len)) &&
		     (t->kind == RD_LOG_SYSLOG ? target_add_syslog(t, entry, to)
					       : target_add_journal(t, entry, to));

	len = to->len - at - sizeof(len);
	if (added)
		memcpy(to->at + at, &len, sizeof(len));
	else
		to->len = at;
	return added;
}

bool rd_log_target_add(struct rd_log_target *t, const struct rd_log_entry *entry,
		       struct rd_buffer *to)
{
	return target_is_socket(t) ? target_add_datagram(t, entry, to)
				   : rd_log_format_line(t->format, entry, to);
}

/* Until it takes something, which may be an error. False: it is to be waited for no longer. */
static bool target_await(const struct rd_log_target *t, bool (*stop)(void *), void *owner)
{
	struct pollfd p = { .fd = t->fd, .events = POLLOUT };

	while (poll(&p, 1, LOOK_MS) <= 0)
		if (stop(owner))
			return false;
	return true;
}

/* How much was taken of it; 0 with the target's error where that is to be given up. */
static size_t target_give(struct rd_log_target *t, const char *at, size_t len, bool (*stop)(void *),
			  void *owner)
{
	ssize_t n = -1;

	while (n < 0) {
		if (t->waits && !target_await(t, stop, owner)) {
			t->error = EAGAIN;
			return 0;
		}
		if (target_is_socket(t))
			n = send(t->fd, at, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		else /* so much a pipe takes whole where it takes anything */
			n = write(t->fd, at, t->waits && len > PIPE_BUF ? PIPE_BUF : len);
		if (n < 0 && errno == EAGAIN)
			t->waits = true;
		else if (n < 0 && errno != EINTR)
			break;
	}
	t->error = n < 0 ? errno : 0;
	return n < 0 ? 0 : (size_t)n;
}

static uint64_t target_lines(const char *at, size_t len)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += at[i] == '\n';
	return lines;
}

static uint64_t target_write_lines(struct rd_log_target *t, const char *at, size_t len,
				   bool (*stop)(void *), void *owner)
{
	size_t n = t->torn ? target_give(t, "\n", 1, stop, owner) : 1;

	t->torn = n == 0;
	while (len > 0 && n > 0) {
		n = target_give(t, at, len, stop, owner);
		at += n;
		len -= n;
		if (n > 0)
			t->torn = at[-1] != '\n';
	}
	return target_lines(at, len);
}

/* Who listens there may be another one by now. */
static bool target_send(struct rd_log_target *t, const char *at, size_t len, bool (*stop)(void *),
			void *owner)
{
	if (target_give(t, at, len, stop, owner) > 0)
		return true;
	if (t->error != ECONNREFUSED && t->error != ENOTCONN && t->error != ECONNRESET)
		return false;
	return target_connect(t->fd, t->path) && target_give(t, at, len, stop, owner) > 0;
}

static uint64_t target_write_datagrams(struct rd_log_target *t, const char *at, size_t left,
				       bool (*stop)(void *), void *owner)
{
	uint64_t lost = 0;
	int error = 0;
	size_t len;

	for (; left > 0; at += len, left -= sizeof(len) + len) {
		MUST(left > sizeof(len));
		memcpy(&len, at, sizeof(len));
		at += sizeof(len);
		if (error != EAGAIN && target_send(t, at, len, stop, owner))
			continue;
		if (error != EAGAIN) /* else none is waited for any more */
			error = t->error;
		lost++;
	}
	t->error = error;
	return lost;
}

uint64_t rd_log_target_write(struct rd_log_target *t, struct rd_buffer *from,
			     bool (*stop)(void *owner), void *owner)
{
	uint64_t lost;

	if (from->len == 0)
		return 0;
	lost = target_is_socket(t) ? target_write_datagrams(t, from->at, from->len, stop, owner)
				   : target_write_lines(t, from->at, from->len, stop, owner);
	from->len = 0;
	return lost;
}
