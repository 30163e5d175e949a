/*
 * cgi_reply - what a program or a FastCGI server writes becomes the reply.
 */
#ifndef RD_HANDLERS_CGI_REPLY_H
#define RD_HANDLERS_CGI_REPLY_H

#include "app/exchange.h"
#include "base/buffer.h"

/* All zero but x at first. */
struct rd_cgi_reply {
	struct replyd_exchange *x;
	bool raw;	 /* what comes is the whole message, head and all (nph) */
	bool begun;	 /* the head was read */
	bool has_length; /* that it said ... */
	uint64_t length;
	uint64_t len;	       /* ... and what came */
	const char *local;     /* another path of this server is the reply; or NULL */
	struct rd_buffer head; /* while it is not whole */
	const char *fault;     /* what is wrong with it; NULL: nothing */
};

/* Takes what came. False: no more is wanted, because of a fault or because it cannot be sent. */
bool rd_cgi_reply_take(struct rd_cgi_reply *r, const char *bytes, size_t len);

/*
 * No more comes; `whole` says that it ended as it should. What the handler is to return: 0, or 502
 * with a line in the log that begins with `who`.
 */
int rd_cgi_reply_end(struct rd_cgi_reply *r, bool whole, const char *who);

#endif
