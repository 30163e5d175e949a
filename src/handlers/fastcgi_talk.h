/*
 * fastcgi_talk - one request to an application server, over one connection, and its reply.
 */
#ifndef RD_HANDLERS_FASTCGI_TALK_H
#define RD_HANDLERS_FASTCGI_TALK_H

#include "codec/fastcgi.h"
#include "handlers/cgi_reply.h"
#include "handlers/fastcgi_pool.h"
#include "handlers/log_lines.h"

enum rd_fastcgi_end {
	FASTCGI_ENDED,	   /* as it should; in.protocol and in.status say with what */
	FASTCGI_LOST,	   /* the connection was closed before */
	FASTCGI_WRONG,	   /* a record was: in.wrong */
	FASTCGI_REFUSED,   /* the reply takes no more */
	FASTCGI_LATE,	   /* its time was over */
	FASTCGI_CANCELLED, /* its client left, or the server is being stopped */
};

/* All zero but for what stands under "given" at first. */
struct rd_fastcgi_talk {
	/* given */
	struct replyd_exchange *x;
	struct rd_fastcgi_pool *pool;
	struct rd_fastcgi_link link;
	struct rd_span request; /* records, up to the body; with it where it is in memory */
	int file;		/* the body, and its length; -1: it is in the request */
	uint64_t file_len;
	struct rd_cgi_reply *reply;
	struct rd_log_lines *errors;
	/* what came of it */
	struct rd_fastcgi in;
	bool heard; /* something came back */
	bool clean; /* nothing is left to be sent or read: the connection can serve again */
};

/* The body's records: those of bytes[0..len), and the end. False when there is no memory. */
bool rd_fastcgi_talk_body(struct rd_buffer *to, const char *bytes, size_t len);

/*
 * Sends the request and takes the reply as it comes; waits for the application server, and for
 * nothing else. The connection is still the caller's.
 */
enum rd_fastcgi_end rd_fastcgi_talk(struct rd_fastcgi_talk *t);

#endif
