/*
 * worker - one thread of a pool: what it has of its own, and what it does with a connection.
 */
#ifndef RD_FLOW_WORKER_H
#define RD_FLOW_WORKER_H

#include "base/buffer.h"
#include "base/stack.h"
#include "flow/claim.h"
#include "flow/conn.h"
#include "flow/queue.h"
#include "observe/counters.h"
#include "observe/doing.h"
#include "observe/outbox.h"
#include "observe/stages.h"

#include <pthread.h>

enum { RD_SCRATCH = 66 * 1024 }; /* bytes of each of a worker's two buffers */

struct rd_worker {
	struct rd_pool *pool;
	/* by the worker alone */
	char *in;  /* RD_SCRATCH bytes for what is read ... */
	char *out; /* ... and for what is to be sent; both forgotten between two connections */
	uint64_t now_us;     /* monotonic: read for each batch, and after each handler */
	struct rd_hand hand; /* what it serves with */
	struct rd_counters counters;
	struct rd_doing doing;
	bool timed;		 /* what follows is made use of */
	struct rd_stages stages; /* of exchanges that have ended, and ... */
	struct rd_buffer told;	 /* ... records of those whose replies are on their way */
	struct rd_outbox outbox; /* for those who read records */
	_Atomic bool blocked;	 /* by the worker; main looks */
	/* the rest also by main: of a handler with a time limit, it takes the connection away */
	struct rd_claim claim;
	struct rd_stack stack;
	/* and it takes back what a stuck worker has not begun */
	struct rd_batch batch;
	uint64_t seen; /* main's: batch.claim when it last looked */
	/* under the pool's lock */
	pthread_t thread;
	enum { WORKER_NONE, WORKER_ALIVE, WORKER_GONE } life;
	_Atomic bool spare;	  /* may leave when it finds no work for idle_us */
	bool dismissed;		  /* leaves, since max was lowered */
	_Atomic bool written_off; /* its handler is late, and it does not count */
	_Atomic unsigned asked;	  /* for its stack: looks until that is given up */
};

enum rd_worker_state { WORKER_RUNNING, WORKER_BLOCKED, WORKER_ASLEEP, WORKER_STUCK };

/* What a stranger sees of one. */
struct rd_worker_view {
	unsigned place;
	unsigned main; /* of several, whose it is */
	enum rd_worker_state state;
	uint64_t exchanges; /* so many, by those in this place */
	/* of the turn that it is at: */
	uint64_t since_us; /* monotonic; 0: it is at none, and what follows means nothing */
	uint64_t client;   /* see net/client.h */
	uint32_t connection;
	enum rd_stage stage;
	unsigned series;
};

/* By any thread, while it is alive. Each part is true by itself; they may be of two moments. */
void rd_worker_look(const struct rd_worker *w, struct rd_worker_view *view);

/* "running", "blocked", "asleep" or "stuck". */
const char *rd_worker_state_word(enum rd_worker_state state);

/* Makes its two buffers, if it has none. False: there is no memory. */
bool rd_worker_scratch(struct rd_worker *w);

/*
 * By a worker, which main may be: one turn of the connection, and what its verdict asks for, until
 * it is someone else's.
 */
enum rd_verdict rd_worker_advance(struct rd_worker *w, struct rd_conn *conn);
void rd_worker_go_on(struct rd_worker *w, struct rd_conn *conn, enum rd_verdict verdict);

/* By a worker: whether others wait for their turn. Costs nothing. */
bool rd_worker_others(const struct rd_worker *w);

/*
 * By a worker around a handler that may block: others run instead, and get the rest of its batch.
 */
void rd_worker_block(struct rd_worker *w);
void rd_worker_unblock(struct rd_worker *w);

/* Its thread; arg is the worker. */
void *rd_worker_main(void *arg);

/* Its buffers, and what it recorded; it has ended. */
void rd_worker_free(struct rd_worker *w);

#endif
