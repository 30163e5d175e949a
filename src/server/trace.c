/*
 * trace - what happens to connections, streamed to who asks the control lane for it.
 * Thread:  the control lane's workers, one for each who traces; there are more of those.
 * Never:   waits for who does not read: what has no room meanwhile is missed, and counted.
 */
#include "server/trace.h"

#include "app/exchange.h"
#include "base/clock.h"
#include "net/client.h"
#include "server/control.h"
#include "server/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LOOK_US = 200 * 1000,	       /* between two looks whether the client is there ... */
	RETRY_US = 20 * 1000,	       /* ... and whether it has read */
	STALLED_US = 10 * 1000 * 1000, /* who reads nothing for so long is cut off */
	QUIET_US = 5 * 1000 * 1000,    /* after which it is told that there is nothing */
	PIECE = 32 * 1024,
};

struct tracing {
	struct replyd_exchange *x;
	struct replyd *server;
	struct rd_tracer *tracer;
	struct rd_buffer batch, lines;
	uint64_t unsent, moved_us; /* when that last became less */
	uint64_t said_us;	   /* when something was sent */
};

/* NULL, or what is wrong with what is asked for. */
static const char *trace_client(struct replyd_exchange *x, struct rd_wish *wish)
{
	const char *text = replyd_query(x, "client", NULL), *why;
	struct rd_address address = { .kind = RD_ADDRESS_UNIX };
	struct rd_sockaddr list[RD_ADDRESS_MAX];
	char at[128];

	if (!text)
		return NULL;
	wish->of_client = true;
	if (strcmp(text, "unix") == 0) {
		wish->client = rd_client_of(&(struct rd_sockaddr){ .sa.sa_family = AF_UNIX });
		return NULL;
	}
	snprintf(at, sizeof(at), strchr(text, ':') ? "[%.64s]:1" : "%.64s:1", text);
	if (strspn(text, "0123456789abcdefABCDEF.:") != strlen(text) ||
	    !rd_address_parse(at, &address, &why) ||
	    rd_address_resolve(&address, false, list, RD_ADDRESS_MAX, &why) != 1)
		return "client: it is no address such as 192.0.2.1 or 2001:db8::1, nor unix";
	wish->client = rd_client_of(&list[0]);
	return NULL;
}

static const char *trace_route(struct replyd_exchange *x, const struct rd_series *series,
			       struct rd_wish *wish)
{
	const char *text = replyd_query(x, "route", NULL);
	unsigned i = 0, n = rd_series_count(series);

	if (!text)
		return NULL;
	while (i < n && strcmp(rd_series_name(series, i), text) != 0)
		i++;
	wish->of_series = true;
	wish->series = i;
	return i < n ? NULL : "route: there is none of that name; /status has their names";
}

static const char *trace_slower(struct replyd_exchange *x, struct rd_wish *wish)
{
	const char *text = replyd_query(x, "slower_us", NULL);
	char *end;

	if (!text)
		return NULL;
	wish->slower_us = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0' ? NULL : "slower_us: it is no number";
}

static bool trace_write(struct tracing *t, bool added)
{
	int failed = added ? replyd_write(t->x, t->lines.at, t->lines.len) : -1;

	t->lines.len = 0;
	return !failed;
}

static bool trace_flush(struct tracing *t)
{
	t->said_us = rd_clock_us();
	return replyd_flush(t->x) == 0;
}

/* The batch, and how much was missed behind it. */
static bool trace_send(struct tracing *t, uint64_t missed)
{
	const struct rd_parcel *p;

	for (size_t at = 0; (p = rd_parcel_next(&t->batch, &at));) {
		if (!rd_trace_json(&t->lines, &t->server->series, p))
			return false;
		if (t->lines.len >= PIECE && !trace_write(t, true))
			return false;
	}
	return trace_write(t, missed == 0 || rd_trace_json_missed(&t->lines, missed)) &&
	       trace_flush(t);
}

/* It has not read what it was sent. False: it is not to be waited for. */
static bool trace_await(struct tracing *t, uint64_t unsent)
{
	uint64_t now_us = rd_clock_us();

	if (unsent != t->unsent)
		t->moved_us = now_us;
	t->unsent = unsent;
	t->x->reply.cut = now_us > t->moved_us + STALLED_US ||
			  rd_feed_is_over(&t->server->feed, now_us + RETRY_US);
	return !t->x->reply.cut && replyd_flush(t->x) == 0;
}

static bool trace_turn(struct tracing *t)
{
	uint64_t now_us = rd_clock_us(), unsent = t->x->link->unsent(t->x), missed;

	if (replyd_cancelled(t->x))
		return false;
	if (unsent > 0)
		return trace_await(t, unsent);
	t->unsent = 0;
	if (!rd_feed_take(&t->server->feed, t->tracer, &t->batch, &missed, now_us + LOOK_US))
		return false;
	if (t->batch.len > 0 || missed > 0)
		return trace_send(t, missed);
	if (now_us < t->said_us + QUIET_US)
		return true;
	return trace_write(t, rd_trace_json_quiet(&t->lines)) && trace_flush(t);
}

static int trace_stream(struct tracing *t)
{
	replyd_add_field(t->x, "Cache-Control", "no-store");
	if (replyd_begin(t->x, 200, "application/x-ndjson") == 0 &&
	    trace_write(t, rd_trace_json_begin(&t->lines)) && trace_flush(t))
		while (trace_turn(t))
			continue;
	rd_buffer_free(&t->batch);
	rd_buffer_free(&t->lines);
	return 0;
}

int rd_trace_perform(struct replyd_exchange *x, void *data)
{
	struct tracing t = { .x = x, .server = data };
	struct rd_wish wish = { 0 };
	const char *why = trace_client(x, &wish);

	why = why ? why : trace_slower(x, &wish);
	if (why)
		return replyd_text(x, 400, "%s\n", why);
	why = trace_route(x, &t.server->series, &wish);
	if (why)
		return replyd_text(x, 400, "%s\n", why);
	t.tracer = rd_feed_join(&t.server->feed, &wish);
	if (!t.tracer && errno == EBUSY)
		return replyd_text(x, 503, "%d trace already, and no more may\n", RD_TRACERS);
	if (!t.tracer)
		return replyd_text(x, 503, "it cannot be traced: %s\n",
				   errno == ECANCELED ? "it is stopping" : strerror(errno));
	trace_stream(&t);
	rd_feed_leave(&t.server->feed, t.tracer);
	return 0;
}
