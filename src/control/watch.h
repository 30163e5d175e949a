/*
 * watch - looks at a server again and again, beside someone who waits for keys.
 */
#ifndef RD_CONTROL_WATCH_H
#define RD_CONTROL_WATCH_H

#include "control/lane.h"
#include "control/view.h"

#include <pthread.h>

/* What one look showed. */
struct rd_sight {
	bool answered;
	struct rd_view view; /* where it answered, with its workers */
	char why[512];	     /* where it did not */
};

struct rd_watch {
	struct rd_lane lane;
	uint64_t interval_us;
	int sights[2]; /* a pipe of pointers to sights */
	int stop;      /* eventfd: readable when it is to end */
	pthread_t thread;
};

/* False with errno. */
bool rd_watch_begin(struct rd_watch *w, const struct rd_lane *lane, uint64_t interval_us);
/* Readable when there is a sight to take. */
int rd_watch_fd(const struct rd_watch *w);
/* NULL: there is none. The caller frees it. */
struct rd_sight *rd_watch_take(struct rd_watch *w);
void rd_watch_end(struct rd_watch *w);

/* NULL is none. */
void rd_sight_free(struct rd_sight *sight);

#endif
