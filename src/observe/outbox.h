/*
 * outbox - what one thread has to tell: a bounded ring of bytes, which the scribe empties. A record
 * goes in whole, or is counted as dropped.
 */
#ifndef RD_OBSERVE_OUTBOX_H
#define RD_OBSERVE_OUTBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RD_OUTBOX_SIZE = 256 * 1024,		 /* bytes of a ring */
	RD_OUTBOX_MOST = RD_OUTBOX_SIZE / 2 - 8, /* bytes of a record */
};

struct rd_event; /* observe/event.h */
struct rd_scribe;

/* All zero is one that tells nobody. */
struct rd_outbox {
	struct rd_scribe *scribe; /* its user's, set before the first record; NULL: nobody asks */
	/* by the producer; the scribe reads `at` once something is put */
	_Alignas(64) char *at;	  /* made for the first record */
	uint64_t most;		  /* `put` may grow up to here, as it last saw */
	bool joined;		  /* the scribe knows it */
	_Atomic uint64_t put;	  /* bytes put in so far */
	_Atomic uint64_t dropped; /* records so far */
	/* by the scribe */
	_Alignas(64) _Atomic uint64_t taken; /* bytes taken out so far */
	uint64_t reported;		     /* of dropped */
	struct rd_outbox *next;		     /* set by the producer when it joins */
};

/* By the producer: whether anybody wants records; that each has an id; and events. */
bool rd_outbox_wanted(const struct rd_outbox *o);
bool rd_outbox_ids(const struct rd_outbox *o);
bool rd_outbox_noted(const struct rd_outbox *o);

/*
 * By the producer, which has a scribe: a copy of the record, 1 to RD_OUTBOX_MOST bytes. It never
 * waits, takes no lock, and makes no system call but to wake a scribe that sleeps. False: it is
 * dropped, and counted.
 */
bool rd_outbox_put(struct rd_outbox *o, const void *record, size_t len);

/* The same, of an event, which stands among the records. */
bool rd_outbox_note(struct rd_outbox *o, const struct rd_event *event);

/*
 * By the consumer: the oldest record, aligned to 8 bytes, and its length; NULL: there is none. It
 * stays until rd_outbox_drop.
 */
const void *rd_outbox_first(struct rd_outbox *o, size_t *len);
/* ... and whether that is an event. */
bool rd_outbox_is_event(const struct rd_outbox *o);
void rd_outbox_drop(struct rd_outbox *o);

/* Both sides have ended; what is in it is lost. */
void rd_outbox_free(struct rd_outbox *o);

#endif
