/*
 * http_exchange - from a request's head to its reply.
 *
 *     UNDERSTAND --> PERFORM --> REPLY           no body, or it came along with the head
 *     UNDERSTAND --> BODY ... BODY --> PERFORM   the body is gathered first
 *     UNDERSTAND --> REPLY [--> BODY]            turned away; a short body is read off after
 *     UNDERSTAND --> PERFORM --> REPLY [--> BODY]  the handler reads the body by itself
 *     PERFORM --> DETACHED ... DETACHED --> REPLY  another thread replies
 *
 * Thread:  the worker's that holds the connection.
 */
#include "app/app.h"
#include "base/clock.h"
#include "base/must.h"
#include "codec/date.h"
#include "codec/timeout.h"
#include "serve/account.h"
#include "serve/call.h"
#include "serve/detach.h"
#include "serve/http.h"
#include "serve/intake.h"
#include "serve/local.h"

#include <stdio.h>

const char *rd_http_date(void)
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

/* A head that an earlier turn read. */
static void http_parse_again(struct rd_http *h, struct rd_span head)
{
	h->parsed = rd_head_parse(head.at, head.len, &h->service->limits, &h->x.head) > 0;
	h->head_len = head.len;
}

enum rd_http_step rd_http_refuse(struct rd_http *h, int status, enum rd_close_reason reason)
{
	struct rd_intake *i = h->s.intake;

	if (i) /* an earlier turn read the head: was it HEAD, the page is not sent */
		http_parse_again(h, (struct rd_span){ i->head, i->head_len });
	rd_exchange_begin(&h->x);
	rd_reply_page(&h->x.reply, status);
	rd_http_tell(h, status);
	rd_intake_free(i);
	h->s.intake = NULL;
	h->s.last = true;
	h->s.conn->reason = reason;
	return STEP_REPLY;
}

/* RFC 9112 §3.2.2: what an absolute target says is the host, to all who ask, whatever Host says. */
static void http_take_host(struct replyd_exchange *x)
{
	unsigned host = x->head.first[FIELD_HOST];

	x->framing.host = x->target.host;
	if (host)
		x->head.field[host - 1].value = x->target.host;
}

/* What the request line and the fields say; 0 or a status. */
static int http_read_head(struct replyd_exchange *x)
{
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
	if (x->target.form == RD_TARGET_ABSOLUTE && rd_span_eq_nocase(x->target.scheme, "https"))
		return 421; /* RFC 9110 §7.4: no connection is secured here */
	if (x->target.host.at)
		http_take_host(x);
	if (x->target.form == RD_TARGET_ABSOLUTE && x->head.method == METHOD_OPTIONS &&
	    x->target.raw.len == 0 && !x->target.query.at)
		x->target.form = RD_TARGET_ASTERISK; /* RFC 9112 §3.2.4: that with its host */
	return 0;
}

static bool http_has_body(const struct rd_framing *f)
{
	return f->chunked || f->length > 0;
}

void rd_http_decide_last(struct rd_http *h)
{
	if (!h->x.framing.keep_alive || rd_conn_draining(h->s.conn))
		h->s.last = true;
}

/* What its reply is. */
static void http_decided(struct rd_http *h, int status)
{
	rd_app_end(&h->x, status);
	rd_http_identify(h);
	rd_http_tell(h, h->x.reply.status);
}

/*
 * Answered without its handler. A short body that is on its way is read off after the reply; a
 * long one, or one that the client may never send (it waits for 100), ends the connection.
 */
static enum rd_http_step http_turn_away(struct rd_http *h, int status)
{
	const struct rd_framing *f = &h->x.framing;

	http_decided(h, status);
	rd_exchange_end(&h->x);
	rd_http_decide_last(h);
	if (!http_has_body(f))
		return STEP_REPLY;
	if (!h->s.last && !f->expect_continue && f->length <= RD_DISCARD_MAX)
		h->s.intake = rd_intake_new(NULL, 0, f, RD_DISCARD_MAX, h->s.worker->now_us);
	if (h->s.intake) {
		h->s.intake->discard = true;
	} else {
		h->s.last = true;
		h->s.conn->reason = CLOSE_UNREAD_BODY;
	}
	return STEP_REPLY;
}

void rd_http_continue(struct rd_http *h)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct rd_output *out = &h->s.out;

	if (!h->x.framing.expect_continue || h->s.start < h->s.end)
		return;
	memcpy(out->at + out->len, text, sizeof(text) - 1);
	out->len += sizeof(text) - 1;
}

bool rd_http_recall(const struct rd_http_service *service, struct rd_intake *i,
		    struct replyd_exchange *x)
{
	rd_exchange_begin(x);
	if (rd_head_parse(i->head, i->head_len, &service->limits, &x->head) <= 0 ||
	    http_read_head(x) != 0)
		return false;
	x->content_len = i->store.len;
	x->content_file = i->store.file;
	if (i->store.file < 0)
		x->content = (struct rd_span){ i->store.memory.at ? i->store.memory.at : "",
					       i->store.memory.len };
	return true;
}

/* The head was kept while the body came: the exchange is as it was after it was admitted. */
static enum rd_http_step http_take_up(struct rd_http *h)
{
	struct rd_intake *i = h->s.intake;

	if (!rd_http_recall(h->service, i, &h->x) || rd_app_find(h->service->app, &h->x) != 0)
		return rd_http_refuse(h, 500, CLOSE_BAD_REQUEST);
	h->head = i->head;
	h->head_len = i->head_len;
	h->parsed = true;
	h->local = 0;
	return STEP_PERFORM;
}

static enum rd_http_step http_await_body(struct rd_http *h)
{
	const struct rd_policy *policy = &h->x.route->policy;
	const struct rd_framing *f = &h->x.framing;
	struct rd_stream *s = &h->s;

	if (!policy->stream && !f->chunked && f->length <= s->end - s->start) { /* it is all here */
		h->x.content = (struct rd_span){ s->in + s->start, f->length };
		h->x.content_len = f->length;
		s->start += f->length;
		return STEP_PERFORM;
	}
	s->intake = rd_intake_new(h->head, h->head_len, f, policy->body_max, s->worker->now_us);
	if (!s->intake)
		return rd_http_refuse(h, 503, CLOSE_MEMORY);
	if (policy->stream)
		return http_take_up(h);
	rd_http_continue(h);
	return STEP_BODY;
}

static void http_retry_after(struct rd_http *h, unsigned seconds)
{
	char after[16];

	snprintf(after, sizeof(after), "%u", seconds);
	rd_reply_field(&h->x.reply, "Retry-After", after);
}

/* What is shed costs no more than its head: not even its route is looked for. */
static enum rd_http_step http_shed(struct rd_http *h, enum rd_counter why)
{
	rd_count(&h->s.worker->counters, why);
	http_retry_after(h, rd_http_retry_s());
	return http_turn_away(h, 503);
}

/* Its address asks too often; as http_shed. */
static enum rd_http_step http_limited(struct rd_http *h, uint64_t wait_us)
{
	rd_count(&h->s.worker->counters, COUNT_LIMITED_RATE);
	http_retry_after(h, (unsigned)((wait_us + 999999) / 1000000));
	return http_turn_away(h, 429);
}

/* Who answers, and whether this client may ask there. 0 or a status. */
static int http_find(struct rd_http *h)
{
	int status = rd_app_find(h->service->app, &h->x);
	const struct rd_access *access;

	if (status)
		return status;
	access = h->x.route->policy.access;
	if (access && !rd_stream_admits(&h->s, access))
		return 403;
	return rd_call_admit(h->s.worker, &h->x);
}

enum rd_http_step rd_http_understand(struct rd_http *h)
{
	struct replyd_exchange *x = &h->x;
	uint64_t wait_us;
	int status = http_read_head(x);

	h->local = 0;
	if (status)
		return rd_http_refuse(h, status, CLOSE_BAD_REQUEST);
	rd_exchange_begin(x);
	if (h->s.conn->shed)
		return http_shed(h, COUNT_SHED_WAIT);
	if (!rd_stream_may_ask(&h->s, &wait_us))
		return http_limited(h, wait_us);
	status = http_find(h);
	if (!status && x->framing.length > x->route->policy.body_max)
		status = 413;
	if (status)
		return http_turn_away(h, status);
	return http_has_body(&x->framing) ? http_await_body(h) : STEP_PERFORM;
}

/* As much is kept for all clients as may be; soon there may be room. */
static enum rd_http_step http_unkept(struct rd_http *h)
{
	enum rd_http_step step = rd_http_refuse(h, 503, CLOSE_SPOOL);

	rd_count(&h->s.worker->counters, COUNT_UNKEPT);
	http_retry_after(h, rd_http_retry_s());
	return step;
}

enum rd_http_step rd_http_body(struct rd_http *h)
{
	struct rd_stream *s = &h->s;
	struct rd_intake *i = s->intake;
	size_t used = 0;
	int done =
		rd_intake_feed(i, s->in + s->start, s->end - s->start, &h->service->place, &used);

	s->start += used;
	if (done == 0)
		return STEP_READ;
	if (done == -503)
		return http_unkept(h);
	if (!i->discard)
		return done > 0 ? http_take_up(h) : rd_http_refuse(h, -done, CLOSE_BAD_REQUEST);
	rd_intake_free(i);
	s->intake = NULL;
	if (done > 0)
		return STEP_PARSE;
	s->last = true; /* the reply was given; what follows cannot be found any more */
	s->conn->reason = CLOSE_UNREAD_BODY;
	return STEP_FINISH;
}

/*
 * Of a body that its handler read: what it did not read is read off after the reply, unless the
 * client may never send it, or what was read was malformed.
 */
static void http_leave_body(struct rd_http *h)
{
	struct rd_intake *i = h->s.intake;

	if (!h->x.streamed || i->complete) {
		rd_intake_free(i);
		h->s.intake = NULL;
		return;
	}
	if (i->broken || (h->x.framing.expect_continue && i->received == 0)) {
		h->s.last = true;
		h->s.conn->reason = CLOSE_UNREAD_BODY;
	}
	i->discard = true;
	i->most = i->taken + RD_DISCARD_MAX;
}

/* The reply is all there. */
static enum rd_http_step http_answered(struct rd_http *h, int status)
{
	struct replyd_exchange *x = &h->x;

	http_decided(h, status);
	http_leave_body(h);
	rd_exchange_end(x);
	rd_watch_end(&h->s.watch);
	if (x->reply.state != PIECES_SENT)
		rd_http_decide_last(h);
	return STEP_REPLY;
}

/* How long its client waits, from when its request was there, if it says so. */
static void http_until(struct rd_http *h)
{
	const struct rd_intake *i = h->s.intake;
	uint64_t asked_us = h->s.conn->ready_us, us;

	if (i && i->began_us < asked_us)
		asked_us = i->began_us; /* its head was there before this turn */
	if (rd_timeout_parse(rd_head_field(&h->x.head, FIELD_REQUEST_TIMEOUT), &us))
		h->x.until_us = us < UINT64_MAX - asked_us ? asked_us + us : UINT64_MAX;
}

/*
 * It is not performed, since its client would not wait for it. What is believed of the route falls
 * each time, so that some are performed, and it is seen when they are faster again.
 */
static int http_in_vain(struct rd_http *h)
{
	rd_count(&h->s.worker->counters, COUNT_SHED_DEADLINE);
	rd_route_learn(h->x.route, 0);
	http_retry_after(h, rd_http_retry_s());
	return 503;
}

/* Another path of this server is the reply. */
static enum rd_http_step http_elsewhere(struct rd_http *h)
{
	int status = rd_local_take(h);

	if (!status)
		status = http_find(h);
	return status ? http_answered(h, status) : STEP_PERFORM;
}

/* The handler is done. */
static enum rd_http_step http_performed(struct rd_http *h, int status)
{
	if (h->x.reply.local && status == 0)
		return http_elsewhere(h);
	return http_answered(h, status);
}

/* Main has answered in the handler's stead: what it says now is dropped. */
static enum rd_http_step http_lost(struct rd_http *h)
{
	rd_reply_reset(&h->x.reply);
	rd_exchange_end(&h->x);
	h->verdict = RD_TAKEN;
	return STEP_END;
}

enum rd_http_step rd_http_perform(struct rd_http *h)
{
	struct replyd_exchange *x = &h->x;
	bool mine = true;
	int status;

	x->link = &rd_http_link;
	x->connection = h;
	x->streamed = h->s.intake && x->route->policy.stream && http_has_body(&x->framing);
	if (rd_route_blocks(x->route) && rd_stream_flush(&h->s, &h->verdict) == NEXT_END &&
	    h->verdict == RD_CLOSE)
		return STEP_END; /* earlier replies do not wait for this one */
	if (rd_stream_left(&h->s, x->head.minor > 0 && rd_output_empty(&h->s.out))) {
		rd_exchange_end(x);
		h->verdict = RD_CLOSE;
		return STEP_END;
	}
	http_until(h);
	rd_account_read(&h->s);
	status = x->until_us && !rd_route_in_time(x->route, h->s.worker->now_us, x->until_us)
			 ? http_in_vain(h)
			 : rd_call(h->s.worker, x->route, x, &mine);
	if (!mine)
		return http_lost(h);
	if (!h->s.detached)
		return http_performed(h, status);
	rd_reply_reset(&x->reply);
	rd_exchange_end(x);
	rd_watch_end(&h->s.watch);
	return rd_output_empty(&h->s.out) ? STEP_DETACHED : STEP_SEND;
}

/* Its time is over: the client is told in its stead. */
static enum rd_http_step http_late(struct rd_http *h)
{
	struct rd_detached *d = h->s.detached;
	enum rd_http_step step;

	http_parse_again(h, rd_detach_head(d));
	h->s.detached = NULL;
	step = rd_http_refuse(h, 504, CLOSE_ANSWERED); /* without a page, if it was HEAD */
	rd_detach_forget(d);
	return step;
}

enum rd_http_step rd_http_detached(struct rd_http *h)
{
	struct rd_detached *d = h->s.detached;
	enum rd_http_step step;

	h->head_len = rd_detach_head(d).len;
	if (rd_detach_take(d, &h->x)) {
		h->s.detached = NULL;
		h->parsed = true;
		h->x.link = &rd_http_link;
		h->x.connection = h;
		h->x.content_file = -1;
		step = http_performed(h, 0);
		rd_detach_free(d);
		return step;
	}
	h->verdict = RD_WANTS_REPLY;
	if (h->s.conn->expired)
		return http_late(h);
	if (!rd_detach_gone(d))
		return STEP_END;
	h->s.conn->reason = CLOSE_PEER_RESET;
	h->verdict = RD_CLOSE;
	return STEP_END;
}

void rd_http_head(struct rd_http *h)
{
	struct rd_reply *reply = &h->x.reply;
	struct rd_output *out = &h->s.out;
	size_t head;

	if (h->x.route && h->x.route->policy.timing)
		rd_http_timing(h);
	reply->close = h->s.last;
	head = rd_reply_head(reply, h->x.head.minor, rd_http_date(), out->at + out->len,
			     out->size - out->len);
	MUST(head > 0); /* PARSE left room for any */
	out->len += head;
	h->s.account.head = head;
	if (reply->status >= 400)
		rd_count(&h->s.worker->counters, COUNT_REFUSED);
}

static enum rd_http_step http_pieces_end(struct rd_http *h)
{
	enum rd_http_step step = rd_http_pieces_end(h);

	rd_account_replied(&h->s);
	return step;
}

enum rd_http_step rd_http_reply(struct rd_http *h)
{
	struct rd_reply *reply = &h->x.reply;

	rd_count(&h->s.worker->counters, COUNT_EXCHANGES);
	h->s.conn->exchanges++;
	h->answered++;
	if (reply->state == PIECES_SENT)
		return http_pieces_end(h);
	rd_http_head(h);
	if (rd_reply_has_body(h->x.head.method, reply->status))
		rd_output_body(&h->s.out, &reply->body);
	else
		rd_body_release(&reply->body);
	rd_account_replied(&h->s);
	if (h->s.last)
		return STEP_FINISH;
	return h->s.intake ? STEP_BODY : STEP_PARSE;
}
