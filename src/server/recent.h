/*
 * recent - what the clients' exchanges took, by route: since the start, and of the last minute.
 * What was there a while ago is kept only since somebody has asked.
 */
#ifndef RD_SERVER_RECENT_H
#define RD_SERVER_RECENT_H

#include "base/buffer.h"
#include "base/lock.h"
#include "observe/stages.h"

struct replyd;

enum {
	RD_RECENT_US = 60 * 1000 * 1000,      /* that `recent` is of, at least ... */
	RD_RECENT_STEP_US = 10 * 1000 * 1000, /* ... and at most so much more */
	RD_RECENT_KEPT = 8,
};

/* All zero is an empty one. */
struct rd_sums {
	struct rd_stage_sums *of; /* [count], by series; malloc'd */
	unsigned count;
	uint64_t at_us; /* monotonic */
};

struct rd_recent {
	struct rd_lock lock; /* rank RECENT */
	/* under lock: what there was, the oldest first */ struct rd_sums kept[RD_RECENT_KEPT];
	unsigned count;
};

void rd_recent_init(struct rd_recent *r);
/* It is open anew: its workers have counted nothing yet. */
void rd_recent_begin(struct rd_recent *r);
void rd_recent_fini(struct rd_recent *r);

/* What there is now, by series. False: there is no memory. Freed by rd_sums_free. */
bool rd_sums_look(struct replyd *server, struct rd_sums *sums);
void rd_sums_free(struct rd_sums *sums);

/*
 * Takes from `now` what there was a minute before, or when it was first asked for; returns how many
 * seconds are left in it. Who asks first has all since opened_us, when it was opened.
 */
double rd_recent_since(struct rd_recent *r, struct rd_sums *now, uint64_t opened_us);

/* Adds `"routes": [...], "recent": [...], ...`, each with a comma behind it. False: no memory. */
bool rd_recent_json(struct rd_buffer *b, struct replyd *server);

#endif
