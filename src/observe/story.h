/*
 * story - what happens to connections, a line for each, as people read it.
 */
#ifndef RD_OBSERVE_STORY_H
#define RD_OBSERVE_STORY_H

#include "base/buffer.h"
#include "observe/record.h"

/* What is not known is 0 or NULL. Texts may have any bytes in them. */
struct rd_moment {
	const char *event; /* a word of tbl/event.h; or exchange, missed; socket, bind, listen */
	uint64_t at_us;
	uint64_t connection;
	const char *client;  /* of what was accepted */
	const char *address; /* of a listener */
	const char *wants;   /* of what is parked: "read", "write", "reply" */
	const char *reason;  /* a word of tbl/close_reason.h */
	uint64_t since_us;   /* of what woke: when it was ready; of what is closed: the accept */
	bool deadline;	     /* it woke for that */
	uint64_t count;	     /* how much was missed */
	/* of an exchange */
	const char *method, *target, *route;
	uint64_t status, received, sent; /* bytes */
	uint64_t stage[STAGE_COUNT];	 /* us */
	bool reached[STAGE_COUNT];
};

struct rd_story {
	int64_t wall_us; /* what the wall clock shows when the moment is 0 */
	bool colour;
};

/* Adds a line. False: there is no memory. */
bool rd_story_add(struct rd_buffer *to, const struct rd_story *story, const struct rd_moment *m);

#endif
