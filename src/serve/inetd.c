/*
 * inetd - a connection that is handed to its handler as it is.
 * Thread:  the worker's that holds the connection, as long as the handler does.
 * Never:   reads a byte before the handler has returned.
 */
#include "serve/inetd.h"

#include "app/app.h"
#include "serve/call.h"
#include "serve/line.h"
#include "serve/link.h"

#include <fcntl.h>

struct inetd {
	struct rd_stream s;
	struct replyd_exchange x;
};

static int inetd_descriptor(struct replyd_exchange *x)
{
	const struct inetd *i = x->connection;
	int fd, flags;

	if (!rd_claim_end(&i->s.worker->claim)) /* it is the handler's, whatever its time */
		return -1;
	fd = i->s.conn->transport.fd;
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) != 0)
		return -1;
	return fd;
}

static bool inetd_cancelled(struct replyd_exchange *x)
{
	return rd_link_cancelled(x, false);
}

static const struct rd_link inetd_link = {
	.client = rd_link_client,
	.descriptor = inetd_descriptor,
	.end = rd_link_end,
	.cancelled = inetd_cancelled,
	.cancel_fd = rd_link_cancel_fd,
};

/* What its program would say is not known. */
static enum rd_verdict inetd_refuse(struct rd_conn *conn)
{
	if (conn->reason == CLOSE_NONE)
		conn->reason = CLOSE_OVERLOAD;
	return RD_CLOSE;
}

static enum rd_verdict inetd_advance(struct rd_conn *conn, struct rd_worker *worker)
{
	const struct rd_line_service *service;
	uint64_t wait_us;
	struct inetd i; /* not cleared: it is large, and what is read of it was written before */
	bool mine;

	if (conn->shed) {
		rd_count(&worker->counters, COUNT_SHED_WAIT);
		return inetd_refuse(conn);
	}
	rd_stream_begin(&i.s, conn, worker);
	if (!rd_stream_may_ask(&i.s, &wait_us)) {
		rd_count(&worker->counters, COUNT_LIMITED_RATE);
		conn->reason = CLOSE_LIMIT;
		return rd_stream_end(&i.s, RD_CLOSE, 0, 0);
	}
	service = rd_stream_service(&i.s);
	rd_line_exchange(&i.x, "INETD", service->route);
	i.x.link = &inetd_link;
	i.x.connection = &i;
	rd_call(worker, service->route, &i.x, &mine);
	rd_exchange_end(&i.x);
	if (!mine)
		return rd_stream_end(&i.s, RD_TAKEN, 0, 0);
	rd_count(&worker->counters, COUNT_EXCHANGES);
	conn->exchanges++;
	conn->reason = CLOSE_ANSWERED;
	return rd_stream_end(&i.s, RD_LINGER, 0, 0);
}

/* The handler is late, and has not even asked for the descriptor. */
static enum rd_verdict inetd_take(struct rd_conn *conn, void *turn)
{
	(void)turn;
	conn->reason = CLOSE_LATE;
	return RD_CLOSE;
}

const struct rd_protocol rd_inetd = {
	.name = "inetd",
	.speaks_first = true,
	.advance = inetd_advance,
	.refuse = inetd_refuse,
	.take = inetd_take,
	.release = rd_stream_release,
};
