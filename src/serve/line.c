/*
 * line - the line protocol over a connection.
 *
 *     READ --> PERFORM --> FINISH      END: parked or closed
 *
 * Thread:  the worker's that holds the connection.
 * Never:   waits for the client.
 */
#include "serve/line.h"

#include "app/app.h"
#include "base/log.h"
#include "serve/call.h"
#include "serve/link.h"
#include "serve/stream.h"

#include <errno.h>
#include <string.h>

struct line {
	struct rd_stream s;
	const struct rd_line_service *service;
	enum rd_verdict verdict;
	struct replyd_exchange x;
};

static void line_tell(struct line *l, const struct rd_route *route, uint64_t received)
{
	char client[RD_ADDRESS_TEXT];
	struct rd_told told = { .route = route, .received = received };
	struct rd_span text[RECORD_TEXTS];

	if (rd_account_texts(&l->s)) {
		memset(text, 0, sizeof(text));
		text[RECORD_METHOD] = rd_span_of("LINE");
		text[RECORD_CLIENT] = rd_span_of(rd_link_address(&l->s, client));
		told.text = text;
	}
	rd_account_tell(&l->s, &told);
}

static enum rd_verdict line_finish(struct line *l)
{
	l->s.last = true;
	rd_account_replied(&l->s);
	if (rd_stream_flush(&l->s, &l->verdict) == NEXT_END)
		return l->verdict;
	return rd_stream_finish(&l->s);
}

/* Says what is wrong in a line of its own. */
static enum rd_verdict line_refuse(struct line *l, const char *text, enum rd_close_reason reason)
{
	struct rd_body body = { .bytes = text, .file = -1, .left = strlen(text) };

	l->s.conn->reason = reason;
	line_tell(l, NULL, l->s.end - l->s.start);
	rd_output_body(&l->s.out, &body);
	return line_finish(l);
}

static int line_link_send(struct replyd_exchange *x, const char *bytes, size_t len)
{
	struct line *l = x->connection;
	struct iovec iov = { (char *)bytes, len };
	int error;

	if (!rd_link_hold(x))
		return ECANCELED;
	error = rd_stream_send(&l->s, &iov, len > 0, &l->service->spool);
	rd_link_release(x);
	return error;
}

static bool line_link_cancelled(struct replyd_exchange *x)
{
	return rd_link_cancelled(x, false);
}

static const struct rd_link line_link = {
	.client = rd_link_client,
	.send = line_link_send,
	.cancelled = line_link_cancelled,
	.cancel_fd = rd_link_cancel_fd,
	.lost = rd_link_lost,
};

void rd_line_exchange(struct replyd_exchange *x, const char *method, struct rd_route *route)
{
	rd_exchange_begin(x);
	x->head.method = METHOD_UNKNOWN;
	x->head.minor = 0;
	x->head.method_text = rd_span_of(method);
	x->head.target = rd_span_of("/");
	x->head.fields = 0;
	memset(x->head.first, 0, sizeof(x->head.first));
	x->target = (struct rd_target){ .path_len = 1 };
	memcpy(x->path, "/", 2);
	x->route = route;
}

static void line_ask(struct line *l, size_t len)
{
	struct replyd_exchange *x = &l->x;

	rd_line_exchange(x, "LINE", l->service->route);
	x->content = (struct rd_span){ l->s.in + l->s.start, len };
	if (len > 0 && x->content.at[len - 1] == '\r')
		x->content.len--;
	x->content_len = x->content.len;
	x->link = &line_link;
	x->connection = l;
}

/* The handler is done: its reply is all, or as much of it as was sent. */
static enum rd_verdict line_reply(struct line *l, int status)
{
	struct rd_reply *reply = &l->x.reply;
	bool failed = rd_app_fault(&l->x, status) || status;

	if (reply->state == PIECES_SENT && !failed)
		replyd_flush(&l->x);
	if (reply->cut || (failed && reply->state == PIECES_SENT)) {
		l->s.conn->reason = l->s.unkept ? CLOSE_SPOOL : CLOSE_REPLY_FAILED;
		return RD_CLOSE;
	}
	if (failed) {
		rd_reply_reset(reply);
		return line_refuse(l, "error: the request failed\n", CLOSE_ANSWERED);
	}
	if (reply->state == PIECES_KEPT)
		rd_reply_gather(reply);
	if (reply->state == PIECES_SENT) {
		if (!rd_spool_end(&l->s.spool, &l->s.out))
			return RD_CLOSE;
	} else {
		rd_output_body(&l->s.out, &reply->body);
	}
	return line_finish(l);
}

/* Its address asks too often. */
static enum rd_verdict line_limited(struct line *l)
{
	rd_count(&l->s.worker->counters, COUNT_LIMITED_RATE);
	return line_refuse(l, l->service->busy, CLOSE_LIMIT);
}

static enum rd_verdict line_perform(struct line *l, size_t len, size_t used)
{
	enum rd_verdict verdict;
	bool mine;
	uint64_t wait_us;
	int status;

	if (!rd_stream_may_ask(&l->s, &wait_us))
		return line_limited(l);
	if (rd_stream_left(&l->s, false))
		return RD_CLOSE;
	line_ask(l, len);
	rd_account_read(&l->s);
	status = rd_call(l->s.worker, l->service->route, &l->x, &mine);
	if (!mine) { /* what it says now is dropped */
		rd_reply_reset(&l->x.reply);
		rd_exchange_end(&l->x);
		return RD_TAKEN;
	}
	line_tell(l, l->service->route, used);
	rd_count(&l->s.worker->counters, COUNT_EXCHANGES);
	l->s.conn->exchanges++;
	l->s.start += used;
	verdict = line_reply(l, status);
	rd_exchange_end(&l->x);
	return verdict;
}

/* What is there: a whole line, too long a one, or a part. */
static enum rd_verdict line_read(struct line *l)
{
	struct rd_stream *s = &l->s;

	for (;;) {
		size_t len = s->end - s->start;
		const char *lf =
			len > s->seen ? memchr(s->in + s->seen, '\n', len - s->seen) : NULL;
		size_t line = lf ? (size_t)(lf - s->in) : len;

		if (line > RD_LINE_MAX)
			return line_refuse(l, "error: the line is too long\n", CLOSE_BAD_REQUEST);
		if (lf)
			return line_perform(l, line, line + 1);
		if (s->eof && len > 0)
			return line_perform(l, len, len);
		if (s->eof) {
			s->conn->reason = CLOSE_PEER;
			return RD_CLOSE;
		}
		s->seen = len;
		if (s->drained)
			return RD_WANTS_READ;
		if (rd_stream_read(s, &l->verdict) == NEXT_END)
			return l->verdict;
	}
}

/* It waited in vain for a worker. */
static enum rd_verdict line_shed(struct line *l)
{
	rd_count(&l->s.worker->counters, COUNT_SHED_WAIT);
	return line_refuse(l, l->service->busy, CLOSE_OVERLOAD);
}

static enum rd_verdict line_expired(struct line *l)
{
	struct rd_conn *c = l->s.conn;

	if (l->s.last) {
		if (!rd_stream_slow(&l->s, l->service->write_us, l->service->write_rate))
			return line_finish(l);
		c->reason = CLOSE_WRITE_TIMEOUT;
		return RD_CLOSE;
	}
	if (l->s.start == l->s.end) {
		c->reason = CLOSE_SILENT;
		return RD_CLOSE;
	}
	return line_refuse(l, "error: the line was not complete in time\n", CLOSE_HEAD_TIMEOUT);
}

static enum rd_verdict line_turn(struct rd_conn *conn, struct rd_worker *worker,
				 enum rd_verdict (*begin)(struct line *l))
{
	struct line l; /* not cleared: it is large, and what is read of it was written before */
	enum rd_verdict verdict;
	uint64_t until_us = 0;

	rd_stream_begin(&l.s, conn, worker);
	l.service = rd_stream_service(&l.s);
	if (conn->expired)
		verdict = line_expired(&l);
	else if (conn->shed)
		verdict = line_shed(&l);
	else
		verdict = l.s.last ? line_finish(&l) : begin(&l);
	if (verdict == RD_WANTS_READ)
		until_us = conn->accepted_us + l.service->line_us;
	return rd_stream_end(&l.s, verdict, l.service->write_us, until_us);
}

static enum rd_verdict line_advance(struct rd_conn *conn, struct rd_worker *worker)
{
	return line_turn(conn, worker, line_read);
}

static enum rd_verdict line_begin_unasked(struct line *l)
{
	return line_perform(l, 0, 0);
}

static enum rd_verdict line_advance_unasked(struct rd_conn *conn, struct rd_worker *worker)
{
	return line_turn(conn, worker, line_begin_unasked);
}

static enum rd_verdict line_refuse_unread(struct rd_conn *conn)
{
	const struct rd_line_service *service = rd_service_now(conn->service);

	if (conn->reason == CLOSE_DENIED) /* is told nothing */
		return RD_CLOSE;
	return rd_stream_refuse(conn, service->busy, strlen(service->busy));
}

/* The handler is late. */
static enum rd_verdict line_take(struct rd_conn *conn, void *turn)
{
	static const char text[] = "error: the request took too long\n";
	struct iovec iov = { (char *)text, sizeof(text) - 1 };
	struct line *l = turn;

	conn->reason = CLOSE_LATE;
	rd_log("a line's handler is late: %s",
	       l->s.begun ? "its reply is cut off" : "its client is told so");
	line_tell(l, l->service->route, 0);
	if (l->s.begun || !rd_stream_take(&l->s, &iov, 1)) {
		rd_account_broken(&l->s);
		return RD_CLOSE;
	}
	conn->exchanges++;
	return RD_WANTS_WRITE;
}

const struct rd_protocol rd_line = {
	.name = "line",
	.advance = line_advance,
	.refuse = line_refuse_unread,
	.take = line_take,
	.release = rd_stream_release,
};

const struct rd_protocol rd_line_unasked = {
	.name = "line",
	.speaks_first = true,
	.advance = line_advance_unasked,
	.refuse = line_refuse_unread,
	.take = line_take,
	.release = rd_stream_release,
};
