/*
 * http_told - what the record of an exchange says of its request.
 * Thread:  the worker's that holds the connection; or main's, which has taken it away.
 */
#include "serve/http.h"
#include "serve/intake.h"
#include "serve/link.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint64_t told_received(const struct rd_http *h)
{
	const struct rd_intake *i = h->s.intake;

	return h->parsed ? h->head_len + (i ? i->received : h->x.content_len) : 0;
}

static void told_texts(const struct rd_http *h, struct rd_span text[RECORD_TEXTS])
{
	const struct rd_head *head = &h->x.head;

	if (!h->parsed)
		return;
	text[RECORD_METHOD] = head->method_text;
	text[RECORD_TARGET] = head->target;
	text[RECORD_VERSION] = rd_span_of(head->minor > 0 ? "HTTP/1.1" : "HTTP/1.0");
	text[RECORD_HOST] = rd_head_field(head, FIELD_HOST);
	text[RECORD_REFERER] = rd_head_field(head, FIELD_REFERER);
	text[RECORD_AGENT] = rd_head_field(head, FIELD_USER_AGENT);
}

/* What is in the exchange's memory, at which its handler may be if the claim was taken. */
static void told_exchange(struct rd_http *h, int status, struct rd_span text[RECORD_TEXTS])
{
	const char *user;

	if (!h->parsed || rd_claim_taken(&h->s.worker->claim))
		return;
	if (h->x.id)
		text[RECORD_ID] = rd_span_of(h->x.id);
	user = status != 401 && h->x.route ? replyd_user(&h->x) : NULL;
	if (user)
		text[RECORD_USER] = rd_span_of(user);
}

void rd_http_identify(struct rd_http *h)
{
	static const char name[] = "X-Request-Id";
	struct replyd_exchange *x = &h->x;

	if (!x->id && !rd_account_ids(&h->s) && !rd_head_field(&x->head, FIELD_X_REQUEST_ID).at)
		return;
	replyd_id(x);
	if (x->reply.state != PIECES_SENT && !rd_reply_says(&x->reply, name))
		rd_reply_field(&x->reply, name, x->id);
}

void rd_http_timing(struct rd_http *h)
{
	struct rd_record r = { .at = { 0 } };
	char value[256];
	size_t len = 0;

	rd_account_stamps(&h->s, r.at);
	for (enum rd_stage i = 0; i < STAGE_SEND; i++) {
		uint64_t us = rd_record_stage(&r, i);

		if (rd_record_reached(&r, i))
			len += (size_t)snprintf(value + len, sizeof(value) - len,
						"%s%s;dur=%" PRIu64 ".%03u", len ? ", " : "",
						rd_stage_word(i), us / 1000, (unsigned)(us % 1000));
	}
	if (len > 0)
		rd_reply_field(&h->x.reply, "Server-Timing", value);
}

void rd_http_tell(struct rd_http *h, int status)
{
	char client[RD_ADDRESS_TEXT];
	struct rd_span text[RECORD_TEXTS];
	struct rd_told told = {
		.route = h->x.route,
		.status = (unsigned)status,
		.received = told_received(h),
	};

	if (rd_account_texts(&h->s)) {
		memset(text, 0, sizeof(text));
		told_texts(h, text);
		told_exchange(h, status, text);
		text[RECORD_CLIENT] = rd_span_of(rd_link_address(&h->s, client));
		told.text = text;
	}
	rd_account_tell(&h->s, &told);
}
