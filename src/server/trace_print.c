/*
 * trace_print - replyd --trace: what happens, from the first socket on, as lines on a descriptor.
 * Thread:  print_* have one of their own, while the server is open; the rest is the one's that uses
 *          the server.
 * Never:   has anybody wait for who reads the lines, but for a second at the end.
 */
#include "base/clock.h"
#include "base/must.h"
#include "base/thread.h"
#include "net/client.h"
#include "observe/story.h"
#include "server/server.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	LOOK_US = 1000 * 1000,
	LATE_US = 1000 * 1000, /* for the last lines */
	TEXT = 1024,	       /* bytes of a text that came from a client */
};

void rd_trace_print(struct replyd *s, int fd, bool colour)
{
	s->trace.wanted = true;
	s->trace.fd = fd;
	s->trace.story.colour = colour;
	tzset(); /* while its files can be read */
}

static int64_t print_wall_us(void)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	return (int64_t)wall.tv_sec * 1000000 + wall.tv_nsec / 1000 - (int64_t)rd_clock_us();
}

/* How each listener came to be. */
static bool print_listeners(struct rd_trace *t, const struct rd_listeners *l)
{
	bool added = true;

	for (size_t i = 0; added && i < l->count; i++) {
		const struct rd_listener *one = &l->listener[i];
		struct rd_moment steps[] = { { .event = "socket", .at_us = one->socket_us },
					     { .event = "bind", .at_us = one->bind_us },
					     { .event = "listen", .at_us = one->listen_us } };

		for (int step = one->listen_us ? 0 : 2; added && step < 3; step++) {
			steps[step].at_us = steps[step].at_us ? steps[step].at_us : rd_clock_us();
			steps[step].address = l->url[i];
			added = rd_story_add(&t->lines, &t->story, &steps[step]);
		}
	}
	return added;
}

static bool print_event(struct rd_trace *t, const struct rd_event *e)
{
	static const char *const wants[] = {
		[RD_WANTS_READ] = "read", [RD_WANTS_WRITE] = "write", [RD_WANTS_REPLY] = "reply"
	};
	bool closed = e->kind == EVENT_CLOSED || e->kind == EVENT_SHED;
	char client[RD_CLIENT_TEXT];
	struct rd_moment m = {
		.event = rd_event_word(e->kind),
		.at_us = e->at_us,
		.connection = e->connection,
		.client = rd_client_format(e->client, client),
		.wants = e->kind == EVENT_PARKED ? wants[e->detail] : NULL,
		.reason = closed ? rd_close_reason_word(e->detail) : NULL,
		.since_us = e->since_us,
		.deadline = e->kind == EVENT_WOKEN && e->detail,
	};

	return rd_story_add(&t->lines, &t->story, &m);
}

static const char *print_text(const struct rd_record *r, enum rd_record_text which, char *to)
{
	struct rd_span span = rd_record_text(r, which);
	size_t len = span.len < TEXT ? span.len : TEXT - 1;

	memcpy(to, span.at, len);
	to[len] = '\0';
	return len ? to : NULL;
}

static bool print_exchange(struct rd_trace *t, const struct rd_parcel *p)
{
	const struct rd_record *r = rd_parcel_record(p);
	char method[TEXT], target[TEXT];
	struct rd_moment m = {
		.event = "exchange",
		.at_us = p->at_us,
		.connection = r->connection,
		.reason = r->reason ? rd_close_reason_word(r->reason) : NULL,
		.method = print_text(r, RECORD_METHOD, method),
		.target = print_text(r, RECORD_TARGET, target),
		.route = rd_series_name(t->series, r->series),
		.status = r->status,
		.received = r->received,
		.sent = r->head + r->body,
	};

	for (int i = 0; i < STAGE_COUNT; i++) {
		m.reached[i] = rd_record_reached(r, i);
		m.stage[i] = rd_record_stage(r, i);
	}
	return rd_story_add(&t->lines, &t->story, &m);
}

static void print_batch(struct rd_trace *t, const struct rd_buffer *batch, uint64_t missed)
{
	struct rd_moment m = { .event = "missed", .count = missed };
	const struct rd_parcel *p;

	for (size_t at = 0; (p = rd_parcel_next(batch, &at));)
		m.count += p->event ? !print_event(t, rd_parcel_event(p)) : !print_exchange(t, p);
	m.at_us = rd_clock_us();
	if (m.count > 0)
		rd_story_add(&t->lines, &t->story, &m);
}

/* A pipe that poll says can be written takes so much at once. False: they are not wanted. */
static bool print_write(struct rd_trace *t, struct rd_feed *feed)
{
	for (size_t at = 0; at < t->lines.len;) {
		struct pollfd p = { .fd = t->fd, .events = POLLOUT };
		size_t left = t->lines.len - at;
		ssize_t n = 0;

		if (poll(&p, 1, 100) > 0)
			n = write(t->fd, t->lines.at + at, left < PIPE_BUF ? left : PIPE_BUF);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		at += n > 0 ? (size_t)n : 0;
		if (n <= 0 && rd_feed_is_over(feed, 0) && rd_clock_us() > atomic_load(&t->late_us))
			return false;
	}
	t->lines.len = 0;
	return true;
}

static void *print_main(void *arg)
{
	struct replyd *s = arg;
	struct rd_trace *t = &s->trace;
	struct rd_buffer batch = { 0 };
	uint64_t missed;
	bool goes_on = print_write(t, &s->feed);

	while (goes_on &&
	       rd_feed_take(&s->feed, t->tracer, &batch, &missed, rd_clock_us() + LOOK_US)) {
		print_batch(t, &batch, missed);
		goes_on = print_write(t, &s->feed);
	}
	rd_feed_leave(&s->feed, t->tracer);
	rd_buffer_free(&batch);
	rd_buffer_free(&t->lines);
	return NULL;
}

int rd_trace_begin(struct replyd *s)
{
	struct rd_trace *t = &s->trace;
	int error;

	if (!t->wanted)
		return 0;
	t->series = &s->series;
	t->story.wall_us = print_wall_us();
	t->tracer = rd_feed_join(&s->feed, &(struct rd_wish){ 0 });
	if (!t->tracer)
		return rd_server_failed(s, "cannot trace: %s", strerror(errno));
	print_listeners(t, &s->setup->listeners);
	print_listeners(t, &s->control.listeners);
	atomic_store(&t->late_us, UINT64_MAX);
	error = rd_thread_start(&t->thread, 0, print_main, s);
	t->runs = error == 0;
	if (!error)
		return 0;
	rd_feed_leave(&s->feed, t->tracer);
	return rd_server_failed(s, "cannot trace: %s", strerror(error));
}

void rd_trace_end(struct replyd *s)
{
	rd_scribe_stop(&s->logging.scribe);
	atomic_store(&s->trace.late_us, rd_clock_us() + LATE_US);
	rd_feed_end(&s->feed);
	if (s->trace.runs)
		PTH(pthread_join(s->trace.thread, NULL));
	s->trace.runs = false;
}
