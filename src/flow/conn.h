/*
 * conn - a client's connection: a slot in one table, its owner, and how it changes hands.
 *
 * Owned by exactly one of main, the queue, a worker, the parking. The slot's atomic state says by
 * whom, and changes only in rd_conn_{open,pass,event,take,close}:
 *
 *     MAIN --> QUEUE --> WORKER --> PARKED --event or deadline--> MAIN
 *     MAIN --> PARKED, one that was shed
 *     MAIN, WORKER --> closed, the slot is free
 *
 * An event that comes while another has it sets AGAIN: the owner's pass to PARKED
 * is then refused, and it advances the connection once more. When the stream's end is among such
 * events, it does so twice: a short read of the bytes before the end does not show the end.
 */
#ifndef RD_FLOW_CONN_H
#define RD_FLOW_CONN_H

#include "flow/legacy.h"
#include "flow/protocol.h"
#include "flow/service.h"
#include "net/transport.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rd_owner {
	OWN_NONE, /* the slot is free */
	OWN_MAIN,
	OWN_QUEUE,
	OWN_WORKER,
	OWN_PARKED,
	OWN_COUNT
};

enum rd_close_reason {
#define CLOSE_REASON(name, word, fault, text) CLOSE_##name,
#include "tbl/close_reason.h"
#undef CLOSE_REASON
	CLOSE_REASON_COUNT
};

struct rd_conn {
	_Alignas(128) _Atomic unsigned state; /* enum rd_owner, and the AGAIN bits */
	struct rd_transport transport;
	const struct rd_protocol *protocol;
	struct rd_service *service; /* its listener's; NULL where the protocol asks for none */
	void *session;		    /* what the protocol keeps while parked, or NULL */
	struct rd_slots *slots;	    /* NULL for a connection that no table holds (tests) */
	uint64_t client;	    /* whom it is of, see net/client.h */
	uint64_t accepted_us;
	uint64_t ready_us;    /* when it last became ready */
	uint64_t deadline_us; /* of the park that comes: 0 is never */
	uint32_t number;      /* from 1, no other has it of all that its server has accepted */
	unsigned exchanges;   /* answered on it so far */
	enum rd_close_reason reason;
	_Atomic enum rd_verdict want; /* RD_WANTS_*, while parked; main looks before it takes */
	bool registered;	      /* with epoll */
	bool rested;		      /* it was parked since a worker last had it */
	bool expired;		      /* main took it out for its deadline */
	bool shed;		      /* it waited in vain: is to be told so in this turn */
	bool lingering;		      /* only read off, then closed */
	bool last_look;		      /* looked at once more since the drain began */
	bool counted;		      /* among its client's, of a service with limits */
	bool unknown;		      /* main's: its balancer has not said whose it is */
	bool exempt;		      /* its balancer's own: no limit by address counts it */
	bool unended; /* of its reply only the end of the connection tells the end */
};

/* All connections, indexed by descriptor. Mapped at start, never freed while anyone runs. */
struct rd_slots {
	struct rd_conn *conn;
	_Atomic uint64_t *deadline; /* monotonic us, 0 is none; written by who parks */
	size_t size;
	uint32_t opened;    /* main's: the number of the last, ... */
	uint32_t step;	    /* ... by which they differ: others have those between */
	_Atomic size_t top; /* above every descriptor that was ever used; main sets it */
	int epoll_fd, wake_fd;
	int cut_fd;		  /* readable once `cut` is true */
	struct rd_legacy *legacy; /* where idle clients are left at the drain; NULL: they are not */
	int reserve_fd; /* main's: given up where none is left, to tell a client so; -1: it is */
	_Atomic bool draining;	  /* every reply is the last on its connection */
	_Atomic bool leaving;	  /* and nobody serves there after: who has begun nothing goes */
	_Atomic unsigned stirred; /* how often main had all the parked looked at */
	_Atomic bool late;	  /* one was parked just when that began */
	_Atomic bool cut;	  /* nothing goes on: what is not done is closed */
	_Atomic bool tell;	  /* main wants to know of the next close */
	_Alignas(64) _Atomic size_t open; /* connections accepted and not closed */
};

/*
 * 0, or -1 with errno. One slot for each of the `size` descriptors the process may have. wake_fd is
 * an eventfd, the caller's, that outlives the slots.
 */
int rd_slots_init(struct rd_slots *slots, size_t size, int wake_fd);
/* Everything is closed by now. */
void rd_slots_fini(struct rd_slots *slots);
/* Ends main's wait. Async-signal-safe. */
void rd_slots_wake(struct rd_slots *slots);
void rd_wake(int wake_fd);
/* By main, whose wait it ended. */
void rd_slots_woken(struct rd_slots *slots);

/* Nothing goes on from here: sets `cut`. */
void rd_slots_cut(struct rd_slots *slots);

/* The slot of a descriptor just accepted, main's from now on, and a user of the service. */
struct rd_conn *rd_conn_open(struct rd_slots *slots, int fd, const struct rd_protocol *protocol,
			     struct rd_service *service, uint64_t client, uint64_t now_us);

/*
 * By main, just opened: counts it among its client's. False: its client has as many as it may, and
 * this one is only to be told so.
 */
bool rd_conn_enter(struct rd_conn *conn);

/*
 * Changes the owner. False, and still `from`'s, only towards OWN_PARKED, when an event has come
 * meanwhile; the event is then taken note of and the flag is cleared.
 */
bool rd_conn_pass(struct rd_conn *conn, enum rd_owner from, enum rd_owner to);

/*
 * Main saw `events` (EPOLL*) for a descriptor, or another thread has the reply that it is parked
 * for. True when it was parked and wanted that: it is the caller's now, as main's. Otherwise
 * whoever has it will look again, or nobody has it.
 */
bool rd_conn_event(struct rd_conn *conn, uint32_t events);

/* Main takes a parked one whose deadline has passed. False when it is not parked. */
bool rd_conn_take(struct rd_conn *conn);

/* Who has it, at this moment. Any thread. */
enum rd_owner rd_conn_owner(const struct rd_conn *conn);
bool rd_conn_parked(const struct rd_conn *conn);

/* By its owner: something has begun that is not done. */
bool rd_conn_midway(const struct rd_conn *conn);

/* Whether its server or its listener ends, so that the reply must be the last. */
bool rd_conn_draining(const struct rd_conn *conn);

/* ... and nobody serves there after, so that no request is waited for. */
bool rd_conn_leaving(const struct rd_conn *conn);

/*
 * By its owner, where nothing is begun and the server or the listener ends: what it is to be closed
 * for. CLOSE_LEFT: to its client it stays open.
 */
enum rd_close_reason rd_conn_dismiss(const struct rd_conn *conn);

/* By its owner: the only place that closes a client. *conn is NULL after. */
void rd_conn_close(struct rd_conn **conn, enum rd_close_reason reason);

/* "head-timeout" */
const char *rd_close_reason_word(enum rd_close_reason reason);

#endif
