/*
 * outbox - what one thread has to tell.
 *
 * A record stands behind a header with its length, in one piece: where it would reach over the end
 * of the ring, that end is passed over.
 *
 * Thread:  one producer, one consumer.
 * Never:   waits, takes a lock.
 */
#include "observe/outbox.h"

#include "base/must.h"
#include "observe/event.h"
#include "observe/scribe.h"

#include <stdlib.h>
#include <string.h>

enum { HEADER = 8 };

/* Of a header: there is nothing up to the end of the ring; and beside the length: an event. */
static const uint64_t PASS = UINT64_MAX, NOTE = UINT64_C(1) << 32;

bool rd_outbox_wanted(const struct rd_outbox *o)
{
	return o->scribe && atomic_load_explicit(&o->scribe->wanted, memory_order_relaxed);
}

bool rd_outbox_ids(const struct rd_outbox *o)
{
	return o->scribe && atomic_load_explicit(&o->scribe->ids, memory_order_relaxed);
}

bool rd_outbox_noted(const struct rd_outbox *o)
{
	return o->scribe && atomic_load_explicit(&o->scribe->noted, memory_order_relaxed);
}

static char *outbox_at(const struct rd_outbox *o, uint64_t position)
{
	return o->at + position % RD_OUTBOX_SIZE;
}

static size_t outbox_to_end(uint64_t position)
{
	return RD_OUTBOX_SIZE - position % RD_OUTBOX_SIZE;
}

static size_t outbox_needs(size_t len)
{
	return HEADER + (len + 7) / 8 * 8;
}

static void outbox_look(struct rd_outbox *o)
{
	o->most = atomic_load_explicit(&o->taken, memory_order_acquire) + RD_OUTBOX_SIZE;
}

/* Whether it may grow to there. */
static bool outbox_has_room(struct rd_outbox *o, uint64_t end)
{
	if (!o->at)
		o->at = malloc(RD_OUTBOX_SIZE);
	if (end > o->most)
		outbox_look(o);
	return o->at && end <= o->most;
}

/* Whether it is more than half full, so that the scribe is not to wait for more. */
static bool outbox_is_much(struct rd_outbox *o, uint64_t end)
{
	if (end + RD_OUTBOX_SIZE / 2 > o->most)
		outbox_look(o);
	return end + RD_OUTBOX_SIZE / 2 > o->most;
}

static bool outbox_put(struct rd_outbox *o, uint64_t header, const void *record, size_t len)
{
	uint64_t put = atomic_load_explicit(&o->put, memory_order_relaxed);
	size_t need = outbox_needs(len), rest = outbox_to_end(put);
	uint64_t from = rest < need ? put + rest : put;

	MUST(o->scribe && len > 0 && len <= RD_OUTBOX_MOST);
	if (!outbox_has_room(o, from + need)) {
		atomic_store_explicit(&o->dropped,
				      atomic_load_explicit(&o->dropped, memory_order_relaxed) + 1,
				      memory_order_relaxed);
		return false;
	}
	if (from != put)
		memcpy(outbox_at(o, put), &PASS, HEADER);
	memcpy(outbox_at(o, from), &header, HEADER);
	memcpy(outbox_at(o, from) + HEADER, record, len);
	atomic_store(&o->put, from + need); /* in one order with the scribe's state */
	if (!o->joined)
		rd_scribe_join(o->scribe, o);
	o->joined = true;
	rd_scribe_tell(o->scribe, outbox_is_much(o, from + need));
	return true;
}

bool rd_outbox_put(struct rd_outbox *o, const void *record, size_t len)
{
	return outbox_put(o, len, record, len);
}

bool rd_outbox_note(struct rd_outbox *o, const struct rd_event *event)
{
	return outbox_put(o, NOTE | sizeof(*event), event, sizeof(*event));
}

static uint64_t outbox_header(const struct rd_outbox *o, uint64_t taken)
{
	uint64_t header;

	memcpy(&header, outbox_at(o, taken), HEADER);
	return header;
}

static size_t outbox_len(uint64_t header)
{
	return (size_t)(header & (NOTE - 1));
}

const void *rd_outbox_first(struct rd_outbox *o, size_t *len)
{
	uint64_t taken = atomic_load_explicit(&o->taken, memory_order_relaxed), header;

	if (atomic_load(&o->put) == taken)
		return NULL;
	header = outbox_header(o, taken);
	if (header == PASS) { /* and a record follows */
		taken += outbox_to_end(taken);
		atomic_store_explicit(&o->taken, taken, memory_order_release);
		header = outbox_header(o, taken);
	}
	*len = outbox_len(header);
	return outbox_at(o, taken) + HEADER;
}

bool rd_outbox_is_event(const struct rd_outbox *o)
{
	return outbox_header(o, atomic_load_explicit(&o->taken, memory_order_relaxed)) & NOTE;
}

void rd_outbox_drop(struct rd_outbox *o)
{
	uint64_t taken = atomic_load_explicit(&o->taken, memory_order_relaxed), header;

	MUST(atomic_load(&o->put) != taken);
	header = outbox_header(o, taken);
	MUST(header != PASS); /* rd_outbox_first has passed that over */
	atomic_store_explicit(&o->taken, taken + outbox_needs(outbox_len(header)),
			      memory_order_release);
}

void rd_outbox_free(struct rd_outbox *o)
{
	free(o->at);
	*o = (struct rd_outbox){ 0 };
}
