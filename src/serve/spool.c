/*
 * spool - a reply that is sent while its handler still writes it.
 * Thread:  the worker's that holds the connection.
 * Owns:    what is kept, until it becomes the output's body.
 * Never:   waits.
 */
#include "serve/spool.h"

#include "base/must.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	MOVE = 1024 * 1024, /* bytes of a file that are sent, before the rest is moved */
	PIECE = 16 * 1024,
};

uint64_t rd_spool_left(const struct rd_spool *s)
{
	return s->store.len - s->sent;
}

/* The rest of the file, in a store of its own. */
static bool spool_move(const struct rd_spool *s, struct rd_store *to, const struct rd_place *place)
{
	char piece[PIECE];
	uint64_t at = s->sent;

	while (at < s->store.len) {
		ssize_t n = pread(s->store.file, piece, sizeof(piece), (off_t)at);

		if (n <= 0 || rd_store_add(to, piece, (size_t)n, place) != 0)
			return false;
		at += (uint64_t)n;
	}
	return true;
}

/*
 * What was sent is not kept for ever, though the client is always behind. Where the rest cannot be
 * moved, the file goes on to grow.
 */
static void spool_forget(struct rd_spool *s, const struct rd_place *place)
{
	struct rd_store rest = { .file = -1 };

	if (s->store.file < 0) {
		rd_buffer_drop(&s->store.memory, s->sent);
		s->store.len -= s->sent;
		s->sent = 0;
		return;
	}
	if (s->sent < MOVE || s->sent < rd_spool_left(s))
		return;
	if (!spool_move(s, &rest, place)) {
		rd_store_free(&rest);
		return;
	}
	rd_store_free(&s->store);
	s->store = rest;
	s->sent = 0;
}

static int spool_keep(struct rd_spool *s, const struct iovec *iov, int n, size_t skip,
		      const struct rd_spool_limits *limits)
{
	for (int i = 0; i < n; i++) {
		size_t gone = skip < iov[i].iov_len ? skip : iov[i].iov_len;
		size_t left = iov[i].iov_len - gone;
		int error;

		skip -= gone;
		if (left == 0)
			continue;
		if (left > limits->most || rd_spool_left(s) > limits->most - left)
			return EFBIG;
		error = rd_store_add(&s->store, (const char *)iov[i].iov_base + gone, left,
				     &limits->place);
		if (error)
			return error;
	}
	return 0;
}

/* 0, also when the client does not take all; or an error number. */
static int spool_drain(struct rd_spool *s, struct rd_output *out, struct rd_transport *t)
{
	while (s->sent < s->store.len) {
		uint64_t left = s->store.len - s->sent;
		struct iovec iov = { s->store.memory.at + s->sent, left };
		enum rd_io io;
		size_t n;

		if (s->store.file >= 0)
			io = rd_transport_sendfile(t, s->store.file, (off_t)s->sent, left, &n);
		else
			io = rd_transport_send(t, &iov, 1, false, &n);
		if (io == IO_AGAIN)
			return 0;
		if (io != IO_OK)
			return io == IO_RESET ? EPIPE : EIO;
		s->sent += n;
		out->given += n;
	}
	rd_spool_free(s);
	return 0;
}

int rd_spool_send(struct rd_spool *s, struct rd_output *out, struct rd_transport *t,
		  const struct iovec *iov, int n, const struct rd_spool_limits *limits)
{
	size_t sent = 0;
	int error;

	out->turn = UINT64_MAX; /* the handler's, not the connection's */
	switch (rd_output_flush(out, t)) {
	case FLUSH_DONE:
		break;
	case FLUSH_BLOCKED:
		return spool_keep(s, iov, n, 0, limits);
	default:
		return EPIPE;
	}
	error = spool_drain(s, out, t);
	if (error)
		return error;
	spool_forget(s, &limits->place);
	if (s->store.len == 0 && n > 0) {
		switch (rd_transport_send(t, iov, n, false, &sent)) {
		case IO_OK:
			break;
		case IO_AGAIN:
			sent = 0;
			break;
		default:
			return EPIPE;
		}
	}
	out->given += sent;
	return spool_keep(s, iov, n, sent, limits);
}

static void spool_release(void *owner)
{
	rd_store_free(owner);
	free(owner);
}

bool rd_spool_end(struct rd_spool *s, struct rd_output *out)
{
	struct rd_store *kept;

	if (s->store.len == 0)
		return true;
	kept = malloc(sizeof(*kept));
	if (!kept)
		return false;
	*kept = s->store;
	MUST(out->body.left == 0 && !out->body.release);
	out->body = (struct rd_body){
		.bytes = kept->file < 0 ? kept->memory.at + s->sent : NULL,
		.file = kept->file,
		.offset = (off_t)s->sent,
		.left = kept->len - s->sent,
		.release = spool_release,
		.owner = kept,
	};
	*s = (struct rd_spool){ .store = { .file = -1 } };
	return true;
}

void rd_spool_free(struct rd_spool *s)
{
	rd_store_free(&s->store);
	s->sent = 0;
}
