/*
 * memory - a transport without a socket: what a client sends is given in pieces, what it is sent
 * is gathered. With it the whole stack, from bytes to bytes, runs in one thread, for tests and
 * fuzzers.
 */
#ifndef RD_NET_MEMORY_H
#define RD_NET_MEMORY_H

#include "base/buffer.h"
#include "base/span.h"
#include "net/transport.h"

#include <stdint.h>

struct rd_memory {
	const struct rd_span *piece; /* what the client sends; no receive crosses a piece's end */
	size_t pieces;
	enum rd_io end;	  /* what comes after the last: IO_AGAIN, IO_EOF or IO_RESET */
	size_t send_most; /* bytes that one send takes; 0: any number */
	size_t window;	  /* bytes that the client still takes; SIZE_MAX: never full */

	/* what has come of it */
	struct rd_buffer sent;
	bool shut, closed, resets;
	/* memory's own */
	size_t next, read; /* pieces that have come; bytes of the last that were read */
};

/*
 * The caller has set the first five, and may change the last three at any time; `m` stays his, and
 * outlives the transport. No piece has come yet.
 */
void rd_memory_init(struct rd_transport *t, struct rd_memory *m);

/* The next piece comes. False when there is none: then the end has. */
bool rd_memory_feed(struct rd_memory *m);

/* Frees what was sent. */
void rd_memory_free(struct rd_memory *m);

#endif
