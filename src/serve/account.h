/*
 * account - when each exchange of a turn was where, from its first byte to the last of its reply.
 *
 * A request that is being read has its stamps in the stream. When its reply is made it becomes a
 * record in the worker's `told`; when all that is on its way is with the kernel, those records are
 * complete, and handed on. What is on its way when the connection is parked is kept with it.
 * Without stages (rd_pool_config.stages) nothing of that is done.
 */
#ifndef RD_SERVE_ACCOUNT_H
#define RD_SERVE_ACCOUNT_H

#include "observe/record.h"

struct rd_stream;
struct rd_route; /* app/route.h */

struct rd_account {
	uint64_t at[STAMP_COUNT]; /* of the request that is being read or answered */
	uint64_t before;	  /* bytes that the output had taken before its reply */
	size_t head;		  /* bytes of its reply's head */
	bool unasked;		  /* see observe/record.h */
	size_t record;		  /* where its record is; SIZE_MAX: it has none yet */
};

/* A turn begins. */
void rd_account_begin(struct rd_stream *s);

/*
 * Whether the kernel is to be asked when a request arrived: of each while somebody looks at single
 * exchanges, else of one in 8 of a connection, since it costs more than all else that is measured.
 */
bool rd_account_asks(const struct rd_stream *s);

/* A request's first bytes were read. By the kernel's wall clock they came at arrived_ns, or 0. */
void rd_account_arrived(struct rd_stream *s, bool asked, int64_t arrived_ns);

/* All of it is there. */
void rd_account_read(struct rd_stream *s);

/* What its record says, but for what rd_account_{tell,replied,sent} fill in. */
struct rd_told {
	const struct rd_route *route; /* NULL: none was found */
	unsigned status;	      /* 0: the protocol has none */
	uint64_t received;
	const struct rd_span *text; /* RECORD_TEXTS of them; NULL: none */
};

/* Whether the texts are wanted; and that one of them is an id. */
bool rd_account_texts(const struct rd_stream *s);
bool rd_account_ids(const struct rd_stream *s);

/* Its reply is decided. Where that happens twice, the first counts. */
void rd_account_tell(struct rd_stream *s, const struct rd_told *told);

/* Its stamps so far; all 0 without stages. */
void rd_account_stamps(const struct rd_stream *s, uint64_t at[STAMP_COUNT]);

/* Its reply is in the output. The next one in the buffer, if there is, came with it. */
void rd_account_replied(struct rd_stream *s);

/* All that is on its way is with the kernel. */
void rd_account_sent(struct rd_stream *s);

/* The connection ends, for s->conn->reason, with some of that not sent. */
void rd_account_broken(struct rd_stream *s);

/* What is on its way, to be kept: malloc'd, *len bytes; NULL where that is nothing. */
char *rd_account_keep(struct rd_stream *s, size_t *len);
void rd_account_take_up(struct rd_stream *s, const char *kept, size_t len);

#endif
