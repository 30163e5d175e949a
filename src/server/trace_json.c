/*
 * trace_json - what happens to connections, as JSON, a line each. Times whose names end in at_us
 * are of CLOCK_MONOTONIC; the first line has what the wall clock showed then.
 * Thread:  the one of who traces.
 */
#include "config.h"

#include "base/clock.h"
#include "base/json.h"
#include "flow/conn.h"
#include "net/client.h"
#include "server/trace.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_MAX = 1024 }; /* bytes of a text that came from a client */

static bool json_begin(struct rd_buffer *b, const char *event, uint64_t at_us)
{
	return rd_buffer_print(b, "{\"event\": \"%s\", \"at_us\": %" PRIu64, event, at_us);
}

static bool json_end(struct rd_buffer *b)
{
	return rd_buffer_text(b, "}\n");
}

static bool json_number(struct rd_buffer *b, const char *name, uint64_t n)
{
	return rd_buffer_print(b, ", \"%s\": %" PRIu64, name, n);
}

static bool json_text(struct rd_buffer *b, const char *name, const char *text)
{
	return rd_buffer_print(b, ", \"%s\": ", name) && rd_json_text(b, text);
}

static bool json_conn(struct rd_buffer *b, uint32_t connection, uint64_t client)
{
	char text[RD_CLIENT_TEXT];

	return json_number(b, "connection", connection) &&
	       json_text(b, "client", rd_client_format(client, text));
}

bool rd_trace_json_begin(struct rd_buffer *b)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	return json_begin(b, "tracing", rd_clock_us()) &&
	       json_number(b, "wall_us",
			   (uint64_t)wall.tv_sec * 1000000 + (uint64_t)wall.tv_nsec / 1000) &&
	       json_number(b, "pid", (uint64_t)getpid()) &&
	       json_text(b, "version", PACKAGE_VERSION) && json_end(b);
}

bool rd_trace_json_missed(struct rd_buffer *b, uint64_t missed)
{
	return json_begin(b, "missed", rd_clock_us()) && json_number(b, "count", missed) &&
	       json_end(b);
}

bool rd_trace_json_quiet(struct rd_buffer *b)
{
	return json_begin(b, "quiet", rd_clock_us()) && json_end(b);
}

static bool json_detail(struct rd_buffer *b, const struct rd_event *e)
{
	static const char *const wants[] = {
		[RD_WANTS_READ] = "read", [RD_WANTS_WRITE] = "write", [RD_WANTS_REPLY] = "reply"
	};

	switch (e->kind) {
	case EVENT_PARKED:
		return json_text(b, "for", wants[e->detail]);
	case EVENT_WOKEN:
		return json_number(b, "ready_at_us", e->since_us) &&
		       (!e->detail || rd_buffer_text(b, ", \"deadline\": true"));
	case EVENT_SHED:
		return json_text(b, "reason", rd_close_reason_word(e->detail));
	case EVENT_CLOSED:
		return json_text(b, "reason", rd_close_reason_word(e->detail)) &&
		       json_number(b, "accepted_at_us", e->since_us);
	default:
		return true;
	}
}

static bool json_event(struct rd_buffer *b, const struct rd_event *e)
{
	return json_begin(b, rd_event_word(e->kind), e->at_us) &&
	       json_conn(b, e->connection, e->client) && json_number(b, "fd", (uint64_t)e->fd) &&
	       json_detail(b, e) && json_end(b);
}

static bool json_stamps(struct rd_buffer *b, const struct rd_record *r)
{
	static const char *const words[] = {
#define STAMP(name, word, text) [STAMP_##name] = word,
#include "tbl/stamp.h"
#undef STAMP
	};
	bool added = json_number(b, "accepted_at_us", r->accepted_us);

	for (int i = 0; added && i < STAMP_COUNT; i++)
		if (r->at[i] > 0)
			added = rd_buffer_print(b, ", \"%s_at_us\": %" PRIu64, words[i], r->at[i]);
	for (int i = 0; added && i < STAGE_COUNT; i++)
		if (rd_record_reached(r, i))
			added = rd_buffer_print(b, ", \"%s_us\": %" PRIu64, rd_stage_word(i),
						rd_record_stage(r, i));
	return added;
}

static bool json_texts(struct rd_buffer *b, const struct rd_record *r)
{
	static const char *const names[] = {
		[RECORD_METHOD] = "method",   [RECORD_TARGET] = "target",
		[RECORD_VERSION] = "version", [RECORD_HOST] = "host",
		[RECORD_AGENT] = "agent",     [RECORD_ID] = "id",
		[RECORD_TEXTS] = NULL,
	};
	bool added = true;

	for (int i = 0; added && i < RECORD_TEXTS; i++) {
		struct rd_span span = rd_record_text(r, i);
		char text[TEXT_MAX + 1] = "";

		if (span.len == 0 || !names[i])
			continue;
		memcpy(text, span.at, span.len < TEXT_MAX ? span.len : TEXT_MAX);
		added = json_text(b, names[i], text);
	}
	return added;
}

static bool json_exchange(struct rd_buffer *b, const struct rd_series *series,
			  const struct rd_parcel *p)
{
	const struct rd_record *r = rd_parcel_record(p);

	return json_begin(b, "exchange", p->at_us) && json_conn(b, r->connection, r->client) &&
	       json_number(b, "exchange", r->exchange) &&
	       json_text(b, "route", rd_series_name(series, r->series)) && json_texts(b, r) &&
	       json_number(b, "status", r->status) && json_number(b, "received", r->received) &&
	       json_number(b, "head", r->head) && json_number(b, "body", r->body) &&
	       json_stamps(b, r) &&
	       (!r->reason || json_text(b, "reason", rd_close_reason_word(r->reason))) &&
	       json_end(b);
}

bool rd_trace_json(struct rd_buffer *b, const struct rd_series *series, const struct rd_parcel *p)
{
	return p->event ? json_event(b, rd_parcel_event(p)) : json_exchange(b, series, p);
}
