/*
 * output - sends what is on its way to one client.
 * Thread:  the worker's that holds the connection.
 * Owns:    the body, until it is sent or released.
 * Never:   waits.
 */
#include "serve/output.h"

#include "base/must.h"

#include <string.h>

enum { COPIED = 16 * 1024 }; /* a body up to so long is copied behind its head */

static enum rd_flush output_stopped(enum rd_io io)
{
	return io == IO_AGAIN ? FLUSH_BLOCKED : FLUSH_GONE;
}

static bool output_parts_follow(const struct rd_body *b)
{
	return b->next && b->next->left > 0;
}

/* Of a body in parts, the one that has gone gives way to the next. */
static void output_next(struct rd_body *b)
{
	const struct rd_part *p = b->next;

	if (b->left > 0)
		return;
	if (!output_parts_follow(b)) {
		b->next = NULL;
		return;
	}
	b->bytes = p->bytes;
	b->file = p->file;
	b->offset = p->offset;
	b->left = p->left;
	b->next = p + 1;
}

static void output_count(struct rd_output *o, size_t n)
{
	size_t bytes = o->len - o->sent < n ? o->len - o->sent : n;

	o->given += n;
	o->turn -= n < o->turn ? n : o->turn;
	o->sent += bytes;
	if (o->sent == o->len)
		o->sent = o->len = 0;
	n -= bytes;
	if (n == 0)
		return;
	o->body.left -= n;
	o->body.offset += (off_t)n;
	if (o->body.bytes)
		o->body.bytes += n;
	output_next(&o->body);
}

/* The buffer and, in the same call, a body that is in memory. */
static enum rd_flush output_send(struct rd_output *o, struct rd_transport *t)
{
	struct iovec iov[2];
	bool more = (!o->body.bytes && o->body.left > 0) || output_parts_follow(&o->body);
	size_t sent;
	int n = 0;

	if (o->len > o->sent)
		iov[n++] = (struct iovec){ o->at + o->sent, o->len - o->sent };
	if (o->body.bytes && o->body.left > 0)
		iov[n++] = (struct iovec){ (char *)o->body.bytes, o->body.left };
	if (n == 0)
		return FLUSH_DONE;
	enum rd_io io = rd_transport_send(t, iov, n, more, &sent);

	if (io != IO_OK)
		return output_stopped(io);
	output_count(o, sent);
	return FLUSH_DONE;
}

static enum rd_flush output_sendfile(struct rd_output *o, struct rd_transport *t)
{
	uint64_t want = o->body.left < o->turn ? o->body.left : o->turn;
	size_t sent;

	switch (rd_transport_sendfile(t, o->body.file, o->body.offset, want, &sent)) {
	case IO_OK:
		output_count(o, sent);
		return FLUSH_DONE;
	case IO_AGAIN:
		return FLUSH_BLOCKED;
	case IO_RESET:
		return FLUSH_GONE;
	default:
		return FLUSH_BROKEN;
	}
}

bool rd_output_empty(const struct rd_output *o)
{
	return o->len == o->sent && o->body.left == 0;
}

enum rd_flush rd_output_flush(struct rd_output *o, struct rd_transport *t)
{
	while (!rd_output_empty(o)) {
		bool bytes = o->len > o->sent || o->body.bytes;
		enum rd_flush flush;

		if (o->turn == 0)
			return FLUSH_TURN;
		flush = bytes ? output_send(o, t) : output_sendfile(o, t);
		if (flush != FLUSH_DONE)
			return flush;
	}
	rd_body_release(&o->body);
	return FLUSH_DONE;
}

void rd_output_body(struct rd_output *o, struct rd_body *body)
{
	MUST(o->body.left == 0 && !o->body.release);
	if (body->bytes && !body->next && body->left <= COPIED && body->left <= o->size - o->len) {
		memcpy(o->at + o->len, body->bytes, body->left);
		o->len += body->left;
		rd_body_release(body);
		return;
	}
	o->body = *body;
	*body = (struct rd_body){ .file = -1 };
	if (o->body.left == 0)
		rd_body_release(&o->body);
}
