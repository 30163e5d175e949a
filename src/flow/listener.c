/*
 * listener - a listening socket.
 * Thread:  main's; who else looks has a lock that main takes for a change.
 * Owns:    the descriptor, and the name of a Unix socket.
 */
#include "flow/listener.h"

#include "base/clock.h"
#include "base/must.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	BACKLOG = 4096, /* the kernel lowers it to net.core.somaxconn */
	DEFER_S = 1,	/* the kernel may hold a silent client back so long */
};

static void listener_option(int fd, int level, int option, int value)
{
	/* A kernel that lacks one of these serves all the same. */
	if (setsockopt(fd, level, option, &value, sizeof(value)) != 0)
		return;
}

/* Options that every accepted socket inherits from its listener. */
static void listener_options(int fd, int family, const struct rd_listener *l)
{
	bool speaks_first = l->protocol && l->protocol->speaks_first;

	if (family == AF_UNIX)
		return;
	listener_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (l->reuseport)
		listener_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (l->timed)
		listener_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	listener_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	listener_option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, speaks_first ? 0 : DEFER_S);
	if (family == AF_INET6)
		listener_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

void rd_listener_inherit(struct rd_listener *l, struct rd_listener *was, unsigned i)
{
	l->fd[i] = was->fd[i];
	was->fd[i] = -1;
	if (l->bound.sa.sa_family != AF_UNIX)
		listener_option(l->fd[i], IPPROTO_TCP, TCP_DEFER_ACCEPT,
				l->protocol->speaks_first ? 0 : DEFER_S);
}

/* Removes the name of a Unix socket that nobody listens on any more. */
static bool listener_unlink_stale(const struct rd_sockaddr *at)
{
	struct stat st;
	int fd, refused;

	if (lstat(at->un.sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	refused = connect(fd, &at->sa, at->len) != 0 && errno == ECONNREFUSED;
	close(fd);
	return refused && unlink(at->un.sun_path) == 0;
}

static bool listener_bind(int fd, const struct rd_sockaddr *at)
{
	if (bind(fd, &at->sa, at->len) == 0)
		return true;
	if (errno != EADDRINUSE || at->sa.sa_family != AF_UNIX)
		return false;
	if (listener_unlink_stale(at) && bind(fd, &at->sa, at->len) == 0)
		return true;
	errno = EADDRINUSE;
	return false;
}

static bool listener_begin(struct rd_listener *l, int fd, const struct rd_sockaddr *at,
			   const char **step)
{
	listener_options(fd, at->sa.sa_family, l);
	*step = "fchmod"; /* bind makes the name with the mode that the socket has */
	if (l->private && at->sa.sa_family == AF_UNIX && fchmod(fd, 0600) != 0)
		return false;
	*step = "bind";
	if (!listener_bind(fd, at))
		return false;
	l->bind_us = rd_clock_us();
	/* Only now, so that the first one is refused where another server listens already. */
	if (l->shared && at->sa.sa_family != AF_UNIX)
		listener_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	*step = "listen";
	if (listen(fd, BACKLOG) != 0)
		return false;
	l->listen_us = rd_clock_us();
	l->bound.len = sizeof(l->bound.storage);
	return getsockname(fd, &l->bound.sa, &l->bound.len) == 0;
}

bool rd_listener_open(struct rd_listener *l, const struct rd_sockaddr *at, const char **step)
{
	int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, fd, error;

	*step = "socket";
	fd = socket(at->sa.sa_family, type, 0);
	if (fd < 0)
		return false;
	l->socket_us = rd_clock_us();
	if (l->sockets > 0) /* the first one listens there */
		listener_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (listener_begin(l, fd, at, step)) {
		l->fd[l->sockets++] = fd;
		return true;
	}
	error = errno;
	close(fd);
	errno = error;
	return false;
}

bool rd_listener_open_more(struct rd_listener *l, const char **step)
{
	struct rd_sockaddr at = l->bound;

	MUST(l->shared && l->sockets > 0 && l->sockets < RD_MAINS);
	return rd_listener_open(l, &at, step);
}

void rd_listener_adopt(struct rd_listener *l, int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0)
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	listener_options(fd, l->bound.sa.sa_family, l);
	MUST(l->sockets < RD_MAINS);
	l->fd[l->sockets++] = fd;
}

void rd_listener_close_socket(struct rd_listener *l, unsigned i, bool lent)
{
	if (l->fd[i] < 0)
		return;
	if (!lent && l->bound.sa.sa_family == AF_UNIX && l->bound.un.sun_path[0])
		unlink(l->bound.un.sun_path);
	close(l->fd[i]);
	l->fd[i] = -1;
}

void rd_listener_close(struct rd_listener *l, bool lent)
{
	for (unsigned i = 0; i < l->sockets; i++)
		rd_listener_close_socket(l, i, lent);
	l->sockets = 0;
}

int rd_listener_accept(int fd, struct rd_sockaddr *peer)
{
	peer->len = sizeof(peer->storage);
	return accept4(fd, &peer->sa, &peer->len, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/* Of a listener the kernel says these in the place of what they are of a connection. */
bool rd_listener_backlog(const struct rd_listener *l, struct rd_backlog *backlog)
{
	bool known = false;

	*backlog = (struct rd_backlog){ 0, 0 };
	for (unsigned i = 0; i < l->sockets; i++) {
		struct tcp_info info;
		socklen_t len = sizeof(info);

		if (l->fd[i] < 0 || l->bound.sa.sa_family == AF_UNIX ||
		    getsockopt(l->fd[i], IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
			continue;
		backlog->length += info.tcpi_unacked;
		backlog->limit += info.tcpi_sacked;
		known = true;
	}
	return known;
}
