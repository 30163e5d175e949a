/*
 * acceptor - main's loop: waits for clients and for parked connections to become ready, sweeps the
 * deadlines, tends the pool, drains.
 */
#ifndef RD_FLOW_ACCEPTOR_H
#define RD_FLOW_ACCEPTOR_H

#include "flow/change.h"
#include "flow/conn.h"
#include "flow/listener.h"
#include "flow/pool.h"
#include "observe/counters.h"

#include <sys/epoll.h>

enum { RD_EVENTS = 256 }; /* taken from the kernel at once, and accepted at once */

/* A client that another process accepted. */
struct rd_given {
	int fd;		 /* -1: the acceptor has it */
	size_t listener; /* the place of the one that it came by */
};

struct rd_acceptor {
	struct rd_slots *slots;
	struct rd_queue *queue;
	struct rd_pool *pool;
	unsigned main, mains; /* which of how many it is: every mains'th socket is its own */
	struct rd_listener *listener; /* [listeners], of all mains */
	size_t listeners;
	_Atomic size_t
		conns_max; /* connections at once; at that many the listeners are not polled */
	uint64_t sweep_us; /* no deadline is set shorter than this ahead: how long main may sleep */
	int wake_fd;	   /* the slots', but there before them */
	struct rd_given *given; /* [givens]: taken when it runs */
	size_t givens;
	bool pulses; /* it has a pulse, whose far end is ... */
	int pulse_fd;
	struct rd_changes *changes; /* of all mains, as is ... */
	struct rd_lock *listening; /* ... rank LISTENING: held to change a listener's fd, or look */
	_Atomic uint64_t stop;	   /* drain asked for: until when (monotonic us); 0 is not */
	_Atomic bool handed;	   /* another process serves the listeners from then on */

	/* main's own */
	bool paused, draining, stirring;
	uint64_t now_us, look_us, next_sweep_us, paused_us;
	unsigned changed;	/* changes seen */
	unsigned stuck;		/* workers that did not end at the stop */
	uint64_t complained_us; /* when the log last said so */
	uint64_t ended;		/* connections that were, before the drain */
	long finished;		/* connections that ended by themselves during the drain */
	struct rd_counters counters;
	size_t ready;
	struct rd_entry batch[RD_EVENTS];
	struct epoll_event event[RD_EVENTS];
};

/*
 * Serves until a drain is complete, and stops the pool. Returns how many connections it had to cut
 * off in the middle of something, or -1 with errno when the kernel would not let it start; how many
 * were in the middle of something and came to their end is in `finished`.
 */
long rd_acceptor_run(struct rd_acceptor *a);

/*
 * Asks for the drain: accept no more, finish what is in flight, until `until_us` at most.
 * Async-signal-safe; any thread.
 */
void rd_acceptor_stop(struct rd_acceptor *a, uint64_t until_us);

/*
 * The same, but another process has the listeners too, and serves them on: what the kernel has not
 * given out yet is that one's, and clients that have asked nothing are waited for.
 */
void rd_acceptor_hand_over(struct rd_acceptor *a, uint64_t until_us);

/* Main's parts have these in common. Just accepted, of a listener. */
struct rd_conn *rd_acceptor_open(struct rd_acceptor *a, const struct rd_listener *l, int fd,
				 const struct rd_sockaddr *peer);

/* Main's, for what happens to connections that it has. */
struct rd_outbox *rd_acceptor_outbox(struct rd_acceptor *a);

/* Counted, and closed. */
void rd_acceptor_close(struct rd_acceptor *a, struct rd_conn *conn, enum rd_close_reason reason);

/* Ready for a worker, or told already that it is not served. */
void rd_acceptor_give(struct rd_acceptor *a, struct rd_conn *conn);

/*
 * Every parked connection whose server or listener ends is looked at once more by a worker, and
 * closed if nothing is begun.
 */
void rd_acceptor_stir(struct rd_acceptor *a);

/* Whether the log may be told of clients: not more often than once a second. */
bool rd_acceptor_complains(struct rd_acceptor *a);

#endif
