/*
 * intake - a request whose body is still coming: its head, kept whole, and the body so far. Also a
 * body that nobody wants, which is only read off so that the next request can be found.
 */
#ifndef RD_SERVE_INTAKE_H
#define RD_SERVE_INTAKE_H

#include "app/store.h"
#include "codec/chunked.h"
#include "codec/head.h"

#include <stdbool.h>

enum { RD_DISCARD_MAX = 64 * 1024 }; /* of a body nobody wants; a longer one ends the connection */

struct rd_intake {
	bool discard; /* the reply is given already: the bytes are dropped */
	bool chunked;
	bool complete;	   /* of one that its handler reads: all has come ... */
	int broken;	   /* ... or an error number: no more will */
	uint64_t left;	   /* of a body with a length */
	uint64_t most;	   /* bytes that are taken */
	uint64_t taken;	   /* bytes of body so far */
	uint64_t received; /* bytes from the client so far, for its rate */
	uint64_t began_us;
	struct rd_chunked decoder;
	struct rd_store store;
	size_t head_len;
	char head[]; /* as it came; empty where the body is discarded */
};

/* Copies the head. NULL when there is no memory. */
struct rd_intake *rd_intake_new(const char *head, size_t head_len, const struct rd_framing *framing,
				uint64_t most, uint64_t now_us);
/* NULL is allowed. */
void rd_intake_free(struct rd_intake *i);

/*
 * Takes from in[0..len) what belongs to the body; *used says how much. 1 it is complete, 0 more is
 * needed, or minus a status: 400 malformed, 413 too long, 431 trailer too long, 500, 503 no room,
 * 507 the disk is full.
 */
int rd_intake_feed(struct rd_intake *i, const char *in, size_t len, const struct rd_place *place,
		   size_t *used);

#endif
