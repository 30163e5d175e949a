/*
 * http_link - what an exchange asks of its HTTP connection while its handler runs: a body that is
 * read as it comes, a reply that is sent as it is written, and whether the client is there.
 * Thread:  the worker's that runs the handler.
 * Owns:    nothing; bodies are the stream's intake, replies its spool.
 * Never:   waits, but for the body of a route that streams it.
 */
#include "app/app.h"
#include "base/clock.h"
#include "serve/detach.h"
#include "serve/http.h"
#include "serve/intake.h"
#include "serve/link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { FED = 32 * 1024 }; /* bytes of a streamed body that are decoded at once */

/* Until more of the body is there. 0 or an error number. */
static int http_await(struct rd_http *h)
{
	struct rd_stream *s = &h->s;
	struct pollfd p = { .fd = s->conn->transport.fd, .events = POLLIN };
	enum rd_verdict verdict = RD_WANTS_READ;

	if (s->intake->received == 0)
		rd_http_continue(h);
	if (rd_stream_flush(s, &verdict) == NEXT_END && verdict == RD_CLOSE)
		return ECONNRESET;
	while (!s->eof) {
		uint64_t until, now;

		/* Whether there is more or not: who sends without a pause has no more time. */
		if (h->x.deadline_us && rd_clock_us() >= h->x.deadline_us)
			return ETIMEDOUT;
		until = rd_http_body_until(h);
		if (h->x.deadline_us && h->x.deadline_us < until)
			until = h->x.deadline_us;
		if (rd_stream_read(s, &verdict) == NEXT_GO && !s->eof)
			return 0;
		now = s->worker->now_us = rd_clock_us();
		if (s->eof || verdict != RD_WANTS_READ)
			break;
		if (now >= until || p.fd < 0)
			return ETIMEDOUT;
		(void)poll(&p, 1, (int)((until - now + 999) / 1000));
	}
	return ECONNRESET;
}

static int http_read_error(int status)
{
	switch (status) {
	case 413:
		return EFBIG;
	case 500:
	case 503:
	case 507:
		return EIO;
	default:
		return EPROTO;
	}
}

/* Decodes more of the body into the intake's store. 0 or an error number. */
static int http_feed(struct rd_http *h)
{
	struct rd_stream *s = &h->s;
	struct rd_intake *i = s->intake;
	size_t len, used;
	int error = s->start < s->end ? 0 : http_await(h), done;

	if (error)
		return error;
	len = s->end - s->start;
	i->store.memory.len = i->store.len = 0; /* it was all read */
	h->x.content_read = 0;
	done = rd_intake_feed(i, s->in + s->start, len < FED ? len : FED, &h->service->place,
			      &used);
	s->start += used;
	i->complete = done > 0;
	return done < 0 ? http_read_error(-done) : 0;
}

static ssize_t http_read_on(struct replyd_exchange *x, void *to, size_t size)
{
	struct rd_http *h = x->connection;
	struct rd_intake *i = h->s.intake;
	size_t n;

	while (x->content_read == i->store.memory.len) {
		if (i->complete)
			return 0;
		if (!i->broken)
			i->broken = http_feed(h);
		if (i->broken) {
			errno = i->broken;
			return -1;
		}
	}
	n = i->store.memory.len - x->content_read;
	n = n < size ? n : size;
	memcpy(to, i->store.memory.at + x->content_read, n);
	x->content_read += n;
	return (ssize_t)n;
}

static ssize_t http_link_read(struct replyd_exchange *x, void *to, size_t size)
{
	ssize_t n;

	if (!rd_link_hold(x)) {
		errno = ECANCELED;
		return -1;
	}
	n = http_read_on(x, to, size);
	rd_link_release(x);
	return n;
}

/*
 * Before the first piece: the head, with which the length of the reply is given up. False: the
 * reply has a fault, and nothing was sent.
 */
static bool http_link_begin(struct rd_http *h)
{
	struct rd_reply *reply = &h->x.reply;

	if (h->x.route && !reply->raw)
		rd_app_fields(&h->x);
	if (!reply->raw)
		rd_http_identify(h);
	if (reply->fault)
		return false;
	reply->state = PIECES_SENT;
	h->status = reply->status;
	rd_http_decide_last(h);
	if (reply->raw || h->x.head.minor == 0) {
		h->s.last = true;
		rd_stream_unended(&h->s);
	}
	if (!reply->raw)
		rd_http_head(h);
	return true;
}

static int http_send_on(struct replyd_exchange *x, const char *bytes, size_t len)
{
	struct rd_http *h = x->connection;
	const struct rd_reply *reply = &x->reply;
	char size[24];
	struct iovec iov[] = { { size, 0 }, { (char *)bytes, len }, { (char *)"\r\n", 2 } };

	if (reply->state != PIECES_SENT && !http_link_begin(h))
		return EINVAL;
	if (!reply->raw && !rd_reply_has_body(x->head.method, reply->status))
		len = 0;
	if (len > 0 && rd_reply_chunked(reply, x->head.minor)) {
		iov[0].iov_len = (size_t)snprintf(size, sizeof(size), "%zx\r\n", len);
		return rd_stream_send(&h->s, iov, 3, &h->service->spool);
	}
	return rd_stream_send(&h->s, &iov[1], len > 0, &h->service->spool);
}

static int http_link_send(struct replyd_exchange *x, const char *bytes, size_t len)
{
	int error;

	if (!rd_link_hold(x))
		return ECANCELED;
	error = http_send_on(x, bytes, len);
	rd_link_release(x);
	return error;
}

static uint64_t http_link_unsent(struct replyd_exchange *x)
{
	struct rd_http *h = x->connection;
	uint64_t unsent;

	if (!rd_link_hold(x))
		return 0;
	unsent = h->s.out.len - h->s.out.sent + rd_spool_left(&h->s.spool);
	rd_link_release(x);
	return unsent;
}

static bool http_link_cancelled(struct replyd_exchange *x)
{
	return rd_link_cancelled(x, x->head.minor > 0 && x->reply.state != PIECES_SENT);
}

static struct replyd_exchange *http_link_detach(struct replyd_exchange *x)
{
	struct replyd_exchange *own;

	if (!rd_link_hold(x)) {
		errno = ECANCELED;
		return NULL;
	}
	own = rd_detach(x->connection);
	rd_link_release(x);
	return own;
}

const struct rd_link rd_http_link = {
	.client = rd_link_client,
	.peer = rd_link_peer,
	.server = rd_link_server,
	.read = http_link_read,
	.send = http_link_send,
	.unsent = http_link_unsent,
	.cancelled = http_link_cancelled,
	.cancel_fd = rd_link_cancel_fd,
	.detach = http_link_detach,
	.lost = rd_link_lost,
};

enum rd_http_step rd_http_pieces_end(struct rd_http *h)
{
	static struct iovec last = { (char *)"0\r\n\r\n", 5 };
	const struct rd_reply *reply = &h->x.reply;
	int error = 0;

	if (!reply->cut && rd_reply_chunked(reply, h->x.head.minor) &&
	    rd_reply_has_body(h->x.head.method, reply->status))
		error = rd_stream_send(&h->s, &last, 1, &h->service->spool);
	if (error == 0 && !reply->cut && rd_spool_end(&h->s.spool, &h->s.out))
		return STEP_SEND;
	h->s.conn->reason = h->s.unkept ? CLOSE_SPOOL : CLOSE_REPLY_FAILED;
	h->verdict = RD_CLOSE;
	return STEP_END;
}
