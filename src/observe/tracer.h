/*
 * tracer - one who traces: what of all that happens, and what of that was not read yet.
 */
#ifndef RD_OBSERVE_TRACER_H
#define RD_OBSERVE_TRACER_H

#include "base/buffer.h"
#include "observe/event.h"
#include "observe/record.h"

enum { RD_TRACER_MOST = 1024 * 1024 }; /* bytes that wait to be read */

/* All zero is everything. */
struct rd_wish {
	bool of_client; /* nothing but what is of this one */
	uint64_t client;
	/*
	 * Nothing but exchanges of this series, and that took so long in all; each with what is
	 * still known of its connection before it.
	 */
	bool of_series;
	unsigned series;
	uint64_t slower_us;
};

/* An event, or the record of an exchange, behind its header. */
struct rd_parcel {
	uint32_t size; /* of all, a multiple of 8 */
	uint32_t connection;
	uint64_t at_us;	   /* monotonic */
	uint64_t previous; /* a tracer's, of what it remembers; or 0 */
	bool event, gone;
};

/* Adds one. False: there is no memory. */
bool rd_parcel_add_event(struct rd_buffer *to, const struct rd_event *event);
bool rd_parcel_add_record(struct rd_buffer *to, const void *record, size_t len);

/* The next in the buffer, from *at on; NULL: there is none. */
struct rd_parcel *rd_parcel_next(const struct rd_buffer *in, size_t *at);
/* What is in it. */
const struct rd_event *rd_parcel_event(const struct rd_parcel *p);
const struct rd_record *rd_parcel_record(const struct rd_parcel *p);

struct rd_tracer;

/* NULL: there is no memory. */
struct rd_tracer *rd_tracer_new(const struct rd_wish *wish);
void rd_tracer_free(struct rd_tracer *t);

/* The feed's list. */
struct rd_tracer **rd_tracer_next(struct rd_tracer *t);

/* What happened next. True: there is something to be read, and there was not. */
bool rd_tracer_tell(struct rd_tracer *t, const struct rd_parcel *p);
bool rd_tracer_miss(struct rd_tracer *t, uint64_t missed);

/* Swaps the batch for what is to be read. False: that is nothing. */
bool rd_tracer_take(struct rd_tracer *t, struct rd_buffer *batch, uint64_t *missed);

#endif
