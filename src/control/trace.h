/*
 * trace - replyctl trace: what happens at a server, line by line.
 */
#ifndef RD_CONTROL_TRACE_H
#define RD_CONTROL_TRACE_H

#include "control/lane.h"

struct rd_trace_wish {
	const char *client, *route; /* NULL: of all */
	uint64_t slower_us;
	bool json, colour;
};

/*
 * Until the server ends it, or SIGINT or SIGTERM comes: true. False: as of rd_lane_ask.
 */
bool rd_trace_run(const struct rd_lane *lane, const struct rd_trace_wish *wish,
		  struct rd_said *said);

/* One line of it, as it is shown; nothing of what it does not know. False: there is no memory. */
struct rd_story;
bool rd_trace_line(struct rd_span line, struct rd_story *story, struct rd_buffer *to);

#endif
