/*
 * generation - all that a configuration makes (hosts, routes, handlers' data, numbers), as one
 * object with a life of its own. A new one is made beside the one that is used, and put in its
 * place at once; who uses the old one goes on with it, and after the last it is freed, by a thread
 * that may block.
 *
 * Who uses one has counted it. Not each exchange counts, though: a worker keeps one count in hand
 * (struct rd_hand) from one exchange to the next, and all that an exchange costs is to see that
 * what it has in hand is the newest. What outlives a worker's turn (a body that is on its way, a
 * reply that is being sent, a detached exchange) has a count of its own.
 */
#ifndef RD_FLOW_GENERATION_H
#define RD_FLOW_GENERATION_H

#include "base/lock.h"

#include <stdatomic.h>
#include <stddef.h>

enum { RD_SERVICES = 64 }; /* that a generation serves, at most */

struct rd_generations;

struct rd_generation {
	_Atomic size_t refs;
	unsigned number; /* from 1 on, once it is put in place */
	struct rd_generations *all;
	struct rd_generation *next;	 /* of those that are to be freed */
	const void *serves[RD_SERVICES]; /* by rd_service's index: what its protocol serves with */
	void (*free)(struct rd_generation *g);
};

/* A worker's: what it has counted, and keeps counted while it rests. Zeroed, it is empty. */
struct rd_hand {
	struct rd_generation *held;	      /* its thread's alone: while it works */
	_Atomic(struct rd_generation *) laid; /* while it rests: rd_generations_put takes it away */
	struct rd_generations *all;	      /* whose list it is in; NULL: in none yet */
	struct rd_hand *next, **place;	      /* in that list; under its lock */
};

/* NULL when there is no memory. */
struct rd_generations *rd_generations_new(void);

/*
 * By their last user but for detached exchanges, who may still have some: frees what nobody has,
 * and waits until that is done. The others follow when they are dropped.
 */
void rd_generations_leave(struct rd_generations *all);

/*
 * What is made, with one count, the caller's, whose rd_generation_drop has it freed. By any thread
 * that may wait for memory.
 */
void rd_generation_begin(struct rd_generation *g, struct rd_generations *all,
			 void (*free)(struct rd_generation *g));

/* The newest from here on; the caller keeps its own count. One thread at a time. */
void rd_generations_put(struct rd_generations *all, struct rd_generation *g);

/* The newest, NULL: none. By the thread that puts them, or in between for its number. */
struct rd_generation *rd_generations_newest(const struct rd_generations *all);

/* How many there are: the newest, and those that somebody still uses or that are being freed. */
size_t rd_generations_living(struct rd_generations *all);

/* Counts one more user of one that the caller has counted. NULL is allowed for both. */
struct rd_generation *rd_generation_take(struct rd_generation *g);
/* Never frees it in this thread. */
void rd_generation_drop(struct rd_generation *g);

/*
 * By a worker, where an exchange begins: the newest, which it has until it asks again, rests or
 * leaves.
 */
struct rd_generation *rd_hand_newest(struct rd_hand *hand, struct rd_generations *all);

/* Before it may sleep: what it has in hand may be taken away. */
void rd_hand_rest(struct rd_hand *hand);

/* It ends. */
void rd_hand_leave(struct rd_hand *hand);

#endif
