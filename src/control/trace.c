/*
 * trace - replyctl trace: the stream of the control lane, for people or as it stands.
 * Thread:  main.
 * Never:   trusts what it reads to be of a replyd of the same version, or whole.
 */
#include "control/trace.h"

#include "observe/story.h"

#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { LINE_MAX_LEN = 64 * 1024 };

struct trace {
	const struct rd_trace_wish *wish;
	struct rd_story story;
	struct rd_buffer come, shown;
	int signal_fd;
};

static uint64_t trace_number(const json_t *object, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(object, name));

	return n > 0 ? (uint64_t)n : 0;
}

static const char *trace_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void trace_stages(const json_t *object, struct rd_moment *m)
{
	for (int i = 0; i < STAGE_COUNT; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%s_us", rd_stage_word(i));
		m->reached[i] = json_is_integer(json_object_get(object, name));
		m->stage[i] = trace_number(object, name);
	}
}

static bool trace_show(const json_t *object, struct rd_story *story, struct rd_buffer *to)
{
	bool woken = json_is_integer(json_object_get(object, "ready_at_us"));
	struct rd_moment m = {
		.event = trace_text(object, "event"),
		.at_us = trace_number(object, "at_us"),
		.connection = trace_number(object, "connection"),
		.client = trace_text(object, "client"),
		.wants = trace_text(object, "for"),
		.reason = trace_text(object, "reason"),
		.since_us = trace_number(object, woken ? "ready_at_us" : "accepted_at_us"),
		.deadline = json_is_true(json_object_get(object, "deadline")),
		.count = trace_number(object, "count"),
		.method = trace_text(object, "method"),
		.target = trace_text(object, "target"),
		.route = trace_text(object, "route"),
		.status = trace_number(object, "status"),
		.received = trace_number(object, "received"),
		.sent = trace_number(object, "head") + trace_number(object, "body"),
	};

	trace_stages(object, &m);
	if (!m.event || strcmp(m.event, "quiet") == 0)
		return true;
	if (strcmp(m.event, "tracing") == 0) {
		story->wall_us = (int64_t)(trace_number(object, "wall_us") - m.at_us);
		return true;
	}
	return rd_story_add(to, story, &m);
}

bool rd_trace_line(struct rd_span line, struct rd_story *story, struct rd_buffer *to)
{
	json_t *object = json_loadb(line.at, line.len, 0, NULL);
	bool shown = !object || trace_show(object, story, to);

	json_decref(object);
	return shown;
}

/* What is whole of it. */
static bool trace_lines(struct trace *t)
{
	const char *end;
	size_t at = 0;

	while ((end = memchr(t->come.at + at, '\n', t->come.len - at))) {
		struct rd_span line = { t->come.at + at, (size_t)(end - t->come.at) - at };

		if (!rd_trace_line(line, &t->story, &t->shown))
			return false;
		at += line.len + 1;
	}
	rd_buffer_drop(&t->come, at);
	return t->come.len < LINE_MAX_LEN;
}

static bool trace_ended(const struct trace *t)
{
	struct pollfd p = { .fd = t->signal_fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

static bool trace_take(void *data, struct rd_span piece)
{
	struct trace *t = data;

	if (piece.len == 0)
		return true;
	if (t->wish->json) {
		fwrite(piece.at, 1, piece.len, stdout);
	} else {
		if (!rd_buffer_add(&t->come, piece.at, piece.len) || !trace_lines(t))
			return false;
		if (t->shown.len > 0)
			fwrite(t->shown.at, 1, t->shown.len, stdout);
		t->shown.len = 0;
	}
	return fflush(stdout) == 0 && !trace_ended(t);
}

/* Adds a part of the query. */
static bool trace_query(struct rd_buffer *target, const char *name, const char *value)
{
	bool added = rd_buffer_print(
		target, "%c%s=", memchr(target->at, '?', target->len) ? '&' : '?', name);

	for (; added && *value; value++)
		added = rd_buffer_print(target, "%%%02X", (unsigned char)*value);
	return added;
}

static bool trace_target(struct rd_buffer *target, const struct rd_trace_wish *w)
{
	bool added = rd_buffer_text(target, "/trace") &&
		     (!w->client || trace_query(target, "client", w->client)) &&
		     (!w->route || trace_query(target, "route", w->route));

	if (added && w->slower_us) {
		char number[24];

		snprintf(number, sizeof(number), "%llu", (unsigned long long)w->slower_us);
		added = trace_query(target, "slower_us", number);
	}
	return added && rd_buffer_add(target, "", 1);
}

bool rd_trace_run(const struct rd_lane *lane, const struct rd_trace_wish *wish,
		  struct rd_said *said)
{
	struct trace t = { .wish = wish, .story.colour = wish->colour };
	struct rd_lane endless = *lane;
	struct rd_buffer target = { 0 };
	sigset_t set;
	bool done = false;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	endless.cancel_fd = t.signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
	endless.endless = true;
	if (t.signal_fd >= 0 && trace_target(&target, wish))
		done = rd_lane_ask(&endless, "GET", target.at, trace_take, &t, said);
	done = done || (t.signal_fd >= 0 && trace_ended(&t));
	if (t.signal_fd >= 0)
		close(t.signal_fd);
	rd_buffer_free(&target);
	rd_buffer_free(&t.come);
	rd_buffer_free(&t.shown);
	return done;
}
