/*
 * fastcgi_talk - one request to an application server, over one connection, and its reply.
 * Thread:  the worker's, which waits in poll for the application server and for nothing else.
 * Owns:    nothing.
 */
#include "handlers/fastcgi_talk.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CHUNK = 32 * 1024,    /* bytes that are read from the file, or from the peer, at once */
	FLUSH_US = 10 * 1000, /* what was written is not sent later */
	LOOK_MS = 500,	      /* for a cancel that no descriptor shows ... */
	WAIT_MS = 60 * 1000,  /* ... and where one does */
};

enum { PEER, CANCEL, POLLED };

struct talk {
	struct rd_fastcgi_talk *t;
	struct pollfd p[POLLED];
	struct rd_span out; /* what is to be sent next */
	uint64_t sent;	    /* of the file, or in `out` */
	uint64_t flush_us;  /* when what was taken is to be sent; 0: all is */
	bool over;
	enum rd_fastcgi_end end;
	char *chunk; /* of the file: a record, and the end */
};

bool rd_fastcgi_talk_body(struct rd_buffer *to, const char *bytes, size_t len)
{
	unsigned char header[RD_FASTCGI_HEADER];
	bool added = true;

	for (size_t at = 0, n; added && at < len; at += n) {
		n = len - at < CHUNK ? len - at : CHUNK;
		rd_fastcgi_body(header, n);
		added = rd_buffer_add(to, header, sizeof(header)) &&
			rd_buffer_add(to, bytes + at, n);
	}
	rd_fastcgi_body(header, 0);
	return added && rd_buffer_add(to, header, sizeof(header));
}

static void talk_over(struct talk *k, enum rd_fastcgi_end end)
{
	if (!k->over)
		k->end = end;
	k->over = true;
}

/* The next record of the file, with the end of the body behind the last. */
static void talk_refill(struct talk *k)
{
	struct rd_fastcgi_talk *t = k->t;
	uint64_t left = t->file_len - k->sent;
	size_t n = left < CHUNK ? (size_t)left : CHUNK;
	ssize_t got;

	if (t->file < 0 || left == 0)
		return;
	if (!k->chunk)
		k->chunk = rd_arena_take(&t->x->memory, CHUNK + 2 * RD_FASTCGI_HEADER);
	if (!k->chunk) {
		t->x->reply.fault = RD_NO_MEMORY;
		talk_over(k, FASTCGI_REFUSED);
		return;
	}
	got = pread(t->file, k->chunk + RD_FASTCGI_HEADER, n, (off_t)k->sent);
	if (got <= 0) {
		replyd_log(t->x, "the request's body: %s", got < 0 ? strerror(errno) : "it ends");
		talk_over(k, FASTCGI_LOST);
		return;
	}
	n = RD_FASTCGI_HEADER + (size_t)got;
	rd_fastcgi_body((unsigned char *)k->chunk, (size_t)got);
	k->sent += (size_t)got;
	if (k->sent == t->file_len) {
		rd_fastcgi_body((unsigned char *)k->chunk + n, 0);
		n += RD_FASTCGI_HEADER;
	}
	k->out = (struct rd_span){ k->chunk, n };
}

static void talk_send(struct talk *k)
{
	while (k->out.len > 0 && !k->over) {
		ssize_t n = send(k->p[PEER].fd, k->out.at, k->out.len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) { /* it may have replied before it closed: that is read first */
			k->p[PEER].events = errno == EAGAIN ? POLLIN | POLLOUT : POLLIN;
			return;
		}
		k->out.at += n;
		k->out.len -= (size_t)n;
		if (k->out.len == 0)
			talk_refill(k);
	}
	k->p[PEER].events = POLLIN;
}

static void talk_output(struct talk *k, struct rd_span part)
{
	if (!rd_cgi_reply_take(k->t->reply, part.at, part.len))
		talk_over(k, FASTCGI_REFUSED);
	else if (!k->flush_us)
		k->flush_us = rd_clock_us() + FLUSH_US;
}

static void talk_take(struct talk *k, const char *bytes, size_t len)
{
	struct rd_fastcgi_talk *t = k->t;
	struct rd_span part;
	size_t used;

	for (size_t at = 0; at < len && !k->over; at += used) {
		switch (rd_fastcgi_next(&t->in, bytes + at, len - at, &used, &part)) {
		case RD_FASTCGI_MORE:
			break;
		case RD_FASTCGI_OUTPUT:
			talk_output(k, part);
			break;
		case RD_FASTCGI_ERRORS:
			rd_log_lines_take(t->errors, part.at, part.len);
			break;
		case RD_FASTCGI_END:
			t->clean = at + used == len && k->out.len == 0;
			talk_over(k, FASTCGI_ENDED);
			break;
		case RD_FASTCGI_WRONG:
			talk_over(k, FASTCGI_WRONG);
			break;
		}
	}
}

static void talk_receive(struct talk *k)
{
	struct rd_fastcgi_talk *t = k->t;
	char bytes[CHUNK];
	ssize_t n = recv(k->p[PEER].fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		talk_over(k, FASTCGI_LOST);
		return;
	}
	if (!t->heard)
		rd_fastcgi_pool_heard(t->pool, &t->link);
	t->heard = true;
	talk_take(k, bytes, (size_t)n);
}

/* Milliseconds until there is something to do though nothing happens. */
static int talk_timeout(const struct talk *k)
{
	int most = k->p[CANCEL].fd < 0 ? LOOK_MS : WAIT_MS;
	uint64_t until = k->t->x->deadline_us, now = rd_clock_us();

	if (k->flush_us && (!until || k->flush_us < until))
		until = k->flush_us;
	if (!until || until > now + (uint64_t)most * 1000)
		return most;
	return until > now ? (int)((until - now + 999) / 1000) : 0;
}

static void talk_clock(struct talk *k)
{
	struct rd_cgi_reply *reply = k->t->reply;
	uint64_t now = rd_clock_us(), deadline_us = k->t->x->deadline_us;

	if (deadline_us && now >= deadline_us)
		talk_over(k, FASTCGI_LATE);
	if (k->over || !k->flush_us || now < k->flush_us)
		return;
	k->flush_us = 0;
	if (reply->begun && reply->len > 0 && replyd_flush(reply->x) != 0)
		talk_over(k, FASTCGI_REFUSED);
}

static void talk_turn(struct talk *k)
{
	bool look = k->p[CANCEL].fd < 0; /* there is none that shows it */

	if (poll(k->p, POLLED, talk_timeout(k)) < 0)
		return;
	if (k->p[PEER].revents & POLLOUT)
		talk_send(k);
	if (k->p[PEER].revents & ~POLLOUT)
		talk_receive(k);
	talk_clock(k);
	if ((look || k->p[CANCEL].revents) && !k->over && replyd_cancelled(k->t->x))
		talk_over(k, FASTCGI_CANCELLED);
}

enum rd_fastcgi_end rd_fastcgi_talk(struct rd_fastcgi_talk *t)
{
	struct talk k = {
		.t = t,
		.p = { [PEER] = { .fd = t->link.fd, .events = POLLIN },
		       [CANCEL] = { .fd = rd_exchange_cancel_fd(t->x), .events = POLLIN } },
		.out = t->request,
	};

	talk_send(&k);
	while (!k.over)
		talk_turn(&k);
	return k.end;
}
