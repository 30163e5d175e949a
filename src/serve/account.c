/*
 * account - when each exchange of a turn was where.
 * Thread:  the worker's that holds the connection; rd_account_{tell,replied,keep,broken} also
 *          main's, when it has taken a turn away: until the handler returns its worker puts none.
 * Owns:    nothing: records are in the worker's `told`.
 */
#include "serve/account.h"

#include "app/route.h"
#include "base/clock.h"
#include "observe/probe.h"
#include "serve/stream.h"

#include <stdlib.h>
#include <string.h>

enum {
	ODD_US = 60 * 1000 * 1000, /* the wall clock was set meanwhile */
	ASKED = 8,		   /* one in so many */
	TOLD_KEPT = 64 * 1024,	   /* bytes of a buffer of records that is kept */
};

/* Bytes that the output has taken in this turn, whether they are with the kernel or not. */
static uint64_t account_taken(const struct rd_stream *s)
{
	return s->out.given + s->out.len - s->out.sent + s->out.body.left;
}

void rd_account_begin(struct rd_stream *s)
{
	s->account.record = SIZE_MAX;
	s->account.before = account_taken(s);
}

bool rd_account_asks(const struct rd_stream *s)
{
	return s->worker->timed && (s->conn->exchanges % ASKED == 0 || s->timing ||
				    rd_outbox_wanted(&s->worker->outbox));
}

void rd_account_arrived(struct rd_stream *s, bool asked, int64_t arrived_ns)
{
	struct rd_worker *w = s->worker;
	uint64_t *at = s->account.at, ready_us = s->conn->ready_us;

	s->account.unasked = !asked;
	memset(at, 0, sizeof(s->account.at));
	at[STAMP_ARRIVED] = at[STAMP_QUEUED] = ready_us;
	if (arrived_ns > 0)
		at[STAMP_ARRIVED] = rd_clock_of_wall(arrived_ns, w->now_us);
	if (at[STAMP_ARRIVED] > w->now_us) /* it came after that was read */
		w->now_us = rd_clock_us();
	if (at[STAMP_ARRIVED] + ODD_US < ready_us || at[STAMP_ARRIVED] > w->now_us + ODD_US)
		at[STAMP_ARRIVED] = ready_us;
	else if (at[STAMP_ARRIVED] > w->now_us)
		at[STAMP_ARRIVED] = w->now_us;
	at[STAMP_STARTED] = w->now_us;
	if (at[STAMP_ARRIVED] > ready_us) /* it came while the worker was at it: it did not wait */
		at[STAMP_QUEUED] = at[STAMP_STARTED] = at[STAMP_ARRIVED];
}

void rd_account_read(struct rd_stream *s)
{
	RD_PROBE2(read, s->conn->number, s->conn->exchanges + 1);
	if (!s->worker->timed)
		return;
	s->worker->now_us = rd_clock_us();
	s->account.at[STAMP_READ] = s->worker->now_us;
}

bool rd_account_texts(const struct rd_stream *s)
{
	return s->worker->timed && rd_outbox_wanted(&s->worker->outbox);
}

bool rd_account_ids(const struct rd_stream *s)
{
	return s->worker->timed && rd_outbox_ids(&s->worker->outbox);
}

/* Those that were passed by, as what is turned away passes by its handler, were no time. */
static void account_stamps(struct rd_stream *s)
{
	bool late = rd_claim_taken(&s->worker->claim); /* it is main's, and the handler runs on */
	uint64_t *at = s->account.at, now_us = late ? rd_clock_us() : s->worker->now_us;

	if (!at[STAMP_ARRIVED])
		at[STAMP_ARRIVED] = s->conn->ready_us;
	if (!at[STAMP_READ])
		at[STAMP_READ] = now_us;
	at[STAMP_PERFORMED] = now_us;
	for (int i = 1; i <= STAMP_PERFORMED; i++)
		if (at[i] < at[i - 1])
			at[i] = at[i - 1];
}

void rd_account_tell(struct rd_stream *s, const struct rd_told *told)
{
	struct rd_buffer *to = &s->worker->told;
	size_t record = to->len;
	struct rd_record r = {
		.accepted_us = s->conn->accepted_us,
		.client = s->conn->client,
		.received = told->received,
		.connection = s->conn->number,
		.exchange = s->conn->exchanges + 1,
		.series = (uint16_t)(told->route ? told->route->series : RD_SERIES_NONE),
		.status = (uint16_t)told->status,
		.unasked = s->account.unasked,
	};

	if (!s->worker->timed || s->account.record != SIZE_MAX)
		return;
	account_stamps(s);
	memcpy(r.at, s->account.at, sizeof(r.at));
	if (rd_record_add(to, &r, told->text))
		s->account.record = record;
}

static struct rd_record *account_record(const struct rd_stream *s, size_t at)
{
	return (void *)(s->worker->told.at + at); /* rd_record_add aligns */
}

void rd_account_stamps(const struct rd_stream *s, uint64_t at[STAMP_COUNT])
{
	size_t record = s->account.record;

	memset(at, 0, STAMP_COUNT * sizeof(*at));
	if (!s->worker->timed)
		return;
	memcpy(at, record == SIZE_MAX ? s->account.at : account_record(s, record)->at,
	       STAMP_COUNT * sizeof(*at));
}

void rd_account_replied(struct rd_stream *s)
{
	struct rd_account *a = &s->account;

	if (a->record != SIZE_MAX) {
		struct rd_record *r = account_record(s, a->record);

		r->head = a->head;
		r->body = account_taken(s) - a->before - a->head;
		a->at[STAMP_STARTED] = r->at[STAMP_PERFORMED];
	}
	a->record = SIZE_MAX;
	a->before = account_taken(s);
	a->head = 0;
	a->at[STAMP_READ] = a->at[STAMP_PERFORMED] = 0;
}

static void account_hand_on(struct rd_stream *s, uint64_t sent_us, enum rd_close_reason reason)
{
	struct rd_worker *w = s->worker;
	struct rd_record *r;

	for (size_t at = 0; at < w->told.len; at += r->size) {
		r = account_record(s, at);
		r->at[STAMP_SENT] = sent_us;
		if (at + r->size == w->told.len)
			r->reason = (uint16_t)reason;
		if (sent_us)
			RD_PROBE3(sent, r->connection, r->status, rd_record_stage(r, STAGE_TOTAL));
		rd_stages_record(&w->stages, r);
		if (r->len[RECORD_CLIENT] > 0 && rd_outbox_wanted(&w->outbox))
			rd_outbox_put(&w->outbox, r, r->size);
	}
	w->told.len = 0;
	if (w->told.size > TOLD_KEPT)
		rd_buffer_free(&w->told);
}

void rd_account_sent(struct rd_stream *s)
{
	enum rd_close_reason reason = s->conn->reason ? s->conn->reason : CLOSE_ANSWERED;

	if (s->worker->told.len == 0 || s->account.record != SIZE_MAX)
		return;
	s->worker->now_us = rd_clock_us();
	account_hand_on(s, s->worker->now_us, s->last ? reason : CLOSE_NONE);
}

void rd_account_broken(struct rd_stream *s)
{
	uint64_t unsent = s->out.len - s->out.sent + s->out.body.left;
	struct rd_record *last = NULL;

	rd_account_replied(s);
	for (size_t at = 0; at < s->worker->told.len; at += last->size)
		last = account_record(s, at);
	if (last)
		last->body -= unsent < last->body ? unsent : last->body;
	account_hand_on(s, 0, s->conn->reason);
}

char *rd_account_keep(struct rd_stream *s, size_t *len)
{
	struct rd_buffer *told = &s->worker->told;
	char *kept = NULL;

	*len = told->len;
	if (told->len > 0)
		kept = malloc(told->len);
	if (kept)
		memcpy(kept, told->at, told->len);
	told->len = 0;
	return kept;
}

void rd_account_take_up(struct rd_stream *s, const char *kept, size_t len)
{
	uint64_t *at = s->account.at;

	if (kept)
		rd_buffer_add(&s->worker->told, kept, len);
	if (s->end == 0 || s->seen > 0 || at[STAMP_READ])
		return;
	at[STAMP_QUEUED] = s->conn->ready_us; /* it waited for this turn, unread */
	at[STAMP_STARTED] = s->worker->now_us;
}
