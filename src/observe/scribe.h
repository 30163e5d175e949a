/*
 * scribe - the one thread that empties all outboxes, and gives their records to sinks.
 */
#ifndef RD_OBSERVE_SCRIBE_H
#define RD_OBSERVE_SCRIBE_H

#include "base/lock.h"
#include "observe/event.h"
#include "observe/outbox.h"

#include <semaphore.h>

/*
 * Who wants records. `take` is called for each, which is gone after that, with the scribe's lock
 * held: it does not wait. `write` is called after some of them: it may wait, but for nothing any
 * more once rd_scribe_late. It may be NULL. `note` is as `take`, for events; NULL: it wants none.
 */
struct rd_sink {
	void (*take)(struct rd_sink *sink, const void *record, size_t len);
	void (*write)(struct rd_sink *sink);
	void (*note)(struct rd_sink *sink, const struct rd_event *event);
	struct rd_sink *next; /* the scribe's */
	bool ids;	      /* exchanges are to have one each; see rd_scribe_ids */
};

struct rd_scribe {
	_Atomic int state;		     /* enum, scribe.c */
	_Atomic bool wanted;		     /* there is a sink */
	_Atomic bool noted;		     /* there is one that wants events */
	_Atomic bool ids;		     /* there is one that wants ids */
	_Atomic bool ending;		     /* it is to take what there is, and end */
	_Atomic uint64_t late_us;	     /* monotonic: no wait is longer, as it ends */
	_Atomic(struct rd_outbox *) joining; /* put there by their producers */
	sem_t wake;
	struct rd_lock lock; /* rank SCRIBE */
	struct rd_cond done; /* `writing` changed */
	/* under lock */
	struct rd_outbox *outbox; /* those that have joined */
	struct rd_sink *sink;	  /* all */
	struct rd_sink *writing;  /* whose `write` is called; or NULL */
	/* by who starts and stops it, under the lock */
	bool runs;
	pthread_t thread;
	/* by the scribe */
	uint64_t lost;		   /* records, so far ... */
	uint64_t dropped, said_us; /* ... of which nothing was said yet; when it last was */
};

void rd_scribe_init(struct rd_scribe *s);
/* Stopped, or never started. */
void rd_scribe_fini(struct rd_scribe *s);

/* Starts the thread, if there is none. 0, or an error number. */
int rd_scribe_start(struct rd_scribe *s);

/* What was put by now is taken and written, but for what takes too long. No thread is left. */
void rd_scribe_stop(struct rd_scribe *s);

/* Any thread but the scribe. It gets what is put from now on. */
void rd_scribe_add(struct rd_scribe *s, struct rd_sink *sink);
/* The same. It gets nothing any more, and neither function is being called. */
void rd_scribe_remove(struct rd_scribe *s, struct rd_sink *sink);

/* The same: whether it wants ids from now on, be it added already or not. */
void rd_scribe_ids(struct rd_scribe *s, struct rd_sink *sink, bool ids);

/* Whether `write` is to wait for nothing any more. */
bool rd_scribe_late(const struct rd_scribe *s);

/* By a producer that puts its first record; and with each, `much`: the scribe is not to rest on. */
void rd_scribe_join(struct rd_scribe *s, struct rd_outbox *o);
void rd_scribe_tell(struct rd_scribe *s, bool much);

/* The producer has ended. The scribe knows it no more; what it has not taken is lost. */
void rd_scribe_leave(struct rd_scribe *s, struct rd_outbox *o);

#endif
