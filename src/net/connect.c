/*
 * connect - a connection to another server, within a time.
 * Thread:  any, which waits.
 */
#include "net/connect.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

enum { SLICE_US = 100 * 1000 };

static uint64_t connect_left(uint64_t until_us)
{
	uint64_t now = rd_clock_us();

	return until_us > now ? until_us - now : 0;
}

/* Whether `fd` is writable in time; errno says why not. */
static bool connect_wait(int fd, uint64_t until_us, int cancel_fd)
{
	struct pollfd p[] = { { .fd = fd, .events = POLLOUT },
			      { .fd = cancel_fd, .events = POLLIN } };
	int error = 0;
	socklen_t len = sizeof(error);

	while (!p[0].revents) {
		uint64_t left = connect_left(until_us);

		errno = p[1].revents ? ECANCELED : ETIMEDOUT;
		if (p[1].revents || left == 0)
			return false;
		(void)poll(p, 2, (int)(left / 1000 + 1));
	}
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	errno = error;
	return !error;
}

static bool connect_tcp(int fd, const struct rd_sockaddr *to, uint64_t until_us, int cancel_fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, &to->sa, to->len) == 0)
		return true;
	return (errno == EINPROGRESS || errno == EINTR) && connect_wait(fd, until_us, cancel_fd);
}

/* No poll shows when there is room in the backlog: the call itself waits, a while each time. */
static bool connect_backlog(int fd, const struct rd_sockaddr *to, uint64_t until_us, int cancel_fd)
{
	struct pollfd p = { .fd = cancel_fd, .events = POLLIN };

	for (;;) {
		uint64_t left = connect_left(until_us);
		uint64_t us = left < SLICE_US ? left : SLICE_US;
		struct timeval slice = { .tv_usec = (suseconds_t)us };

		if (left == 0)
			errno = ETIMEDOUT;
		else if (cancel_fd >= 0 && poll(&p, 1, 0) > 0)
			errno = ECANCELED;
		else if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &slice, sizeof(slice)) == 0 &&
			 connect(fd, &to->sa, to->len) == 0)
			return true;
		if (errno != EAGAIN && errno != EINTR)
			return false;
	}
}

static bool connect_unix(int fd, const struct rd_sockaddr *to, uint64_t until_us, int cancel_fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (connect_left(until_us) > 0 && connect(fd, &to->sa, to->len) == 0)
		return true;
	if (connect_left(until_us) > 0 && errno != EAGAIN)
		return false;
	return fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0 &&
	       connect_backlog(fd, to, until_us, cancel_fd) && fcntl(fd, F_SETFL, flags) == 0;
}

int rd_connect(const struct rd_sockaddr *to, uint64_t until_us, int cancel_fd)
{
	bool local = to->sa.sa_family == AF_UNIX;
	int fd = socket(to->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

	if (fd < 0)
		return -1;
	if (local ? connect_unix(fd, to, until_us, cancel_fd)
		  : connect_tcp(fd, to, until_us, cancel_fd))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}
