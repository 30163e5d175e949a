/*
 * local - a request whose reply is that of another path of this server.
 * Thread:  the worker's that holds the connection.
 * Owns:    the new head, until it is the stream's intake.
 */
#include "serve/local.h"

#include "serve/http.h"
#include "serve/intake.h"

#include <string.h>

enum { LOCAL_MOST = 10 }; /* times that one request is taken elsewhere */

static bool local_is_path(const char *text)
{
	char path[RD_PATH_MAX];
	struct rd_target target;

	return !strchr(text, ' ') &&
	       rd_target_parse(text, strlen(text), path, sizeof(path), &target) == 0 &&
	       target.form == RD_TARGET_ORIGIN;
}

/* What tells of a body, which the new request has not. */
static bool local_keeps(struct rd_span name)
{
	static const char *const not [] = { "Content-Encoding",	 "Content-Language",
					    "Content-Length",	 "Content-Location",
					    "Content-Type",	 "Expect",
					    "Transfer-Encoding", "Trailer" };

	for (size_t i = 0; i < sizeof(not ) / sizeof(*not ); i++)
		if (rd_span_eq_nocase(name, not [i]))
			return false;
	return true;
}

static bool local_fields(const struct rd_head *head, struct rd_buffer *to)
{
	bool added = true;

	for (unsigned i = 0; i < head->fields; i++) {
		struct rd_span name = head->field[i].name, value = head->field[i].value;

		if (local_keeps(name))
			added = added && rd_buffer_print(to, "%.*s: %.*s\r\n", (int)name.len,
							 name.at, (int)value.len, value.at);
	}
	return added && rd_buffer_text(to, "\r\n");
}

static bool local_line(const struct replyd_exchange *x, struct rd_buffer *to)
{
	struct rd_span host = x->target.host; /* it overrides the field */

	return rd_buffer_text(to, x->head.method == METHOD_HEAD ? "HEAD " : "GET ") &&
	       (!host.at || rd_buffer_print(to, "http://%.*s", (int)host.len, host.at)) &&
	       rd_buffer_print(to, "%s HTTP/1.%u\r\n", x->reply.local, x->head.minor);
}

static struct rd_intake *local_intake(const struct replyd_exchange *x, uint64_t began_us)
{
	static const struct rd_framing no_body;
	struct rd_intake *i = NULL;
	struct rd_buffer b = { 0 };

	if (local_line(x, &b) && local_fields(&x->head, &b))
		i = rd_intake_new(b.at, b.len, &no_body, 0, began_us);
	rd_buffer_free(&b);
	if (i)
		i->complete = true;
	return i;
}

/* Whether it is as the limits of the listener have it. */
static bool local_parses(const struct rd_http *h, const struct rd_intake *i)
{
	struct rd_head head;

	return rd_head_parse(i->head, i->head_len, &h->service->limits, &head) > 0;
}

static int local_wrong(struct rd_http *h, const char *why)
{
	replyd_log(&h->x, "its redirect to %.200s %s", h->x.reply.local, why);
	return 502;
}

int rd_local_take(struct rd_http *h)
{
	bool keep_alive = h->x.framing.keep_alive;
	struct rd_intake *i;

	if (h->local == LOCAL_MOST)
		return local_wrong(h, "leads in a circle");
	if (h->x.streamed || !local_is_path(h->x.reply.local))
		return local_wrong(h, "leads to no path");
	i = local_intake(&h->x, h->s.intake ? h->s.intake->began_us : h->s.conn->ready_us);
	if (!i)
		return 503;
	if (!local_parses(h, i)) {
		rd_intake_free(i);
		return local_wrong(h, "is too long");
	}
	rd_reply_reset(&h->x.reply);
	rd_exchange_end(&h->x);
	rd_watch_end(&h->s.watch);
	rd_intake_free(h->s.intake);
	h->s.intake = i;
	h->head = i->head;
	h->head_len = i->head_len;
	h->local++;
	if (!rd_http_recall(h->service, i, &h->x))
		return 500;
	h->x.framing.keep_alive = keep_alive;
	return 0;
}
