/*
 * park - where a connection waits for its client: a slot, no thread and no buffer.
 */
#ifndef RD_FLOW_PARK_H
#define RD_FLOW_PARK_H

#include "flow/conn.h"
#include "observe/outbox.h"

/* How rd_park_enter ended. */
enum rd_parked {
	PARK_PARKED,  /* it is the parking's, *conn is NULL */
	PARK_AGAIN,   /* something came meanwhile: still its owner's, go on */
	PARK_REFUSED, /* the kernel will not watch it (errno): still its owner's, close it */
};

/* By its owner, a worker or main: waits for `want` until conn->deadline_us. */
enum rd_parked rd_park_enter(struct rd_conn **conn, enum rd_owner owner, enum rd_verdict want,
			     struct rd_outbox *outbox);

/*
 * The sweep, as a function of the deadlines and `now_us` alone: puts the indexes of those that
 * have passed into expired[0..max), starting at *from, and sets *from to where to go on (n when
 * all were seen). Lowers *next_us to the earliest that is still to come. Returns how many.
 */
size_t rd_park_sweep(const _Atomic uint64_t *deadline, size_t n, uint64_t now_us, size_t *from,
		     unsigned *expired, size_t max, uint64_t *next_us);

#endif
