/*
 * stream - one turn of a connection in a worker's hands.
 * Thread:  the worker's that holds the connection; rd_stream_refuse is main's.
 * Owns:    what is kept in conn->session, and the body that is on its way.
 * Never:   waits, understands a byte.
 */
#include "serve/stream.h"

#include "base/clock.h"
#include "base/must.h"
#include "codec/network.h"
#include "net/address.h"
#include "serve/detach.h"
#include "serve/intake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TURN_BYTES = 2 * 1024 * 1024 }; /* sent before others have their turn */

/* Kept while parked in the middle of something. */
struct kept {
	uint64_t began_us;
	bool last;
	struct rd_generation *generation; /* counted; of what is below; NULL: nothing is */
	struct rd_stream_window window;
	struct rd_intake *intake;
	struct rd_detached *detached;
	struct rd_body body;
	uint64_t at[STAMP_COUNT]; /* of the request that is begun */
	bool unasked;
	char *told; /* of replies that are on their way; or NULL */
	size_t told_len;
	size_t in_len, out_len, seen;
	char bytes[]; /* in, then out */
};

static void stream_take_up(struct rd_stream *s)
{
	struct kept *k = s->conn->session;

	s->conn->session = NULL;
	MUST(k->in_len <= RD_SCRATCH && k->out_len <= RD_SCRATCH);
	memcpy(s->in, k->bytes, k->in_len);
	s->end = k->in_len;
	memcpy(s->out.at, k->bytes + k->in_len, k->out_len);
	s->out.len = k->out_len;
	s->out.body = k->body;
	s->window = k->window;
	s->began_us = k->began_us;
	s->last = k->last;
	s->intake = k->intake;
	s->detached = k->detached;
	s->seen = k->seen;
	s->generation = k->generation;
	s->counted = k->generation;
	s->account.unasked = k->unasked;
	memcpy(s->account.at, k->at, sizeof(k->at));
	rd_account_take_up(s, k->told, k->told_len);
	free(k->told);
	free(k);
}

static void stream_newest(struct rd_stream *s)
{
	s->generation = rd_service_generation(s->conn->service, &s->worker->hand);
}

void rd_stream_begin(struct rd_stream *s, struct rd_conn *conn, struct rd_worker *worker)
{
	*s = (struct rd_stream){
		.conn = conn,
		.worker = worker,
		.in = worker->in,
		.out = { .at = worker->out,
			 .size = RD_SCRATCH,
			 .body = { .file = -1 },
			 .turn = TURN_BYTES },
		.spool = { .store = { .file = -1 } },
		.watch = { .epoll_fd = -1, .timer_fd = -1 },
	};
	if (conn->session)
		stream_take_up(s);
	else if (worker->timed)
		rd_account_arrived(s, true, 0);
	rd_account_begin(s);
	if (!s->counted)
		stream_newest(s);
}

void rd_stream_renew(struct rd_stream *s)
{
	MUST(!s->out.body.release && s->out.body.left == 0);
	if (s->counted)
		rd_generation_drop(s->generation);
	s->counted = false;
	stream_newest(s);
}

const void *rd_stream_service(const struct rd_stream *s)
{
	return rd_service_serves(s->conn->service, s->generation);
}

static enum rd_next stream_gone(struct rd_stream *s, enum rd_close_reason reason,
				enum rd_verdict *verdict)
{
	s->conn->reason = reason;
	*verdict = RD_CLOSE;
	return NEXT_END;
}

enum rd_next rd_stream_read(struct rd_stream *s, enum rd_verdict *verdict)
{
	bool first = s->start == s->end && !s->intake, asks = first && rd_account_asks(s);
	int64_t arrived_ns = 0;
	size_t got, room;

	if (s->start == s->end)
		s->start = s->end = 0;
	if (s->start > 0 && s->end == RD_SCRATCH) {
		memmove(s->in, s->in + s->start, s->end - s->start);
		s->end -= s->start;
		s->start = 0;
	}
	room = RD_SCRATCH - s->end;
	MUST(room > 0); /* every protocol's limits leave some */
	switch (rd_transport_recv_timed(&s->conn->transport, s->in + s->end, room, &got,
					asks ? &arrived_ns : NULL)) {
	case IO_OK:
		if (s->start == s->end)
			s->began_us = s->worker->now_us;
		if (first && s->worker->timed)
			rd_account_arrived(s, asks, arrived_ns);
		s->end += got;
		s->drained = got < room;
		return NEXT_GO;
	case IO_AGAIN:
		s->drained = true;
		*verdict = RD_WANTS_READ;
		return NEXT_END;
	case IO_EOF:
		s->drained = s->eof = true;
		return NEXT_GO;
	default:
		return stream_gone(s, CLOSE_PEER_RESET, verdict);
	}
}

enum rd_next rd_stream_flush(struct rd_stream *s, enum rd_verdict *verdict)
{
	bool long_body = s->out.body.left > 0;
	enum rd_flush flush = rd_output_flush(&s->out, &s->conn->transport);

	if (long_body) /* that took its time: it is not the next handler's */
		s->worker->now_us = rd_clock_us();
	switch (flush) {
	case FLUSH_DONE:
		rd_account_sent(s);
		return NEXT_GO;
	case FLUSH_BLOCKED:
		*verdict = RD_WANTS_WRITE;
		return NEXT_END;
	case FLUSH_TURN:
		*verdict = RD_MORE;
		return NEXT_END;
	case FLUSH_BROKEN:
		return stream_gone(s, CLOSE_REPLY_FAILED, verdict);
	default:
		return stream_gone(s, CLOSE_PEER_RESET, verdict);
	}
}

int rd_stream_send(struct rd_stream *s, const struct iovec *iov, int n,
		   const struct rd_spool_limits *limits)
{
	int error;

	s->begun = true;
	error = rd_spool_send(&s->spool, &s->out, &s->conn->transport, iov, n, limits);
	if (error == ENOBUFS && !s->unkept) {
		s->unkept = true;
		rd_count(&s->worker->counters, COUNT_UNKEPT);
	}
	return error;
}

void rd_stream_unended(struct rd_stream *s)
{
	s->conn->unended = true;
	rd_transport_break_off(&s->conn->transport, true);
}

enum rd_verdict rd_stream_finish(struct rd_stream *s)
{
	if (s->conn->unended) {
		s->conn->unended = false;
		rd_transport_break_off(&s->conn->transport, false);
	}
	if (s->conn->reason == CLOSE_NONE)
		s->conn->reason = CLOSE_ANSWERED;
	if (s->eof || (s->conn->reason == CLOSE_ANSWERED && s->drained && s->start == s->end))
		return RD_CLOSE;
	return RD_LINGER;
}

/* Something is left that a generation made, or will be asked for. */
static bool stream_holds(const struct rd_stream *s)
{
	return s->out.body.left > 0 || s->detached || (s->intake && !s->intake->discard);
}

bool rd_stream_may_ask(const struct rd_stream *s, uint64_t *wait_us)
{
	const struct rd_conn *c = s->conn;

	return c->exempt || rd_service_may_ask(c->service, c->client, s->worker->now_us, wait_us);
}

bool rd_stream_admits(struct rd_stream *s, const struct rd_access *access)
{
	struct rd_sockaddr at;
	uint8_t ip[16];

	return rd_transport_end(&s->conn->transport, RD_END_PEER, &at) &&
	       rd_access_may(access, rd_address_ip(&at, ip) ? ip : NULL);
}

bool rd_stream_left(struct rd_stream *s, bool probe)
{
	if (s->worker->now_us < s->conn->ready_us + RD_WAITED_US ||
	    !rd_watch_left(&s->watch, s->conn, probe))
		return false;
	rd_count(&s->worker->counters, COUNT_GONE);
	s->conn->reason = CLOSE_PEER_RESET;
	return true;
}

/* Keeps the output, and in_len bytes of the input. NULL: there is no memory. */
static struct kept *stream_keep_bytes(struct rd_stream *s, size_t in_len)
{
	size_t out_len = s->out.len - s->out.sent;
	struct kept *k = malloc(sizeof(*k) + in_len + out_len);

	if (!k)
		return NULL;
	*k = (struct kept){
		.began_us = s->began_us,
		.last = s->last,
		.window = s->window,
		.detached = s->detached,
		.body = s->out.body,
		.in_len = in_len,
		.out_len = out_len,
	};
	s->detached = NULL;
	s->out.body = (struct rd_body){ .file = -1 };
	k->unasked = s->account.unasked;
	memcpy(k->at, s->account.at, sizeof(k->at));
	k->told = rd_account_keep(s, &k->told_len);
	memcpy(k->bytes, s->in + s->start, in_len);
	memcpy(k->bytes + in_len, s->out.at + s->out.sent, out_len);
	s->conn->session = k;
	return k;
}

static bool stream_keep(struct rd_stream *s)
{
	size_t in_len = s->end - s->start;
	bool holds = stream_holds(s);
	struct kept *k;

	if (in_len == 0 && rd_output_empty(&s->out) && !s->last && !s->intake && !s->detached)
		return true;
	k = stream_keep_bytes(s, in_len);
	if (!k)
		return false;
	if (holds)
		k->generation = s->counted ? s->generation : rd_generation_take(s->generation);
	s->counted = s->counted && !holds;
	k->seen = s->seen;
	k->intake = s->intake;
	s->intake = NULL;
	return true;
}

static void stream_window_begin(struct rd_stream *s, uint64_t write_us)
{
	s->window.until_us = s->worker->now_us + write_us;
	s->window.given = rd_transport_queued(&s->conn->transport);
}

static void stream_window(struct rd_stream *s, enum rd_verdict verdict, uint64_t write_us)
{
	if (rd_output_empty(&s->out))
		s->window.until_us = 0;
	else if (s->window.until_us)
		s->window.given += s->out.given;
	else if (verdict == RD_WANTS_WRITE)
		stream_window_begin(s, write_us);
}

bool rd_stream_slow(struct rd_stream *s, uint64_t write_us, uint64_t rate)
{
	size_t queued = rd_transport_queued(&s->conn->transport);
	uint64_t least = rate * write_us / 1000000;

	if (s->window.given < queued + (least ? least : 1))
		return true;
	stream_window_begin(s, write_us);
	return false;
}

enum rd_verdict rd_stream_end(struct rd_stream *s, enum rd_verdict verdict, uint64_t write_us,
			      uint64_t read_until_us)
{
	bool goes_on = verdict != RD_CLOSE && verdict != RD_LINGER && verdict != RD_TAKEN;

	stream_window(s, verdict, write_us);
	if (verdict == RD_WANTS_READ)
		s->conn->deadline_us = read_until_us;
	else if (verdict == RD_WANTS_REPLY)
		s->conn->deadline_us = rd_detach_deadline(s->detached);
	else if (verdict == RD_WANTS_WRITE)
		s->conn->deadline_us = s->window.until_us;
	if (goes_on && !stream_keep(s)) {
		s->conn->reason = CLOSE_MEMORY;
		verdict = RD_CLOSE;
	}
	if (verdict != RD_TAKEN)
		rd_account_broken(s);
	rd_body_release(&s->out.body);
	rd_intake_free(s->intake);
	rd_detach_forget(s->detached);
	rd_spool_free(&s->spool);
	rd_watch_end(&s->watch);
	if (s->counted) /* after all that it made */
		rd_generation_drop(s->generation);
	return verdict;
}

/* As stream_keep; but who has the turn goes on with its intake and its generation. */
static bool stream_share(struct rd_stream *s, size_t in_len)
{
	bool holds = s->out.body.left > 0 || s->detached;
	struct kept *k = stream_keep_bytes(s, in_len);

	if (k && holds)
		k->generation = rd_generation_take(s->generation);
	if (k && in_len > 0)
		k->seen = s->seen;
	return k;
}

bool rd_stream_take(struct rd_stream *s, const struct iovec *iov, int n)
{
	struct rd_output *out = &s->out;

	if (out->body.left > 0)
		s->account.head = 0;
	/* Behind a body that is still on its way nothing can be said: the end alone tells. */
	for (int i = 0; i < n && out->body.left == 0; i++) {
		MUST(iov[i].iov_len <= out->size - out->len);
		memcpy(out->at + out->len, iov[i].iov_base, iov[i].iov_len);
		out->len += iov[i].iov_len;
	}
	s->last = true;
	rd_account_replied(s);
	return stream_share(s, 0);
}

bool rd_stream_take_detached(struct rd_stream *s)
{
	return stream_share(s, s->end - s->start);
}

void rd_stream_release(struct rd_conn *conn)
{
	struct kept *k = conn->session;

	rd_body_release(&k->body);
	rd_intake_free(k->intake);
	rd_detach_forget(k->detached);
	rd_generation_drop(k->generation);
	free(k->told);
	free(k);
	conn->session = NULL;
}

enum rd_verdict rd_stream_refuse(struct rd_conn *conn, const char *text, size_t len)
{
	struct iovec iov = { (char *)text, len };
	char dropped[4096];
	size_t n;
	enum rd_io io = rd_transport_recv(&conn->transport, dropped, sizeof(dropped), &n);

	if (io == IO_OK || io == IO_AGAIN)
		io = rd_transport_send(&conn->transport, &iov, 1, false, &n);
	return io == IO_OK ? RD_LINGER : RD_CLOSE;
}
