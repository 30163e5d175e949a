/*
 * store - where a request's body is gathered: in memory while it is short, else in an unnamed
 * temporary file. All zero with file -1 is an empty one.
 */
#ifndef RD_APP_STORE_H
#define RD_APP_STORE_H

#include "base/buffer.h"

#include <stdint.h>

enum { RD_STORE_MEMORY = 64 * 1024 }; /* bytes that are kept in memory, at most */

struct rd_store {
	struct rd_buffer memory;
	int file; /* -1 while all is in memory */
	uint64_t len;
};

/* Appends. 0, or an error number (ENOMEM, ENOSPC ...); the store is then good only for freeing. */
int rd_store_add(struct rd_store *s, const char *bytes, size_t len, const char *directory);
void rd_store_free(struct rd_store *s);

#endif
