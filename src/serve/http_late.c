/*
 * http_late - answers 504 where a handler has not returned in time.
 * Thread:  main's, while the handler still runs.
 * Never:   touches what the handler may: its request, its reply, the body that it reads.
 */
#include "base/log.h"
#include "serve/http.h"

static void late_log(const struct rd_http *h, const char *what)
{
	const struct replyd_exchange *x = &h->x;

	rd_log("%.*s %.200s: the handler is late: %s", (int)x->head.method_text.len,
	       x->head.method_text.at, x->path, what);
}

static enum rd_verdict late_answer(struct rd_conn *c, struct rd_http *h)
{
	char head[RD_REPLY_HEAD];
	struct rd_reply reply;
	struct iovec iov[2] = { { .iov_base = head } };
	int n = 1;
	bool kept;

	rd_reply_begin(&reply);
	rd_reply_page(&reply, 504);
	reply.close = true;
	iov[0].iov_len = rd_reply_head(&reply, h->x.head.minor, rd_http_date(), head, sizeof(head));
	if (rd_reply_has_body(h->x.head.method, 504))
		iov[n++] = (struct iovec){ (char *)reply.body.bytes, reply.body.left };
	h->s.account.head = iov[0].iov_len;
	rd_http_tell(h, 504);
	kept = rd_stream_take(&h->s, iov, n);
	rd_reply_reset(&reply);
	c->exchanges++;
	return kept ? RD_WANTS_WRITE : RD_CLOSE;
}

static enum rd_verdict late_take(struct rd_conn *c, struct rd_http *h)
{
	if (h->s.detached) { /* another thread is to reply, who has its time from its route too */
		late_log(h, "its reply is another thread's");
		return rd_stream_take_detached(&h->s) ? RD_MORE : RD_CLOSE;
	}
	if (h->s.begun) {
		late_log(h, "its reply is cut off");
		rd_http_tell(h, h->status);
		return RD_CLOSE;
	}
	late_log(h, "answered 504 in its stead");
	return late_answer(c, h);
}

enum rd_verdict rd_http_take(struct rd_conn *c, void *turn)
{
	struct rd_http *h = turn;
	enum rd_verdict verdict;

	c->reason = CLOSE_LATE;
	verdict = late_take(c, h);
	if (verdict == RD_CLOSE)
		rd_account_broken(&h->s);
	return verdict;
}
