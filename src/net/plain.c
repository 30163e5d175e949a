/*
 * plain - a transport that is the socket itself.
 * Thread:  the connection's owner.
 * Owns:    the descriptor, until close.
 * Never:   waits, raises SIGPIPE.
 */
#include "net/transport.h"

#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

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

static enum rd_io plain_recv(struct rd_transport *t, void *to, size_t size, size_t *got)
{
	ssize_t n;

	do
		n = recv(t->fd, to, size, MSG_DONTWAIT);
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

static void plain_close(struct rd_transport *t)
{
	close(t->fd);
}

static const struct rd_transport_ops plain_ops = {
	.recv = plain_recv,
	.send = plain_send,
	.sendfile = plain_sendfile,
	.queued = plain_queued,
	.shutdown = plain_shutdown,
	.break_off = plain_break_off,
	.close = plain_close,
};

void rd_plain_init(struct rd_transport *t, int fd)
{
	*t = (struct rd_transport){ .ops = &plain_ops, .fd = fd };
}
