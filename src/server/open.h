/*
 * open - listeners: what addresses mean, and what is served on them.
 */
#ifndef RD_SERVER_OPEN_H
#define RD_SERVER_OPEN_H

#include "flow/listener.h"
#include "server/fault.h"

enum {
	RD_LISTENERS = RD_SERVICES,
	RD_SOCKETS =
		176, /* of all of them; with those of the control lane they go by one message */
};

struct rd_heritage; /* server/heritage.h */

struct rd_listeners {
	struct rd_heritage *heritage; /* where some may be open already; NULL: nowhere */
	struct rd_listener listener[RD_LISTENERS];
	char *url[RD_LISTENERS]; /* once open */
	size_t count;
	unsigned mains; /* each has a socket of its own at every address; 0: as 1 */
	bool timed;	/* of those that are opened the kernel says when what comes has come */
};

/*
 * Adds a listener for each address that `text` names, on which `protocol` serves `serves`. 0, or
 * -1 with the fault.
 */
int rd_open_name(struct rd_listeners *l, const char *text, const struct rd_protocol *protocol,
		 const void *serves, struct rd_fault *fault);

/* As rd_open_name, but for an address that is named for the same protocol. */
int rd_open_name_once(struct rd_listeners *l, const char *text, const struct rd_protocol *protocol,
		      const void *serves, struct rd_fault *fault);

/*
 * Opens all that was named and is not open. 0, or -1 with the fault, and those are not open that
 * were not before.
 */
int rd_open(struct rd_listeners *l, struct rd_fault *fault);

/*
 * Takes what serves there from each: as the next generation that `all` gets has it, or, where that
 * is NULL, for ever. 0, or -1 with the fault.
 */
int rd_open_services(struct rd_listeners *l, struct rd_generations *all, struct rd_generation *next,
		     struct rd_fault *fault);

/* Those that are named by both for the same protocol and address: `next` has them from `now`. */
void rd_open_keep(struct rd_listeners *next, const struct rd_listeners *now);

void rd_open_close(struct rd_listeners *l);
/* Closed by now. */
void rd_open_free(struct rd_listeners *l);

#endif
