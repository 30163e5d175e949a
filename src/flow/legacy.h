/*
 * legacy - clients that a server leaves to the one after it: connections on which nothing is begun,
 * which stay open when the server ends.
 */
#ifndef RD_FLOW_LEGACY_H
#define RD_FLOW_LEGACY_H

#include "base/lock.h"

#include <stdbool.h>
#include <stddef.h>

struct rd_legacy {
	struct rd_lock lock;	  /* rank LEGACY */
	/* under lock */ int *fd; /* [count] */
	size_t count, most;
};

/* Nothing is left as yet, and never more than `most`. False when there is no memory. */
bool rd_legacy_init(struct rd_legacy *l, size_t most);
/* No more are left from here on; how many are. */
size_t rd_legacy_end(struct rd_legacy *l);

/* Any thread: keeps a descriptor of its own for the client of `fd`. False: it is not left. */
bool rd_legacy_leave(struct rd_legacy *l, int fd);

#endif
