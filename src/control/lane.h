/*
 * lane - one exchange with the control lane of a server.
 */
#ifndef RD_CONTROL_LANE_H
#define RD_CONTROL_LANE_H

#include "base/buffer.h"
#include "base/span.h"
#include "net/address.h"

#include <stdbool.h>
#include <stdint.h>

/* Where the systemd unit and the sample configuration have it. */
#define RD_LANE_DEFAULT "/run/replyd/control.sock"

struct rd_lane {
	struct rd_address address;
	char name[300];	     /* the address as messages call it */
	uint64_t timeout_us; /* for a whole exchange; or, where that is ... */
	bool endless;	     /* ... until it begins, and for its next bytes each time */
	int cancel_fd;	     /* an exchange ends early when it is readable; -1: never */
};

/* A path, which has a slash, or an address. False: *why says what is wrong, a constant text. */
bool rd_lane_parse(struct rd_lane *lane, const char *text, const char **why);

/* All zero is nothing. */
struct rd_said {
	int status;	       /* 0: no reply came, or not all of it, and word says why */
	bool json;	       /* what the reply is, as it says itself */
	struct rd_buffer body; /* to be freed; of a reply that was refused, none */
	char word[512];	       /* of a reply that was refused: what the server says of it */
};

/*
 * Asks for `target` by `method`. Of a reply below 400, the body goes to `take` piece by piece as it
 * comes, or, where that is NULL, into said->body; `take` returns false to end the exchange, which
 * counts as whole then. True: a reply came, and its status is below 400.
 */
bool rd_lane_ask(const struct rd_lane *lane, const char *method, const char *target,
		 bool (*take)(void *data, struct rd_span piece), void *data, struct rd_said *said);

#endif
