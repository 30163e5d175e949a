/*
 * loader - a load: requests at a fixed rate, each measured from when it was due.
 */
#ifndef RD_CLIENT_LOADER_H
#define RD_CLIENT_LOADER_H

#include "base/span.h"
#include "client/tally.h"
#include "client/timeline.h"
#include "net/address.h"

#include <stdbool.h>

struct rd_loader {
	const struct rd_address *address;
	struct rd_span request;
	bool http, bodiless, close; /* as in struct rd_shots */
	double rate;		    /* requests a second; 0: each connection asks without a pause */
	unsigned connections;	    /* at once, at most */
	uint64_t duration_us;
	uint64_t warm_up_us;		 /* at its beginning, asked and not counted */
	uint64_t patience_us;		 /* from when a request is due until it is given up */
	enum rd_load_failure impatience; /* what one that was given up is called */
};

struct rd_loaded {
	struct rd_tally tally;	      /* of what was due after the warm-up */
	struct rd_tally_flow in_time; /* of that, what came before the end */
	struct rd_timeline timeline;  /* the same, by when it came after the warm-up */
	uint64_t took_us; /* from the warm-up to the end: of the duration, or the interruption */
	bool interrupted;
};

/* How many that is in a second, of what came in time. */
double rd_loader_rate(const struct rd_loaded *loaded, uint64_t count);

/*
 * Asks, for `duration_us` or until SIGINT, and shows on a terminal how far it is. NULL, or why it
 * could not begin: a text that is good until the next call of strerror.
 */
const char *rd_loader_run(const struct rd_loader *loader, struct rd_loaded *loaded);

#endif
