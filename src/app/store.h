/*
 * store - where a request's body, or a reply, is gathered: in memory while it is short, else in an
 * unnamed temporary file. All zero with file -1 is an empty one.
 */
#ifndef RD_APP_STORE_H
#define RD_APP_STORE_H

#include "base/buffer.h"

#include <stdatomic.h>
#include <stdint.h>

enum { RD_STORE_MEMORY = 64 * 1024 }; /* bytes that are kept in memory, at most */

/* What the temporary files of a server may hold together, and do; in bytes. */
struct rd_room {
	_Atomic uint64_t most;
	_Atomic uint64_t used;
	_Atomic uint64_t said_us; /* when the log last said that it is full */
};

/* Where a file is made. */
struct rd_place {
	const char *directory;
	struct rd_room *room; /* of which it takes; NULL: any */
};

struct rd_store {
	struct rd_buffer memory;
	int file; /* -1 while all is in memory */
	uint64_t len;
	struct rd_room *room; /* of which its file ... */
	uint64_t taken;	      /* ... has so much */
};

/*
 * Appends. 0, or an error number: ENOMEM, ENOSPC ..., ENOBUFS there is no room; the store is then
 * good only for freeing.
 */
int rd_store_add(struct rd_store *s, const char *bytes, size_t len, const struct rd_place *place);
void rd_store_free(struct rd_store *s);

#endif
