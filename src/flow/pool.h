/*
 * pool - the workers: each takes a batch from the queue and advances every connection of it as
 * far as that goes without waiting for a client.
 */
#ifndef RD_FLOW_POOL_H
#define RD_FLOW_POOL_H

#include "flow/worker.h"
#include "observe/process.h"

#include <pthread.h>

enum { RD_WORKERS_MAX = 10000 }; /* that a pool may be asked for */

struct rd_pool {
	struct rd_queue *queue;
	struct rd_lock lock;	   /* rank POOL */
	struct rd_cond ended;	   /* gone grew */
	struct rd_worker *worker;  /* [RD_WORKERS_MAX + stuck_max], mapped as they are used */
	_Atomic unsigned top;	   /* places that were ever used */
	_Atomic unsigned min, max; /* main sets them, under the lock */
	_Atomic unsigned over;	   /* so many are to leave; changed under the lock */
	unsigned stuck_max;
	unsigned pools; /* that share the process, this one counted */
	size_t stack;
	uint64_t idle_us, stop_us, grace_us;
	int stack_signal;
	bool stages;
	struct rd_scribe *scribe;
	/* under lock */ unsigned alive;
	_Atomic unsigned stuck;	  /* of those, in late handlers; changed under the lock */
	_Atomic unsigned gone;	  /* ended and not joined yet */
	_Atomic uint64_t rescued; /* by main: entries taken back from a stuck worker */
	uint64_t retry_us; /* main's: the last could not be started; the next is not tried before */
	uint64_t measured_us;	       /* main's: when what is spent was measured, and ... */
	struct rd_process_spent spent; /* ... so much it was */
	unsigned stalled;	 /* main's: looks, one after the other, when some waited in vain */
	bool full;		 /* main's: it was said that more are stuck than stuck_max */
	struct rd_worker deputy; /* main's, no thread: ends what it has taken from a late one */
};

struct rd_pool_config {
	unsigned min, max; /* workers, 1 <= min <= max <= RD_WORKERS_MAX */
	unsigned pools;	   /* that share the process, this one counted; 0: it is alone */
	size_t stack;	   /* bytes */
	uint64_t idle_us;  /* after which a worker above min leaves */
	uint64_t stop_us;  /* how long rd_pool_stop waits for them; 0: a second */
	/* Of handlers with a time limit that are not done when it has passed: */
	uint64_t grace_us;	  /* after which their connections are taken away */
	unsigned stuck_max;	  /* for so many of them other workers are started */
	int stack_signal;	  /* by which they are asked for their stacks; 0: they are not */
	bool stages;		  /* the stages of each exchange are timed */
	struct rd_scribe *scribe; /* its user's, who may want their records; or NULL */
};

/* Starts `min` workers, or so many as can be. 0, or -1 with errno and none started. */
int rd_pool_start(struct rd_pool *p, struct rd_queue *queue, const struct rd_pool_config *config);

/*
 * Main's look, every millisecond while it returns true (some worker is awake): takes back what a
 * stuck worker has not begun, wakes or starts workers as the regulator says, joins those that
 * ended.
 */
bool rd_pool_tend(struct rd_pool *p);

/*
 * Closes the queue, waits until every worker has ended, adds up what they counted. Returns how many
 * did not end within stop_us: they are stuck in a handler, and all that they may still touch (the
 * pool, the queue, the connections) must be left to them.
 */
unsigned rd_pool_stop(struct rd_pool *p, uint64_t sums[COUNTER_COUNT]);

/*
 * By main: from now on there are other limits. Some are started up to the new least; those above
 * the new most leave when they have done what they are doing, or are next woken.
 */
void rd_pool_set(struct rd_pool *p, unsigned min, unsigned max);

/* Stopped by now. */
void rd_pool_free(struct rd_pool *p);

/* Starts `more` workers, as far as there may be so many. Main's. */
void rd_pool_grow(struct rd_pool *p, unsigned more);

/* Adds up what they recorded of one series. Any thread, while the pool is there. */
void rd_pool_stages(struct rd_pool *p, struct rd_stage_sums *sums, unsigned series);

/*
 * Those that there are, by their places; `most` at most, how many. Any thread, while the pool is
 * there.
 */
unsigned rd_pool_workers(struct rd_pool *p, struct rd_worker_view *list, unsigned most);

/* Adds up what the workers counted so far. */
void rd_pool_counters(struct rd_pool *p, uint64_t sums[COUNTER_COUNT]);

/*
 * By any thread: what a connection was parked for with RD_WANTS_REPLY may be there. It is open, and
 * stays so during the call.
 */
void rd_pool_wake(struct rd_pool *p, struct rd_conn *conn);

#endif
