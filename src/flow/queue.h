/*
 * queue - the one queue between main and the workers: connections that are ready, each with the
 * time when it became so. Bounded: what does not fit is the giver's to refuse, but for what must
 * not be refused, since that would break off what was begun. Who is next, and who has waited in
 * vain, is flow/waiting.h's to say.
 *
 * It also knows who runs, because who sleeps and what waits must be seen under one lock; how many
 * are to run is rd_regulate's to say.
 */
#ifndef RD_FLOW_QUEUE_H
#define RD_FLOW_QUEUE_H

#include "base/lock.h"
#include "flow/regulate.h"
#include "flow/waiting.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RD_BATCH = 16 }; /* entries a worker takes at once, at most */

/*
 * What one worker has taken. It begins the entries one by one with rd_batch_claim; what it has
 * not begun can be taken back by anyone with rd_queue_return, so that a worker that is stuck in
 * one does not hold the others.
 */
struct rd_batch {
	struct rd_entry entry[RD_BATCH]; /* written under the queue's lock, by its worker */
	_Atomic uint64_t claim;		 /* generation << 32 | next << 16 | end */
	uint64_t now_us;		 /* when it was taken; as entry */
	_Atomic bool idle;		 /* its worker sleeps, is about to wake, or has ended */
	/* by its worker alone */
	uint64_t spent_us; /* on so many that were performed since the pop before */
	unsigned performed;
};

struct rd_queue {
	struct rd_lock lock;  /* rank QUEUE; no lock is taken inside */
	struct rd_cond ready; /* permits grew, or open became false */
	/* under lock */ struct rd_waiting waiting;
	bool open;
	/* under lock */ struct rd_regulate regulate;
	unsigned permits;
	uint64_t popped, seen;
	uint64_t sleeps; /* times that a worker slept here */
	struct {
		uint64_t popped, sleeps;
	} measured;
	_Atomic unsigned length; /* of waiting; written under the lock, anyone may look */
};

/* What main sees when it looks, every millisecond while anyone is awake. */
struct rd_queue_view {
	unsigned waiting; /* entries */
	unsigned awake;	  /* workers that run or are blocked in a handler */
	unsigned asleep;
	unsigned wanted; /* workers that should run and found no sleeper: start so many threads */
	bool stalled;	 /* some wait, and no worker took any since the last look */
};

struct rd_queue_config {
	unsigned bound;	      /* at least 1 */
	unsigned more;	      /* room beyond it: for what may have to be kept, or be returned */
	unsigned concurrency; /* at least 1 */
	struct rd_shed_config shed;
};

/* False when there is no memory. */
bool rd_queue_init(struct rd_queue *q, const struct rd_queue_config *config);
/* Closed and empty by now, with no worker in it. */
void rd_queue_fini(struct rd_queue *q);

/*
 * Gives batch[0..n) in this order and wakes at most one sleeper. Returns how many were taken: all
 * when there is room; when full those that do not just begin; none when closed. Their pointers are
 * NULL then, the others are the caller's: to shed, if they have a cause. One of those may have been
 * in the queue before, and have made room for the one that was given in its place.
 */
size_t rd_queue_push(struct rd_queue *q, struct rd_entry *batch, size_t n);

/*
 * For a running worker, whose batch is all begun: takes some entries, those that are to be shed
 * first; sleeps while there are none or too many run. 0 when the queue is closed and empty, or when
 * `until_us` (0: never) passed in sleep: the worker then no longer counts, and ends.
 */
size_t rd_queue_pop(struct rd_queue *q, struct rd_batch *batch, uint64_t until_us);

/* By its worker: the next entry to serve. False when none is left. */
bool rd_batch_claim(struct rd_batch *batch, struct rd_entry *out);

/* By its worker, without the lock: whether others wait, in its batch or in the queue. */
bool rd_queue_others(const struct rd_queue *q, const struct rd_batch *batch);

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
/* By main: a worker that runs, or is blocked, no longer counts until it joins again. */
void rd_queue_write_off(struct rd_queue *q, bool blocked);

/*
 * By main, when no worker comes to do so: what has waited too long, into batch[0..max). How many;
 * they are the caller's.
 */
size_t rd_queue_expire(struct rd_queue *q, struct rd_entry *batch, size_t max, uint64_t now_us);

/*
 * Main's look. Of the workers `stuck` that run and `blocked` that are blocked began no entry since
 * the last one.
 */
struct rd_queue_view rd_queue_look(struct rd_queue *q, unsigned stuck, unsigned blocked);

/*
 * By main, some looks after the last time: of the `elapsed_us` since then, not 0, the process had
 * the processors for `cpu_us`, and its threads but main gave them up so many times to wait.
 */
void rd_queue_measure(struct rd_queue *q, uint64_t elapsed_us, uint64_t cpu_us, uint64_t waits);

/* From now on it has another bound, and sheds by other numbers; concurrency stays. */
void rd_queue_set(struct rd_queue *q, const struct rd_queue_config *config);

/* Nothing more is taken; what is in it is still popped; then every pop returns 0. */
void rd_queue_close(struct rd_queue *q);

#endif
