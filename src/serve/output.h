/*
 * output - what is on its way to one client: bytes in the worker's buffer, then one body.
 */
#ifndef RD_SERVE_OUTPUT_H
#define RD_SERVE_OUTPUT_H

#include "app/exchange.h"
#include "net/transport.h"

struct rd_output {
	char *at;    /* the worker's buffer */
	size_t len;  /* bytes in it ... */
	size_t sent; /* ... of which so many are with the kernel */
	size_t size;
	struct rd_body body; /* comes after the bytes */
	uint64_t turn;	     /* bytes that may still be sent in this turn */
	uint64_t given;	     /* bytes that went to the kernel since it was begun or taken up */
};

enum rd_flush {
	FLUSH_DONE,    /* all is with the kernel */
	FLUSH_BLOCKED, /* the client must read first */
	FLUSH_TURN,    /* could go on, but the turn is over */
	FLUSH_GONE,    /* the client is gone */
	FLUSH_BROKEN,  /* the body's file ended or failed before its time */
};

/* Sends as much as goes without waiting. */
enum rd_flush rd_output_flush(struct rd_output *o, struct rd_transport *t);

/* Takes over a reply's body: small bytes are copied, so that replies leave together. */
void rd_output_body(struct rd_output *o, struct rd_body *body);

/* Is nothing left to send? */
bool rd_output_empty(const struct rd_output *o);

#endif
