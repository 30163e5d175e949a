/*
 * story - what happens to connections, a line for each.
 * Never:   lets a control character through.
 */
#include "observe/story.h"

#include "base/figure.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char RED[] = "31", YELLOW[] = "33", DIM[] = "2";

static bool story_text(struct rd_buffer *to, const char *text)
{
	size_t before = to->len;

	if (!rd_buffer_text(to, text))
		return false;
	rd_utf8_clean(to->at + before, to->len - before);
	return true;
}

static bool story_colour(struct rd_buffer *to, const struct rd_story *s, const char *colour)
{
	return !s->colour || !colour || rd_buffer_print(to, "\x1b[%sm", colour);
}

static bool story_plain(struct rd_buffer *to, const struct rd_story *s)
{
	return !s->colour || rd_buffer_text(to, "\x1b[0m");
}

/* The time of day, and which connection. */
static bool story_begin(struct rd_buffer *to, const struct rd_story *s, const struct rd_moment *m)
{
	int64_t at_us = (int64_t)m->at_us + s->wall_us;
	time_t at_s = (time_t)(at_us / 1000000);
	char time[32], number[32] = "";
	struct tm tm;

	localtime_r(&at_s, &tm);
	strftime(time, sizeof(time), "%H:%M:%S", &tm);
	if (m->connection)
		snprintf(number, sizeof(number), "#%" PRIu64, m->connection);
	return story_colour(to, s, DIM) &&
	       rd_buffer_print(to, "%s.%06u %7s", time, (unsigned)(at_us % 1000000), number) &&
	       story_plain(to, s);
}

static const char *story_exchange_colour(const struct rd_moment *m)
{
	if (m->status >= 500 || !m->reached[STAGE_SEND])
		return RED;
	return m->status >= 400 ? YELLOW : NULL;
}

static bool story_stages(struct rd_buffer *to, const struct rd_moment *m)
{
	char text[RD_FIGURE_TEXT];
	bool added = true;

	for (int i = 0; added && i < STAGE_COUNT; i++)
		if (m->reached[i])
			added = rd_buffer_print(to, "  %s %s", rd_stage_word(i),
						rd_figure_us(m->stage[i], text));
	return added;
}

/* "GET /hello 200", indented below its connection; then bytes, stages, and the end. */
static bool story_exchange(struct rd_buffer *to, const struct rd_story *s,
			   const struct rd_moment *m)
{
	char in[RD_FIGURE_TEXT], out[RD_FIGURE_TEXT];
	bool added = rd_buffer_text(to, "    ") && story_colour(to, s, story_exchange_colour(m)) &&
		     story_text(to, m->method ? m->method : "line") && rd_buffer_text(to, " ") &&
		     story_text(to, m->target  ? m->target
				    : m->route ? m->route
					       : "");

	if (added && m->status)
		added = rd_buffer_print(to, " %" PRIu64, m->status);
	added = added && story_plain(to, s) &&
		rd_buffer_print(to, "  in %s  out %s", rd_figure_bytes(m->received, in),
				rd_figure_bytes(m->sent, out)) &&
		story_stages(to, m) && (m->reached[STAGE_SEND] || rd_buffer_text(to, "  not sent"));
	return added &&
	       (!m->reason || (rd_buffer_text(to, "  last: ") && story_text(to, m->reason)));
}

static const char *story_waits(const char *wants)
{
	if (wants && strcmp(wants, "write") == 0)
		return "until its client takes more";
	return wants && strcmp(wants, "reply") == 0 ? "until another thread has its reply"
						    : "until its client sends something";
}

/* What there is to say of it behind its word. */
static bool story_detail(struct rd_buffer *to, const struct rd_moment *m)
{
	char text[RD_FIGURE_TEXT];

	if (strcmp(m->event, "parked") == 0)
		return rd_buffer_text(to, story_waits(m->wants));
	if (strcmp(m->event, "woken") == 0)
		return rd_buffer_print(to, "waited %s for a worker%s",
				       rd_figure_us(m->at_us - m->since_us, text),
				       m->deadline ? "; its time was over" : "");
	if (strcmp(m->event, "closed") == 0)
		return story_text(to, m->reason ? m->reason : "") &&
		       rd_buffer_print(to, ", after %s",
				       rd_figure_us(m->at_us - m->since_us, text));
	if (strcmp(m->event, "missed") == 0)
		return rd_buffer_print(to, "%" PRIu64 ", since they were not read in time",
				       m->count);
	if (m->reason)
		return story_text(to, m->reason);
	return story_text(to, m->client ? m->client : m->address ? m->address : "");
}

static bool story_other(struct rd_buffer *to, const struct rd_story *s, const struct rd_moment *m)
{
	bool bad = strcmp(m->event, "shed") == 0 || strcmp(m->event, "missed") == 0;

	return story_colour(to, s, bad ? RED : NULL) && story_text(to, m->event) &&
	       rd_buffer_print(to, "%*s", (int)(10 - strlen(m->event) % 10), "") &&
	       story_detail(to, m) && (!bad || story_plain(to, s));
}

bool rd_story_add(struct rd_buffer *to, const struct rd_story *s, const struct rd_moment *m)
{
	bool exchange = strcmp(m->event, "exchange") == 0;

	return story_begin(to, s, m) && rd_buffer_text(to, "  ") &&
	       (exchange ? story_exchange(to, s, m) : story_other(to, s, m)) &&
	       rd_buffer_text(to, "\n");
}
