/*
 * feed - what happens, told to all who trace: each has a bounded store of its own, and is told how
 * much of it was missed. While nobody traces there is none of it.
 *
 * The scribe brings it by threads; the feed puts it in order of time, for which it holds back what
 * is younger than 20 ms while more may come.
 */
#ifndef RD_OBSERVE_FEED_H
#define RD_OBSERVE_FEED_H

#include "base/buffer.h"
#include "observe/scribe.h"
#include "observe/tracer.h"

enum { RD_TRACERS = 8 }; /* at once */

struct rd_feed {
	struct rd_sink sink;
	struct rd_scribe *scribe;
	struct rd_lock gate; /* rank TRACE: held by who begins or ends tracing */
	/* under gate */ unsigned tracers;
	bool over;	     /* nobody begins any more; changed also under lock */
	struct rd_lock lock; /* rank FEED */
	struct rd_cond more; /* some tracer has more, or it is over */
	/* under lock */ struct rd_tracer *tracer; /* all */
	/* by the scribe, and by the first who traces before it is a sink */
	struct rd_buffer gathered; /* parcels */
	struct rd_buffer order;	   /* of those, by time */
	bool came;		   /* something has, since the last write */
	bool begun;		   /* `lost` is known */
	uint64_t lost;		   /* of the scribe's, what was told */
	uint64_t missed;	   /* there was no room, since the last write */
};

void rd_feed_init(struct rd_feed *f, struct rd_scribe *scribe);
/* Nobody traces. */
void rd_feed_fini(struct rd_feed *f);

/* It may be traced from now on; and no more: who traces gets what there is, and its end. */
void rd_feed_begin(struct rd_feed *f);
void rd_feed_end(struct rd_feed *f);

/* Any thread. NULL with errno: EBUSY as many trace as may; ECANCELED it is over; ENOMEM, EAGAIN. */
struct rd_tracer *rd_feed_join(struct rd_feed *f, const struct rd_wish *wish);
void rd_feed_leave(struct rd_feed *f, struct rd_tracer *t);

/*
 * By a tracer's one thread: what came since the last time, in place of what is in the batch, and
 * how much was missed behind that. Waits for it, at most until then. False: nothing came, and
 * nothing comes any more.
 */
bool rd_feed_take(struct rd_feed *f, struct rd_tracer *t, struct rd_buffer *batch, uint64_t *missed,
		  uint64_t until_us);

/* Whether it is over; waits for that, at most until then. */
bool rd_feed_is_over(struct rd_feed *f, uint64_t until_us);

#endif
