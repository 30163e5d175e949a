/*
 * transport - how bytes reach a client and come from it. None of the calls waits, and what a
 * peer may do is a value, never a failure of ours.
 */
#ifndef RD_NET_TRANSPORT_H
#define RD_NET_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

enum rd_io {
	IO_OK,	  /* some bytes went, at least one */
	IO_AGAIN, /* none now: wait for readiness */
	IO_EOF,	  /* recv: the peer will send no more */
	IO_RESET, /* the peer is gone */
	IO_ERROR, /* the system or, for sendfile, the file failed: errno says how */
};

struct rd_transport;
struct rd_sockaddr; /* net/address.h */

enum rd_end { RD_END_PEER, RD_END_LOCAL };

struct rd_transport_ops {
	enum rd_io (*recv)(struct rd_transport *t, void *to, size_t size, size_t *got,
			   int64_t *arrived_ns);
	enum rd_io (*send)(struct rd_transport *t, const struct iovec *iov, int n, bool more,
			   size_t *sent);
	enum rd_io (*sendfile)(struct rd_transport *t, int file, off_t offset, size_t count,
			       size_t *sent);
	size_t (*queued)(struct rd_transport *t);
	void (*shutdown)(struct rd_transport *t);
	void (*break_off)(struct rd_transport *t, bool resets);
	bool (*end)(struct rd_transport *t, enum rd_end which, struct rd_sockaddr *at);
	void (*close)(struct rd_transport *t);
};

struct rd_transport {
	const struct rd_transport_ops *ops;
	int fd;	     /* -1 where there is none */
	void *state; /* the implementation's own */
};

/* At most `size` bytes; *got is set when IO_OK. Fewer than `size` means that no more were there. */
static inline enum rd_io rd_transport_recv(struct rd_transport *t, void *to, size_t size,
					   size_t *got)
{
	return t->ops->recv(t, to, size, got, NULL);
}

/*
 * ... and where arrived_ns is not NULL, *arrived_ns is when the last of them came to the kernel, by
 * the wall clock (nanoseconds since 1970), where that is known; else it stays.
 */
static inline enum rd_io rd_transport_recv_timed(struct rd_transport *t, void *to, size_t size,
						 size_t *got, int64_t *arrived_ns)
{
	return t->ops->recv(t, to, size, got, arrived_ns);
}

/* `more`: further bytes follow at once, a packet need not leave yet. *sent is set when IO_OK. */
static inline enum rd_io rd_transport_send(struct rd_transport *t, const struct iovec *iov, int n,
					   bool more, size_t *sent)
{
	return t->ops->send(t, iov, n, more, sent);
}

/* From `offset` of a file. IO_EOF: the file ends before that. */
static inline enum rd_io rd_transport_sendfile(struct rd_transport *t, int file, off_t offset,
					       size_t count, size_t *sent)
{
	return t->ops->sendfile(t, file, offset, count, sent);
}

/* Bytes that were sent and that the peer has not taken yet, as far as that is known here. */
static inline size_t rd_transport_queued(struct rd_transport *t)
{
	return t->ops->queued(t);
}

/* Sends no more; what was sent still goes out. */
static inline void rd_transport_shutdown(struct rd_transport *t)
{
	t->ops->shutdown(t);
}

/*
 * Whether an end from here on, be it that of the process, is a reset: the peer sees that what it
 * got is not all. A Unix socket has none.
 */
static inline void rd_transport_break_off(struct rd_transport *t, bool resets)
{
	t->ops->break_off(t, resets);
}

/* The address of one end: of the client, and of what it came to. False: that is not known. */
static inline bool rd_transport_end(struct rd_transport *t, enum rd_end which,
				    struct rd_sockaddr *at)
{
	return t->ops->end(t, which, at);
}

static inline void rd_transport_close(struct rd_transport *t)
{
	t->ops->close(t);
}

/* A connected, non-blocking socket; the transport owns it from now on. */
void rd_plain_init(struct rd_transport *t, int fd);

/* As recv, but leaves the bytes there. */
enum rd_io rd_plain_peek(struct rd_transport *t, void *to, size_t size, size_t *got);

/* The peer has ended its stream, though bytes may still be there. */
bool rd_plain_ended(const struct rd_transport *t);

/*
 * The peer passes on the connection of another: its ends are these from here on, as far as
 * rd_transport_end is asked. False: there is no memory.
 */
bool rd_plain_tell(struct rd_transport *t, const struct rd_sockaddr *peer,
		   const struct rd_sockaddr *local);

#endif
