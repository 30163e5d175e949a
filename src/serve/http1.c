/*
 * http1 - HTTP/1.1 and 1.0 over a connection.
 *
 *     READ --> PARSE --> PERFORM --> REPLY --> PARSE ...
 *     SEND --> PARSE      what was left of an earlier reply has gone
 *     PARSE --> READ      more is needed
 *     PARSE --> REPLY     refused
 *     REPLY --> FINISH    it was the last
 *     any   --> END       the turn is over: parked, given back, or closed
 *
 * Replies to requests that came together leave together: they are sent when the worker's buffer
 * fills, and before it waits for more.
 *
 * Thread:  the worker's that holds the connection.
 * Never:   waits for the client.
 */
#include "serve/http1.h"

#include "app/exchange.h"
#include "base/clock.h"
#include "codec/date.h"
#include "serve/call.h"
#include "serve/stream.h"

#include <string.h>

enum { TURN_REQUESTS = 64 }; /* answered before others have their turn */

enum step { STEP_SEND, STEP_READ, STEP_PARSE, STEP_PERFORM, STEP_REPLY, STEP_FINISH, STEP_END };

struct http {
	struct rd_stream s;
	const struct rd_http_service *service;
	enum rd_verdict verdict; /* of STEP_END */
	unsigned answered;	 /* in this turn */
	struct rd_exchange x;
};

/* The date of this second, made once. */
static const char *http_date(void)
{
	static _Thread_local int64_t second = -1;
	static _Thread_local char text[RD_DATE_SIZE];
	int64_t now = rd_clock_wall_s();

	if (now != second) {
		rd_date_format(now, text);
		second = now;
	}
	return text;
}

static enum step http_end(struct http *h, enum rd_verdict verdict)
{
	h->verdict = verdict;
	return STEP_END;
}

/* The reply is an error's page, and nothing that follows is read as a request. */
static enum step http_refuse(struct http *h, int status, enum rd_close_reason reason)
{
	rd_reply_begin(&h->x.reply);
	rd_reply_page(&h->x.reply, status);
	h->s.last = true;
	h->s.conn->reason = reason;
	return STEP_REPLY;
}

/* All input is used up. */
static enum step http_read(struct http *h)
{
	struct rd_stream *s = &h->s;

	if (s->drained && rd_stream_flush(s, &h->verdict) == NEXT_END)
		return STEP_END;
	if (s->drained && !s->eof)
		return http_end(h, RD_WANTS_READ);
	if (!s->eof && rd_stream_read(s, &h->verdict) == NEXT_END) {
		if (h->verdict == RD_WANTS_READ)
			rd_stream_flush(s, &h->verdict);
		return STEP_END;
	}
	if (!s->eof)
		return STEP_PARSE;
	if (rd_stream_flush(s, &h->verdict) == NEXT_END)
		return STEP_END;
	s->conn->reason = s->start == s->end ? CLOSE_PEER : CLOSE_PEER_CUT;
	return http_end(h, RD_CLOSE);
}

static enum step http_send(struct http *h)
{
	if (rd_stream_flush(&h->s, &h->verdict) == NEXT_END)
		return STEP_END;
	return h->s.last ? STEP_FINISH : STEP_PARSE;
}

static enum step http_finish(struct http *h)
{
	if (rd_stream_flush(&h->s, &h->verdict) == NEXT_END)
		return STEP_END;
	return http_end(h, rd_stream_finish(&h->s));
}

/* A head that was not complete can be so now only if a line has ended, or a limit is near. */
static bool http_worth_parsing(const struct rd_stream *s)
{
	size_t len = s->end - s->start;

	if (s->seen == 0)
		return len > 0;
	return len > 4096 || memchr(s->in + s->start + s->seen, '\n', len - s->seen);
}

/* Is there room behind what is on its way for the next reply's head? */
static bool http_has_room(const struct rd_output *out)
{
	return out->body.left == 0 && out->size - out->len >= RD_REPLY_HEAD;
}

static enum step http_parse(struct http *h)
{
	struct rd_stream *s = &h->s;
	size_t len = s->end - s->start;
	bool rest = h->answered == TURN_REQUESTS && len > 0;
	int n;

	if (rest || !http_has_room(&s->out))
		if (rd_stream_flush(s, &h->verdict) == NEXT_END)
			return STEP_END;
	if (rest)
		return http_end(h, RD_MORE);
	if (!http_worth_parsing(s))
		return STEP_READ;
	n = rd_head_parse(s->in + s->start, len, &h->service->limits, &h->x.head);
	s->seen = n == 0 ? len : 0;
	if (n == 0)
		return STEP_READ;
	if (n < 0) {
		h->x.head.method = METHOD_UNKNOWN;
		h->x.head.minor = 1;
		return http_refuse(h, -n, CLOSE_BAD_REQUEST);
	}
	s->start += (size_t)n;
	return STEP_PERFORM;
}

/* What the request line and the fields say; 0 or a status. */
static int http_understand(struct http *h)
{
	struct rd_exchange *x = &h->x;
	int status = rd_head_framing(&x->head, &x->framing);

	if (status)
		return status;
	if (x->head.method == METHOD_UNKNOWN || x->head.method == METHOD_CONNECT)
		return 501;
	status = rd_target_parse(x->head.target.at, x->head.target.len, x->path, sizeof(x->path),
				 &x->target);
	if (status)
		return status;
	if (x->target.form == RD_TARGET_ASTERISK && x->head.method != METHOD_OPTIONS)
		return 400;
	return 0;
}

static enum step http_perform(struct http *h)
{
	struct rd_reply *reply = &h->x.reply;
	struct rd_route *route;
	int status = http_understand(h);

	if (status)
		return http_refuse(h, status, CLOSE_BAD_REQUEST);
	if (h->x.framing.chunked || h->x.framing.length > 0) {
		h->s.last = true;
		h->s.conn->reason = CLOSE_UNREAD_BODY;
	}
	rd_reply_begin(reply);
	route = rd_router_find(h->service->router, h->x.path, h->x.target.path_len);
	status = route ? rd_call(h->s.worker, route, &h->x) : 404;
	if (status) {
		rd_body_release(&reply->body);
		rd_reply_page(reply, status);
	}
	if (reply->status == 0 || reply->broken) {
		rd_reply_reset(reply);
		rd_reply_page(reply, 500);
	}
	if (!h->x.framing.keep_alive) {
		h->s.last = true;
	} else if (rd_conn_draining(h->s.conn)) {
		h->s.last = true;
		h->s.conn->reason = CLOSE_DRAIN;
	}
	return STEP_REPLY;
}

static enum step http_reply(struct http *h)
{
	struct rd_reply *reply = &h->x.reply;
	struct rd_output *out = &h->s.out;
	struct rd_counters *counters = &h->s.worker->counters;

	reply->close = h->s.last;
	out->len += rd_reply_head(reply, h->x.head.minor, http_date(), out->at + out->len,
				  out->size - out->len);
	if (rd_reply_has_body(h->x.head.method, reply->status))
		rd_output_body(out, &reply->body);
	else
		rd_body_release(&reply->body);
	rd_count(counters, COUNT_EXCHANGES);
	if (reply->status >= 400)
		rd_count(counters, COUNT_REFUSED);
	h->s.conn->exchanges++;
	h->answered++;
	return h->s.last ? STEP_FINISH : STEP_PARSE;
}

/* Main found that the deadline of its park has passed. */
static enum step http_expired(struct http *h)
{
	struct rd_conn *c = h->s.conn;

	if (!rd_output_empty(&h->s.out)) {
		c->reason = CLOSE_WRITE_TIMEOUT;
		return http_end(h, RD_CLOSE);
	}
	if (h->s.start == h->s.end) {
		c->reason = c->exchanges ? CLOSE_IDLE : CLOSE_SILENT;
		return http_end(h, RD_CLOSE);
	}
	h->x.head.method = METHOD_UNKNOWN;
	h->x.head.minor = 1;
	return http_refuse(h, 408, CLOSE_HEAD_TIMEOUT);
}

static uint64_t http_read_until(const struct http *h)
{
	const struct rd_conn *c = h->s.conn;

	if (h->s.start < h->s.end)
		return h->s.began_us + h->service->head_us;
	if (c->exchanges == 0)
		return c->accepted_us + h->service->head_us;
	return h->s.worker->now_us + h->service->idle_us;
}

static enum rd_verdict http_advance(struct rd_conn *conn, struct rd_worker *worker)
{
	static enum step (*const steps[])(struct http *) = {
		[STEP_SEND] = http_send,
		[STEP_READ] = http_read,
		[STEP_PARSE] = http_parse,
		[STEP_PERFORM] = http_perform,
		[STEP_REPLY] = http_reply,
		[STEP_FINISH] = http_finish,
	};
	struct http h; /* not cleared: it is large, and each step writes before it reads */
	enum step step;

	rd_stream_begin(&h.s, conn, worker);
	h.service = conn->service;
	h.answered = 0;
	if (conn->expired)
		step = http_expired(&h);
	else if (!rd_output_empty(&h.s.out))
		step = STEP_SEND;
	else
		step = h.s.seen < h.s.end ? STEP_PARSE : STEP_READ;
	while (step != STEP_END)
		step = steps[step](&h);
	return rd_stream_end(&h.s, h.verdict, h.service->write_us, http_read_until(&h));
}

static void http_refuse_unread(struct rd_conn *conn)
{
	static const char busy[] = "HTTP/1.1 503 Service Unavailable\r\n"
				   "Server: replyd\r\n"
				   "Retry-After: 1\r\n"
				   "Content-Length: 0\r\n"
				   "Connection: close\r\n\r\n";

	rd_stream_refuse(conn, busy, sizeof(busy) - 1);
}

const struct rd_protocol rd_http1 = {
	.name = "http",
	.advance = http_advance,
	.refuse = http_refuse_unread,
	.release = rd_stream_release,
};
