/*
 * line - the line protocol: a request is one line, the reply is what the handler writes, then the
 * connection closes. The line ends with LF, or where the client stops sending; a CR before the LF
 * does not belong to it.
 */
#ifndef RD_SERVE_LINE_H
#define RD_SERVE_LINE_H

#include "app/route.h"
#include "flow/protocol.h"
#include "serve/spool.h"

#include <stdint.h>

enum { RD_LINE_MAX = 64 * 1024 }; /* bytes of a line, without its end */

struct rd_line_service {
	struct rd_route *route;
	uint64_t line_us;	      /* for the whole line, from the accept */
	uint64_t write_us;	      /* in which a client takes some of the reply ... */
	uint64_t write_rate;	      /* ... so many bytes a second, at least */
	struct rd_spool_limits spool; /* for replies that their client does not take */
	const char *busy;	      /* the line that is said when the queue is full */
};

/* An exchange that no HTTP head asked for: what HTTP has besides is empty. */
void rd_line_exchange(struct replyd_exchange *x, const char *method, struct rd_route *route);

/* Serves with a struct rd_line_service. */
extern const struct rd_protocol rd_line;

/* As rd_line, but the client is not waited for: its handler is asked with an empty line at once. */
extern const struct rd_protocol rd_line_unasked;

#endif
