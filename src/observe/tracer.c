/*
 * tracer - one who traces.
 *
 * Who wants some exchanges alone has what else happens remembered: a bounded store, of which the
 * older half is forgotten when it is full. Parcels in it are chained by their connection, as far
 * as a table with few places tells connections apart.
 *
 * Thread:  the feed's users, under its lock.
 * Owns:    what was not read.
 */
#include "observe/tracer.h"

#include "base/must.h"

#include <stdlib.h>
#include <string.h>

enum {
	CHAINS = 4096,
	STORY = 256, /* parcels that are told of a connection before an exchange */
};

struct rd_tracer {
	struct rd_tracer *next;
	struct rd_wish wish;
	struct rd_buffer out; /* at most RD_TRACER_MOST */
	uint64_t missed;      /* behind that */
	/* of who wants some exchanges alone */
	struct rd_buffer story; /* at most RD_TRACER_MOST */
	uint64_t forgotten;	/* bytes that were in it, and one, since 0 is no place */
	uint64_t *last;		/* [CHAINS]: where it has the last of a chain; 0: nowhere */
};

static bool parcel_add(struct rd_buffer *to, const struct rd_parcel *head, const void *bytes,
		       size_t len)
{
	static const char zeros[8];

	if (!rd_buffer_reserve(to, head->size))
		return false;
	return rd_buffer_add(to, head, sizeof(*head)) && rd_buffer_add(to, bytes, len) &&
	       rd_buffer_add(to, zeros, head->size - sizeof(*head) - len);
}

static uint32_t parcel_size(size_t len)
{
	return (uint32_t)((sizeof(struct rd_parcel) + len + 7) / 8 * 8);
}

bool rd_parcel_add_event(struct rd_buffer *to, const struct rd_event *event)
{
	struct rd_parcel head = {
		.size = parcel_size(sizeof(*event)),
		.connection = event->connection,
		.at_us = event->at_us,
		.event = true,
	};

	return parcel_add(to, &head, event, sizeof(*event));
}

bool rd_parcel_add_record(struct rd_buffer *to, const void *record, size_t len)
{
	const struct rd_record *r = record;
	struct rd_parcel head = {
		.size = parcel_size(len),
		.connection = r->connection,
		.at_us = r->at[STAMP_SENT] ? r->at[STAMP_SENT] : r->at[STAMP_PERFORMED],
	};

	return parcel_add(to, &head, record, len);
}

struct rd_parcel *rd_parcel_next(const struct rd_buffer *in, size_t *at)
{
	struct rd_parcel *p = (struct rd_parcel *)(void *)(in->at + *at);

	if (*at >= in->len)
		return NULL;
	*at += p->size;
	return p;
}

const struct rd_event *rd_parcel_event(const struct rd_parcel *p)
{
	MUST(p->event);
	return (const struct rd_event *)(const void *)(p + 1);
}

const struct rd_record *rd_parcel_record(const struct rd_parcel *p)
{
	MUST(!p->event);
	return (const struct rd_record *)(const void *)(p + 1);
}

struct rd_tracer *rd_tracer_new(const struct rd_wish *wish)
{
	struct rd_tracer *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->wish = *wish;
	t->forgotten = 1;
	if (!wish->of_series && wish->slower_us == 0)
		return t;
	t->last = calloc(CHAINS, sizeof(*t->last));
	if (t->last)
		return t;
	free(t);
	return NULL;
}

void rd_tracer_free(struct rd_tracer *t)
{
	rd_buffer_free(&t->out);
	rd_buffer_free(&t->story);
	free(t->last);
	free(t);
}

struct rd_tracer **rd_tracer_next(struct rd_tracer *t)
{
	return &t->next;
}

/* Behind what was missed nothing comes, until that was read. */
static void tracer_put(struct rd_tracer *t, const struct rd_parcel *p)
{
	if (t->missed > 0 || t->out.len + p->size > RD_TRACER_MOST ||
	    !rd_buffer_add(&t->out, p, p->size))
		t->missed++;
}

static struct rd_parcel *tracer_at(const struct rd_tracer *t, uint64_t place)
{
	if (place < t->forgotten)
		return NULL;
	return (struct rd_parcel *)(void *)(t->story.at + (place - t->forgotten));
}

static void tracer_forget(struct rd_tracer *t)
{
	size_t at = 0;

	while (at < RD_TRACER_MOST / 2 && rd_parcel_next(&t->story, &at))
		continue;
	rd_buffer_drop(&t->story, at);
	t->forgotten += at;
}

static void tracer_remember(struct rd_tracer *t, const struct rd_parcel *p)
{
	uint64_t *last = &t->last[p->connection % CHAINS];
	struct rd_parcel *kept;
	uint64_t place;

	if (t->story.len + p->size > RD_TRACER_MOST)
		tracer_forget(t);
	place = t->forgotten + t->story.len;
	if (p->size > RD_TRACER_MOST / 2 || !rd_buffer_add(&t->story, p, p->size))
		return;
	kept = tracer_at(t, place);
	kept->previous = *last;
	*last = place;
}

/* What is remembered of the connection is told, and not twice. */
static void tracer_tell_story(struct rd_tracer *t, uint32_t connection)
{
	struct rd_parcel *found[STORY], *p;
	uint64_t place = t->last[connection % CHAINS];
	size_t n = 0;

	for (; n < STORY && (p = tracer_at(t, place)); place = p->previous) {
		if (p->connection != connection)
			continue;
		if (p->gone)
			break;
		p->gone = true;
		found[n++] = p;
	}
	while (n > 0)
		tracer_put(t, found[--n]);
}

/* So long as it went on. */
static uint64_t tracer_took(const struct rd_record *r)
{
	uint64_t last = r->at[STAMP_SENT] ? r->at[STAMP_SENT] : r->at[STAMP_PERFORMED];

	return last - r->at[STAMP_ARRIVED];
}

static bool tracer_wants(const struct rd_tracer *t, const struct rd_parcel *p)
{
	const struct rd_record *r;

	if (!t->last)
		return true;
	if (p->event)
		return false;
	r = rd_parcel_record(p);
	return (!t->wish.of_series || r->series == t->wish.series) &&
	       tracer_took(r) >= t->wish.slower_us;
}

static bool tracer_has(const struct rd_tracer *t)
{
	return t->out.len > 0 || t->missed > 0;
}

bool rd_tracer_tell(struct rd_tracer *t, const struct rd_parcel *p)
{
	uint64_t client = p->event ? rd_parcel_event(p)->client : rd_parcel_record(p)->client;
	bool had = tracer_has(t);

	if (t->wish.of_client && client != t->wish.client)
		return false;
	if (!tracer_wants(t, p)) {
		tracer_remember(t, p);
		return false;
	}
	if (t->last)
		tracer_tell_story(t, p->connection);
	tracer_put(t, p);
	return !had;
}

bool rd_tracer_miss(struct rd_tracer *t, uint64_t missed)
{
	bool had = tracer_has(t);

	t->missed += missed;
	return !had;
}

bool rd_tracer_take(struct rd_tracer *t, struct rd_buffer *batch, uint64_t *missed)
{
	struct rd_buffer taken = t->out;

	if (!tracer_has(t))
		return false;
	*missed = t->missed;
	t->missed = 0;
	batch->len = 0;
	t->out = *batch;
	*batch = taken;
	return true;
}
