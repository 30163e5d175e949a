/*
 * spool - a reply that is sent while its handler still writes it. What the client does not take
 * at once is kept, in memory, then in an unnamed temporary file, so that no handler waits for it.
 */
#ifndef RD_SERVE_SPOOL_H
#define RD_SERVE_SPOOL_H

#include "app/store.h"
#include "net/transport.h"
#include "serve/output.h"

struct rd_spool {
	struct rd_store store; /* what was kept ... */
	uint64_t sent;	       /* ... of which so many bytes are with the kernel */
};

enum { RD_SPOOL_MOST = 64 * 1024 * 1024 }; /* bytes, where nothing else is said */

/* Where it keeps, and how much. */
struct rd_spool_limits {
	struct rd_place place;
	uint64_t most; /* bytes that the client has not taken */
};

/*
 * Sends what is on its way in `out`, then what is kept, then these bytes, as far as that goes
 * without waiting; keeps the rest. 0, or an error number: EPIPE the client is gone; EFBIG;
 * ENOBUFS, ENOMEM, ENOSPC ... as of rd_store_add. Some of the bytes may then be sent.
 */
int rd_spool_send(struct rd_spool *spool, struct rd_output *out, struct rd_transport *t,
		  const struct iovec *iov, int n, const struct rd_spool_limits *limits);

/* Bytes that are kept. */
uint64_t rd_spool_left(const struct rd_spool *spool);

/* What is kept becomes the body of `out`, which has none. False: there is no memory. */
bool rd_spool_end(struct rd_spool *spool, struct rd_output *out);

/* Drops what is kept. */
void rd_spool_free(struct rd_spool *spool);

#endif
