/*
 * group - the clients of some listeners and the threads that serve them: slots, a queue, a pool,
 * and the acceptor that one thread runs.
 */
#ifndef RD_SERVER_GROUP_H
#define RD_SERVER_GROUP_H

#include "flow/acceptor.h"
#include "server/open.h"

struct rd_group {
	struct rd_listeners *listeners; /* its user's */
	struct rd_slots slots;
	struct rd_queue queue;
	struct rd_pool pool;
	struct rd_acceptor acceptor;
	int wake_fd;  /* an eventfd that ends the acceptor's wait; as long as the group */
	bool working; /* its pool runs */
	bool batch;   /* as it was opened */
};

struct rd_group_config {
	size_t descriptors;	  /* that the process may have: as many slots */
	struct rd_share share;	  /* what it has of connections, queue and workers */
	unsigned main, mains;	  /* which of how many it is: they share its listeners */
	int pulse_fd;		  /* the far end of its pulse; -1: it has none */
	uint64_t sweep_us;	  /* no deadline is shorter */
	struct rd_legacy *legacy; /* as the slots' */
	struct rd_given *given;	  /* [givens] */
	size_t givens;
	bool batch; /* its threads do not interrupt others: see group_schedule */
};

/* What a stranger sees of a group. */
struct rd_group_view {
	unsigned running, blocked, asleep; /* workers; blocked: in a handler that is known to be */
	unsigned busy;			   /* running and blocked */
	unsigned stuck;			   /* written off until their handlers return */
	uint64_t popped;		   /* by workers, so far */
	enum rd_owner pulse;		   /* who has it */
	unsigned queued;		   /* connections that wait for a worker ... */
	uint64_t waited_us;		   /* ... the first of them for so long */
	size_t open;			   /* connections */
	size_t parked;
	size_t owned[OWN_COUNT]; /* connections by their owner */
	unsigned workers_max, queue_max;
	size_t conns_max;
	uint64_t count[COUNTER_COUNT];
};

/*
 * Zeroed by its owner, but for its acceptor's changes and lock. 0, or -1 with errno. rd_group_stop
 * may be called from here on.
 */
int rd_group_init(struct rd_group *g);
/* Closed, or never opened. */
void rd_group_fini(struct rd_group *g);

/*
 * With its listeners open: makes the rest, and starts the pool. 0, or -1 with errno, *step naming
 * what failed, and nothing but the listeners open.
 */
int rd_group_open(struct rd_group *g, const struct rd_group_config *config, const char **step);

/* Once, being open: serves in this thread until rd_group_stop. As rd_acceptor_run. */
long rd_group_run(struct rd_group *g);

/* How many workers did not return from their handlers: then it is never closed. */
unsigned rd_group_stuck(const struct rd_group *g);

/* How many connections came to their end while it drained. */
long rd_group_finished(const struct rd_group *g);

/* As rd_acceptor_stop, also before it is open: then it ends once it runs. */
void rd_group_stop(struct rd_group *g, uint64_t until_us);

/* As rd_acceptor_hand_over. */
void rd_group_hand_over(struct rd_group *g, uint64_t until_us);

/* Run to its end, or not at all. It may be opened anew. */
void rd_group_close(struct rd_group *g);

/* Any thread, while it is open. */
void rd_group_look(struct rd_group *g, struct rd_group_view *view);

#endif
