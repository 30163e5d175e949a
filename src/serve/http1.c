/*
 * http1 - HTTP/1.1 and 1.0 over a connection.
 *
 *     READ --> PARSE --> UNDERSTAND ... REPLY --> PARSE ...    (serve/http_exchange.c)
 *     SEND --> PARSE      what was left of an earlier reply has gone
 *     PARSE, BODY --> READ  more is needed
 *     PARSE --> REPLY     refused
 *     REPLY --> FINISH    it was the last
 *     PERFORM --> DETACHED --> END ... DETACHED --> REPLY    another thread replies
 *     any   --> END       the turn is over: parked, given back, or closed
 *
 * Replies to requests that came together leave together: they are sent when the worker's buffer
 * fills, and before it waits for more.
 *
 * Thread:  the worker's that holds the connection.
 * Never:   waits for the client.
 */
#include "serve/http1.h"

#include "base/clock.h"
#include "codec/date.h"
#include "serve/http.h"
#include "serve/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TURN_REQUESTS = 64, /* answered before others have their turn */
	TURN_US = 100,	    /* while others wait: no request is begun later than that */
	TURN_READS = 32,    /* buffers read before others have theirs */
	RETRY_MOST = 4,	    /* seconds until who was shed is to ask again */
};

static enum rd_http_step http_end(struct rd_http *h, enum rd_verdict verdict)
{
	h->verdict = verdict;
	return STEP_END;
}

/* The client sends no more. */
static enum rd_http_step http_read_eof(struct rd_http *h)
{
	struct rd_stream *s = &h->s;
	bool between = s->start == s->end && (!s->intake || s->intake->discard);

	if (rd_stream_flush(s, &h->verdict) == NEXT_END)
		return STEP_END;
	s->conn->reason = between ? CLOSE_PEER : CLOSE_PEER_CUT;
	return http_end(h, RD_CLOSE);
}

/* All input is used up. Replies leave before it is waited for more. */
static enum rd_http_step http_read(struct rd_http *h)
{
	struct rd_stream *s = &h->s;
	bool tired = h->reads == TURN_READS;

	if ((s->drained || tired) && !s->eof) {
		if (rd_stream_flush(s, &h->verdict) == NEXT_END)
			return STEP_END;
		return http_end(h, s->drained ? RD_WANTS_READ : s->intake ? RD_MORE : RD_ANOTHER);
	}
	if (s->eof)
		return http_read_eof(h);
	h->reads++;
	if (rd_stream_read(s, &h->verdict) == NEXT_END) {
		if (h->verdict == RD_WANTS_READ)
			rd_stream_flush(s, &h->verdict);
		return STEP_END;
	}
	if (s->eof)
		return http_read_eof(h);
	return s->intake ? STEP_BODY : STEP_PARSE;
}

static enum rd_http_step http_send(struct rd_http *h)
{
	if (rd_stream_flush(&h->s, &h->verdict) == NEXT_END)
		return STEP_END;
	if (h->s.detached)
		return STEP_DETACHED;
	if (h->s.last)
		return STEP_FINISH;
	return h->s.intake ? STEP_BODY : STEP_PARSE;
}

static enum rd_http_step http_finish(struct rd_http *h)
{
	if (rd_stream_flush(&h->s, &h->verdict) == NEXT_END)
		return STEP_END;
	return http_end(h, rd_stream_finish(&h->s));
}

/* Is there room behind what is on its way for a 100 and the next reply's head? */
static bool http_has_room(const struct rd_output *out)
{
	return out->body.left == 0 && out->size - out->len >= RD_REPLY_HEAD + 64;
}

/* It has answered some, and others are to be next. */
static bool http_had_turn(const struct rd_http *h)
{
	const struct rd_worker *w = h->s.worker;

	return h->answered == TURN_REQUESTS ||
	       (h->answered > 0 && w->now_us >= h->began_us + TURN_US && rd_worker_others(w));
}

static enum rd_http_step http_parse(struct rd_http *h)
{
	struct rd_stream *s = &h->s;
	size_t len = s->end - s->start;
	bool rest = len > 0 && http_had_turn(h);
	int n;

	if (rest || !http_has_room(&s->out))
		if (rd_stream_flush(s, &h->verdict) == NEXT_END)
			return STEP_END;
	if (rest)
		return http_end(h, RD_ANOTHER);
	if (len <= s->seen)
		return STEP_READ;
	rd_stream_renew(s);
	h->service = rd_stream_service(s);
	n = rd_head_parse(s->in + s->start, len, &h->service->limits, &h->x.head);
	h->parsed = n > 0;
	s->seen = n == 0 ? len : 0;
	if (n == 0)
		return STEP_READ;
	if (n < 0)
		return rd_http_refuse(h, -n, CLOSE_BAD_REQUEST);
	h->head = s->in + s->start;
	s->start += (size_t)n;
	h->head_len = (size_t)n;
	s->began_us = s->worker->now_us; /* of the next one, if it has come in part */
	return STEP_UNDERSTAND;
}

/* Main found that the deadline of its park has passed. */
static enum rd_http_step http_expired(struct rd_http *h)
{
	struct rd_conn *c = h->s.conn;

	if (!rd_output_empty(&h->s.out)) {
		if (!rd_stream_slow(&h->s, h->service->write_us, h->service->write_rate))
			return STEP_SEND;
		c->reason = CLOSE_WRITE_TIMEOUT;
		return http_end(h, RD_CLOSE);
	}
	if (h->s.intake && !h->s.intake->discard)
		return rd_http_refuse(h, 408, CLOSE_BODY_TIMEOUT);
	if (h->s.start == h->s.end) {
		c->reason = h->s.intake	   ? CLOSE_UNREAD_BODY
			    : c->exchanges ? CLOSE_IDLE
					   : CLOSE_SILENT;
		return http_end(h, RD_CLOSE);
	}
	rd_head_parse(h->s.in + h->s.start, h->s.end - h->s.start, &h->service->limits,
		      &h->x.head); /* for its method, if that has come */
	return rd_http_refuse(h, 408, CLOSE_HEAD_TIMEOUT);
}

/* A body: so long without a byte, and not slower than the least rate since it began. */
uint64_t rd_http_body_until(const struct rd_http *h)
{
	const struct rd_intake *i = h->s.intake;
	const struct rd_http_service *service = h->service;
	uint64_t idle = h->s.worker->now_us + service->body_us;
	uint64_t slow = i->began_us + service->body_us + i->received * 1000000 / service->body_rate;

	return idle < slow ? idle : slow;
}

static uint64_t http_read_until(const struct rd_http *h)
{
	const struct rd_conn *c = h->s.conn;

	if (h->s.intake)
		return rd_http_body_until(h);
	if (h->s.start < h->s.end)
		return h->s.began_us + h->service->head_us;
	if (c->exchanges == 0)
		return c->accepted_us + h->service->head_us;
	return h->s.worker->now_us + h->service->idle_us;
}

/* Where a turn goes on with what was kept of the last one. */
static enum rd_http_step http_begin(struct rd_http *h)
{
	const struct rd_stream *s = &h->s;

	if (s->conn->expired && !(s->detached && rd_output_empty(&s->out)))
		return http_expired(h);
	if (!rd_output_empty(&s->out) || s->last)
		return STEP_SEND;
	if (s->detached)
		return STEP_DETACHED;
	if (s->intake)
		return s->start < s->end ? STEP_BODY : STEP_READ;
	return s->seen < s->end ? STEP_PARSE : STEP_READ;
}

static enum rd_verdict http_advance(struct rd_conn *conn, struct rd_worker *worker)
{
	static enum rd_http_step (*const steps[])(struct rd_http *) = {
		[STEP_SEND] = http_send,
		[STEP_READ] = http_read,
		[STEP_PARSE] = http_parse,
		[STEP_UNDERSTAND] = rd_http_understand,
		[STEP_BODY] = rd_http_body,
		[STEP_PERFORM] = rd_http_perform,
		[STEP_DETACHED] = rd_http_detached,
		[STEP_REPLY] = rd_http_reply,
		[STEP_FINISH] = http_finish,
	};
	struct rd_http h; /* not cleared: it is large, and each step writes before it reads */
	enum rd_http_step step;
	uint64_t until_us;

	rd_stream_begin(&h.s, conn, worker);
	h.service = rd_stream_service(&h.s);
	h.s.timing = h.service->app->timing;
	h.began_us = worker->now_us;
	h.answered = 0;
	h.reads = 0;
	h.parsed = false;
	step = http_begin(&h);
	while (step != STEP_END)
		step = steps[step](&h);
	until_us = h.verdict == RD_WANTS_READ ? http_read_until(&h) : 0;
	return rd_stream_end(&h.s, h.verdict, h.service->write_us, until_us);
}

unsigned rd_http_retry_s(void)
{
	return 1 + arc4random() % RETRY_MOST;
}

static enum rd_verdict http_refuse_unread(struct rd_conn *conn)
{
	bool limited = conn->reason == CLOSE_LIMIT, denied = conn->reason == CLOSE_DENIED;
	const char *status = limited  ? "429 Too Many Requests"
			     : denied ? "403 Forbidden"
				      : "503 Service Unavailable";
	char text[192], date[RD_DATE_SIZE], after[32] = "";
	int len;

	rd_date_format(rd_clock_wall_s(), date);
	if (!denied)
		snprintf(after, sizeof(after), "Retry-After: %u\r\n", rd_http_retry_s());
	len = snprintf(text, sizeof(text),
		       "HTTP/1.1 %s\r\n"
		       "Server: replyd\r\n"
		       "Date: %s\r\n"
		       "%s"
		       "Content-Length: 0\r\n"
		       "Connection: close\r\n\r\n",
		       status, date, after);
	return rd_stream_refuse(conn, text, (size_t)len);
}

const struct rd_protocol rd_http1 = {
	.name = "http",
	.advance = http_advance,
	.refuse = http_refuse_unread,
	.take = rd_http_take,
	.release = rd_stream_release,
};
