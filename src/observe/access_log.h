/*
 * access_log - a line for each request, written by the scribe.
 */
#ifndef RD_OBSERVE_ACCESS_LOG_H
#define RD_OBSERVE_ACCESS_LOG_H

#include "observe/log_target.h"
#include "observe/scribe.h"
#include "observe/series.h"

struct rd_access_log {
	struct rd_sink sink;
	struct rd_scribe *scribe;
	const struct rd_series *series;
	struct rd_lock lock; /* rank ACCESS_LOG */
	/* under lock */
	struct rd_log_target *newest; /* `target`, or `next`; NULL: there is no log */
	/* by the scribe, while there is a log */
	struct rd_log_target *target;
	struct rd_buffer lines;
	uint64_t said, said_us; /* of `lost`; when that was said */
	int error;		/* for which some were lost last */
	/* to the scribe */
	_Atomic(struct rd_log_target *) next; /* goes in the place of `target` */
	_Atomic bool ends;		      /* there is to be none */
	_Atomic uint64_t lost; /* requests that are not in it, though the scribe had them */
};

void rd_access_log_init(struct rd_access_log *a, struct rd_scribe *scribe,
			const struct rd_series *series);
/* The scribe is stopped. */
void rd_access_log_fini(struct rd_access_log *a);

/* Any thread, one at a time: from now on it goes there; NULL: there is none. Takes the target. */
void rd_access_log_use(struct rd_access_log *a, struct rd_log_target *target);

/* Any thread: goes on in a file that has its name now, or says why not. */
void rd_access_log_reopen(struct rd_access_log *a);

/* Of its file, to be given to whom the server becomes; -1: there is none. */
int rd_access_log_fd(struct rd_access_log *a);

#endif
