/*
 * ask - one exchange from the client's end: the life of a socket, step by step.
 */
#ifndef RD_CLIENT_ASK_H
#define RD_CLIENT_ASK_H

#include "base/span.h"
#include "net/address.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What to ask, whom, and what to show. */
struct rd_ask {
	const char *name; /* the address as messages call it */
	const struct rd_address *address;
	struct rd_span request;
	uint64_t timeout_us; /* for the whole exchange; if `steady`, until the reply goes on */
	bool steady;
	bool http;  /* the reply is HTTP; otherwise it ends where the server closes */
	bool head;  /* HTTP: show the head too */
	bool fail;  /* HTTP: show no body when the status is 400 or more */
	bool trace; /* tell each step on stderr when it is done, and its cost */
	bool meter; /* show on stderr, if it is a terminal, how far the body is */
	FILE *to;   /* where what is shown goes, and what messages call that */
	const char *to_name;
};

struct rd_asked {
	int status;	   /* HTTP: of the reply, 0 when there was none */
	char failure[512]; /* "STEP ADDRESS: WHY"; meaningless after a success */
};

/*
 * Asks, and writes the reply to `to` as it comes. Every address of the name is tried
 * until one connects. True when the reply came whole. Once in a program's life: a look-up that
 * timed out leaves its thread behind.
 */
bool rd_ask_run(const struct rd_ask *ask, struct rd_asked *asked);

#endif
