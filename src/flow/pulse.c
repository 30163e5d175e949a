/*
 * pulse - proof that connections move: a connection of the server with itself.
 * Thread:  a worker's in pulse_advance; the others are for one that watches.
 * Owns:    the near end.
 */
#include "flow/pulse.h"

#include "base/must.h"
#include "flow/conn.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* Also of one that has waited too long: that it got here is all that it has to show. */
static enum rd_verdict pulse_advance(struct rd_conn *c, struct rd_worker *w)
{
	char beats[16];
	struct iovec back = { .iov_base = beats };
	size_t sent;
	enum rd_io io;

	(void)w;
	c->deadline_us = 0;
	c->reason = CLOSE_PEER;
	while ((io = rd_transport_recv(&c->transport, beats, sizeof(beats), &back.iov_len)) ==
	       IO_OK)
		if (rd_transport_send(&c->transport, &back, 1, false, &sent) != IO_OK)
			return RD_CLOSE;
	return io == IO_AGAIN && !rd_conn_draining(c) ? RD_WANTS_READ : RD_CLOSE;
}

static enum rd_verdict pulse_refuse(struct rd_conn *c)
{
	(void)c;
	return RD_CLOSE;
}

const struct rd_protocol rd_pulse = {
	.name = "pulse",
	.advance = pulse_advance,
	.refuse = pulse_refuse,
};

bool rd_pulse_init(struct rd_pulse *p)
{
	int fd[2];

	*p = (struct rd_pulse){ .near = -1, .far = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd) != 0)
		return false;
	p->near = fd[0];
	p->far = fd[1];
	return true;
}

void rd_pulse_fini(struct rd_pulse *p)
{
	if (p->near >= 0)
		close(p->near);
	p->near = -1;
}

void rd_pulse_beat(struct rd_pulse *p)
{
	if (p->beating || p->ended)
		return;
	p->beating = send(p->near, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
	p->ended = !p->beating;
}

bool rd_pulse_back(struct rd_pulse *p)
{
	char beat;
	ssize_t n;

	if (!p->beating)
		return true;
	n = recv(p->near, &beat, 1, MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return false;
	p->beating = false;
	p->ended = n != 1;
	return true;
}
