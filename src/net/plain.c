/*
 * plain - a transport that is the socket itself.
 * Thread:  the connection's owner.
 * Owns:    the descriptor, until close; what it was told of its ends.
 * Never:   waits, raises SIGPIPE.
 */
#include "net/transport.h"

#include "net/address.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

/* As another says, [enum rd_end]; of a Unix socket the family alone. */
struct told {
	struct told_end {
		uint8_t ip[16];
		uint16_t port;
		bool is_ip;
	} end[2];
};

static enum rd_io plain_failed(void)
{
	switch (errno) {
	case EAGAIN:
		return IO_AGAIN;
	case ECONNRESET:
	case EPIPE:
	case ENOTCONN:
	case ETIMEDOUT:
	case ECONNABORTED:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENETDOWN:
		return IO_RESET;
	default:
		return IO_ERROR;
	}
}

/* recvmsg costs a little more than recv. */
static ssize_t plain_recv_timed(int fd, void *to, size_t size, int64_t *arrived_ns)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct timespec))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { to, size };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT);
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
	struct timespec t;

	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
		memcpy(&t, CMSG_DATA(c), sizeof(t));
		*arrived_ns = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
	}
	return n;
}

static enum rd_io plain_recv(struct rd_transport *t, void *to, size_t size, size_t *got,
			     int64_t *arrived_ns)
{
	ssize_t n;

	do
		n = arrived_ns ? plain_recv_timed(t->fd, to, size, arrived_ns)
			       : recv(t->fd, to, size, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return plain_failed();
	*got = (size_t)n;
	return n > 0 ? IO_OK : IO_EOF;
}

static enum rd_io plain_send(struct rd_transport *t, const struct iovec *iov, int n, bool more,
			     size_t *sent)
{
	int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
	struct msghdr msg = { .msg_iov = (struct iovec *)iov, .msg_iovlen = (size_t)n };
	ssize_t done;

	do
		done = n == 1 ? send(t->fd, iov[0].iov_base, iov[0].iov_len, flags)
			      : sendmsg(t->fd, &msg, flags);
	while (done < 0 && errno == EINTR);
	if (done < 0)
		return plain_failed();
	*sent = (size_t)done;
	return IO_OK;
}

static enum rd_io plain_sendfile(struct rd_transport *t, int file, off_t offset, size_t count,
				 size_t *sent)
{
	ssize_t done;

	do
		done = sendfile(t->fd, file, &offset, count);
	while (done < 0 && errno == EINTR);
	if (done < 0)
		return plain_failed();
	*sent = (size_t)done;
	return done > 0 ? IO_OK : IO_EOF;
}

static size_t plain_queued(struct rd_transport *t)
{
	int bytes;

	return ioctl(t->fd, SIOCOUTQ, &bytes) == 0 ? (size_t)bytes : 0;
}

static void plain_shutdown(struct rd_transport *t)
{
	shutdown(t->fd, SHUT_WR);
}

static void plain_break_off(struct rd_transport *t, bool resets)
{
	struct linger linger = { .l_onoff = resets };

	(void)setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

static bool plain_end(struct rd_transport *t, enum rd_end which, struct rd_sockaddr *at)
{
	const struct told *told = t->state;

	at->len = sizeof(at->storage);
	if (!told)
		return (which == RD_END_PEER ? getpeername : getsockname)(t->fd, &at->sa,
									  &at->len) == 0;
	at->sa.sa_family = AF_UNIX;
	at->len = sizeof(at->sa.sa_family);
	if (told->end[which].is_ip)
		rd_address_make(at, told->end[which].ip, told->end[which].port);
	return true;
}

static void plain_close(struct rd_transport *t)
{
	free(t->state);
	close(t->fd);
}

static const struct rd_transport_ops plain_ops = {
	.recv = plain_recv,
	.send = plain_send,
	.sendfile = plain_sendfile,
	.queued = plain_queued,
	.shutdown = plain_shutdown,
	.break_off = plain_break_off,
	.end = plain_end,
	.close = plain_close,
};

void rd_plain_init(struct rd_transport *t, int fd)
{
	*t = (struct rd_transport){ .ops = &plain_ops, .fd = fd };
}

bool rd_plain_ended(const struct rd_transport *t)
{
	struct pollfd p = { .fd = t->fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) > 0 && p.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

enum rd_io rd_plain_peek(struct rd_transport *t, void *to, size_t size, size_t *got)
{
	ssize_t n;

	do
		n = recv(t->fd, to, size, MSG_DONTWAIT | MSG_PEEK);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return plain_failed();
	*got = (size_t)n;
	return n > 0 ? IO_OK : IO_EOF;
}

static void plain_told(struct told_end *end, const struct rd_sockaddr *at)
{
	end->is_ip = rd_address_ip(at, end->ip);
	if (end->is_ip)
		end->port =
			ntohs(at->sa.sa_family == AF_INET ? at->in.sin_port : at->in6.sin6_port);
}

bool rd_plain_tell(struct rd_transport *t, const struct rd_sockaddr *peer,
		   const struct rd_sockaddr *local)
{
	struct told *told = malloc(sizeof(*told));

	if (!told)
		return false;
	plain_told(&told->end[RD_END_PEER], peer);
	plain_told(&told->end[RD_END_LOCAL], local);
	t->state = told;
	return true;
}
