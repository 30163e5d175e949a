/*
 * http1 - HTTP/1.1 and 1.0 over a connection: reads, parses, has it performed, replies.
 */
#ifndef RD_SERVE_HTTP1_H
#define RD_SERVE_HTTP1_H

#include "app/app.h"
#include "codec/head.h"
#include "flow/protocol.h"
#include "serve/spool.h"

#include <stdint.h>

/* What a listener serves by HTTP, in one generation. */
struct rd_http_service {
	const struct rd_app *app;
	struct rd_head_limits limits;
	uint64_t head_us;      /* for a whole head, from its first byte or from the accept */
	uint64_t idle_us;      /* between two requests */
	uint64_t body_us;      /* without a byte of a body that is awaited */
	uint64_t body_rate;    /* bytes a second of a body, at least, after its first body_us */
	uint64_t write_us;     /* in which a client takes some of a reply ... */
	uint64_t write_rate;   /* ... so many bytes a second, at least */
	struct rd_place place; /* for bodies that are too long for memory */
	struct rd_spool_limits spool; /* for replies that their client does not take */
};

/* Serves with a struct rd_http_service. */
extern const struct rd_protocol rd_http1;

#endif
