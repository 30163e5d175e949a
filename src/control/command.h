/*
 * command - what replyctl can be told to do.
 */
#ifndef RD_CONTROL_COMMAND_H
#define RD_CONTROL_COMMAND_H

#include "control/lane.h"

enum { RD_EXIT_REFUSED = 1, RD_EXIT_UNREACHED = 3 }; /* 2 is wrong usage */

struct rd_order {
	const char *word, *argument;
	struct rd_lane lane;
	uint64_t interval_us;
	const char *client, *route;
	uint64_t slower_us;
	bool json;
};

/* A row of tbl/command.h. */
struct rd_command {
	const char *word, *argument; /* argument: its name; NULL: it takes none */
	const char *options;	     /* the letters of those that are for it */
	int (*run)(const struct rd_order *order);
	const char *text;
};

/* All of them; the last has no word. */
extern const struct rd_command rd_commands[];

/* NULL: there is none of that word. */
const struct rd_command *rd_command_find(const char *word);

#endif
