/*
 * queue - the one queue between main and the workers: connections that are ready, in the order
 * in which they became so, each with that time. Bounded: what does not fit stays the giver's, but
 * for what must not be refused, since that would break off what was begun.
 *
 * It also knows who runs, because who sleeps and what waits must be seen under one lock; how many
 * are to run is rd_regulate's to say.
 */
#ifndef RD_FLOW_QUEUE_H
#define RD_FLOW_QUEUE_H

#include "base/lock.h"
#include "flow/regulate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rd_conn;

struct rd_entry {
	struct rd_conn *conn;
	uint64_t ready_us; /* monotonic: when it became ready */
	bool keep;	   /* taken though the queue is full */
};

enum { RD_BATCH = 16 }; /* entries a worker takes at once, at most */

/*
 * What one worker has taken. It begins the entries one by one with rd_batch_claim; what it has
 * not begun can be taken back by anyone with rd_queue_return, so that a worker that is stuck in
 * one does not hold the others.
 */
struct rd_batch {
	struct rd_entry entry[RD_BATCH]; /* written under the queue's lock, by its worker */
	_Atomic uint64_t claim;		 /* generation << 32 | next << 16 | end */
};

struct rd_queue {
	struct rd_lock lock;  /* rank QUEUE; no lock is taken inside */
	struct rd_cond ready; /* permits grew, or open became false */
	/* under lock */ struct rd_entry *ring;
	unsigned head, count;
	bool open;
	/* under lock */ struct rd_regulate regulate;
	unsigned permits;
	uint64_t popped, seen;
	/* fixed at birth */ unsigned bound, size;
};

/* What main sees when it looks, every millisecond while anyone is awake. */
struct rd_queue_view {
	unsigned waiting; /* entries in the ring */
	unsigned awake;	  /* workers that run or are blocked in a handler */
	unsigned asleep;
	unsigned wanted; /* workers that should run and found no sleeper: start so many threads */
};

/*
 * False when there is no memory. bound and concurrency at least 1. Beyond the bound there is room
 * for `more`: as many as may have to be kept, or be taken back of batches by rd_queue_return.
 */
bool rd_queue_init(struct rd_queue *q, unsigned bound, unsigned more, unsigned concurrency);
/* Closed and empty by now, with no worker in it. */
void rd_queue_fini(struct rd_queue *q);

/*
 * Gives batch[0..n) in this order and wakes at most one sleeper. Returns how many were taken: all
 * when there is room; when full those that are to be kept; none when closed. Their pointers are
 * NULL then, the others are still the caller's.
 */
size_t rd_queue_push(struct rd_queue *q, struct rd_entry *batch, size_t n);

/*
 * For a running worker, whose batch is all begun: takes some entries, oldest first; sleeps while
 * there are none or too many run. 0 when the queue is closed and empty, or when `until_us` (0:
 * never) passed in sleep: the worker then no longer counts, and ends.
 */
size_t rd_queue_pop(struct rd_queue *q, struct rd_batch *batch, uint64_t until_us);

/* By its worker: the next entry to serve. False when none is left. */
bool rd_batch_claim(struct rd_batch *batch, struct rd_entry *out);

/*
 * Puts what is not begun of a batch back in front of all. By its worker, or by main: then only if
 * `claim` is still the batch's, that is, if it has not moved since main saw it. How many.
 */
unsigned rd_queue_return(struct rd_queue *q, struct rd_batch *batch, uint64_t claim);

/* A new worker counts as running from here on, until rd_queue_pop's 0 or rd_queue_leave. */
void rd_queue_join(struct rd_queue *q);
void rd_queue_leave(struct rd_queue *q);
/* Around a handler that blocks: the worker does not count as running meanwhile. */
void rd_queue_block(struct rd_queue *q);
void rd_queue_unblock(struct rd_queue *q);

/* Main's look. `began` says that some worker began an entry of its batch since the last one. */
struct rd_queue_view rd_queue_look(struct rd_queue *q, bool began);

/* Nothing more is taken; what is in it is still popped; then every pop returns 0. */
void rd_queue_close(struct rd_queue *q);

#endif
