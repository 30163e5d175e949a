/*
 * memory - a transport without a socket.
 * Thread:  the caller's.
 * Owns:    what was sent, until rd_memory_free.
 * Never:   waits, makes a system call but to read a file that is sent.
 */
#include "net/memory.h"

#include "base/must.h"
#include "net/address.h"

#include <errno.h>
#include <unistd.h>

static struct rd_memory *memory_of(struct rd_transport *t)
{
	struct rd_memory *m = t->state;

	MUST(!m->closed);
	return m;
}

/* All that has come is read, and no more will. */
static bool memory_ended(const struct rd_memory *m)
{
	return m->next > m->pieces;
}

static enum rd_io memory_recv(struct rd_transport *t, void *to, size_t size, size_t *got,
			      int64_t *arrived_ns)
{
	struct rd_memory *m = memory_of(t);
	size_t left;

	(void)arrived_ns;
	if (memory_ended(m))
		return m->end;
	left = m->next > 0 ? m->piece[m->next - 1].len - m->read : 0;
	if (left == 0)
		return IO_AGAIN;
	*got = left < size ? left : size;
	memcpy(to, m->piece[m->next - 1].at + m->read, *got);
	m->read += *got;
	return IO_OK;
}

/* How much of `len` is taken now; 0 with the reason in *io. */
static size_t memory_room(struct rd_memory *m, size_t len, enum rd_io *io)
{
	MUST(!m->shut);
	if (memory_ended(m) && m->end == IO_RESET) {
		*io = IO_RESET;
		return 0;
	}
	*io = m->window > 0 ? IO_OK : IO_AGAIN;
	if (m->send_most && len > m->send_most)
		len = m->send_most;
	return len < m->window ? len : m->window;
}

static void memory_took(struct rd_memory *m, size_t len)
{
	if (m->window != SIZE_MAX)
		m->window -= len;
}

static enum rd_io memory_send(struct rd_transport *t, const struct iovec *iov, int n, bool more,
			      size_t *sent)
{
	struct rd_memory *m = memory_of(t);
	enum rd_io io;
	size_t len = 0, room;

	(void)more;
	for (int i = 0; i < n; i++)
		len += iov[i].iov_len;
	MUST(len > 0);
	room = memory_room(m, len, &io);
	if (room == 0)
		return io;
	*sent = room;
	memory_took(m, room);
	for (int i = 0; room > 0; i++) {
		len = iov[i].iov_len < room ? iov[i].iov_len : room;
		MUST(rd_buffer_add(&m->sent, iov[i].iov_base, len));
		room -= len;
	}
	return IO_OK;
}

static enum rd_io memory_sendfile(struct rd_transport *t, int file, off_t offset, size_t count,
				  size_t *sent)
{
	struct rd_memory *m = memory_of(t);
	enum rd_io io;
	size_t room = memory_room(m, count, &io);
	ssize_t n;

	if (room == 0)
		return io;
	MUST(rd_buffer_reserve(&m->sent, room));
	n = pread(file, m->sent.at + m->sent.len, room, offset);
	if (n <= 0)
		return n < 0 ? IO_ERROR : IO_EOF;
	*sent = (size_t)n;
	m->sent.len += *sent;
	memory_took(m, *sent);
	return IO_OK;
}

/* What is sent is taken at once. */
static size_t memory_queued(struct rd_transport *t)
{
	(void)t;
	return 0;
}

static void memory_shutdown(struct rd_transport *t)
{
	memory_of(t)->shut = true;
}

static void memory_break_off(struct rd_transport *t, bool resets)
{
	memory_of(t)->resets = resets;
}

/* As of a Unix socket. */
static bool memory_end(struct rd_transport *t, enum rd_end which, struct rd_sockaddr *at)
{
	(void)t;
	(void)which;
	at->sa.sa_family = AF_UNIX;
	at->len = sizeof(at->sa.sa_family);
	return true;
}

static void memory_close(struct rd_transport *t)
{
	memory_of(t)->closed = true;
}

void rd_memory_init(struct rd_transport *t, struct rd_memory *m)
{
	static const struct rd_transport_ops ops = {
		.recv = memory_recv,
		.send = memory_send,
		.sendfile = memory_sendfile,
		.queued = memory_queued,
		.shutdown = memory_shutdown,
		.break_off = memory_break_off,
		.end = memory_end,
		.close = memory_close,
	};

	*t = (struct rd_transport){ .ops = &ops, .fd = -1, .state = m };
	m->sent = (struct rd_buffer){ 0 };
	m->shut = m->closed = false;
	m->next = m->read = 0;
}

bool rd_memory_feed(struct rd_memory *m)
{
	if (memory_ended(m))
		return false;
	if (m->next > 0)
		MUST(m->read == m->piece[m->next - 1].len);
	m->next++;
	m->read = 0;
	return !memory_ended(m);
}

void rd_memory_free(struct rd_memory *m)
{
	rd_buffer_free(&m->sent);
}
