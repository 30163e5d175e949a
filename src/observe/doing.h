/*
 * doing - what a worker does at this moment: written by it without a lock, read by who looks.
 */
#ifndef RD_OBSERVE_DOING_H
#define RD_OBSERVE_DOING_H

#include "observe/record.h"

#include <stdatomic.h>

struct rd_doing {
	_Atomic uint64_t since_us; /* monotonic: when it came to the stage; 0: it does nothing */
	_Atomic uint64_t client;   /* see net/client.h */
	_Atomic uint32_t connection;
	_Atomic uint16_t series; /* of the route, once that is known */
	_Atomic uint16_t stage;	 /* enum rd_stage: READ, PERFORM or SEND */
	_Atomic uint64_t turns;	 /* that it has begun so far */
};

/* By the worker: a turn of a client's connection begins. */
static inline void rd_doing_begin(struct rd_doing *d, uint64_t client, uint32_t connection,
				  uint64_t now_us)
{
	uint64_t turns = atomic_load_explicit(&d->turns, memory_order_relaxed);

	atomic_store_explicit(&d->client, client, memory_order_relaxed);
	atomic_store_explicit(&d->connection, connection, memory_order_relaxed);
	atomic_store_explicit(&d->series, 0, memory_order_relaxed);
	atomic_store_explicit(&d->stage, STAGE_READ, memory_order_relaxed);
	atomic_store_explicit(&d->turns, turns + 1, memory_order_relaxed);
	atomic_store_explicit(&d->since_us, now_us, memory_order_relaxed);
}

/* ... it comes to another stage of it ... */
static inline void rd_doing_next(struct rd_doing *d, enum rd_stage stage, unsigned series,
				 uint64_t now_us)
{
	atomic_store_explicit(&d->series, (uint16_t)series, memory_order_relaxed);
	atomic_store_explicit(&d->stage, (uint16_t)stage, memory_order_relaxed);
	atomic_store_explicit(&d->since_us, now_us, memory_order_relaxed);
}

/* ... and ends. */
static inline void rd_doing_end(struct rd_doing *d)
{
	atomic_store_explicit(&d->since_us, 0, memory_order_relaxed);
}

#endif
