/*
 * recent - what the clients' exchanges took, by route.
 * Thread:  the control lane's workers.
 * Owns:    what there was a while ago.
 */
#include "server/recent.h"

#include "base/clock.h"
#include "base/json.h"
#include "server/server.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void rd_recent_init(struct rd_recent *r)
{
	rd_lock_init(&r->lock, RANK_RECENT);
}

void rd_sums_free(struct rd_sums *sums)
{
	free(sums->of);
	*sums = (struct rd_sums){ 0 };
}

void rd_recent_begin(struct rd_recent *r)
{
	rd_lock_take(&r->lock);
	for (unsigned i = 0; i < r->count; i++)
		rd_sums_free(&r->kept[i]);
	r->count = 0;
	rd_lock_drop(&r->lock);
}

void rd_recent_fini(struct rd_recent *r)
{
	rd_recent_begin(r);
	rd_lock_fini(&r->lock);
}

bool rd_sums_look(struct replyd *s, struct rd_sums *sums)
{
	*sums = (struct rd_sums){ .count = rd_series_count(&s->series), .at_us = rd_clock_us() };
	sums->of = calloc(sums->count, sizeof(*sums->of));
	if (!sums->of)
		return false;
	for (unsigned i = 0; i < sums->count; i++)
		rd_server_stages(s, &sums->of[i], i);
	return true;
}

/* The newest that is old enough, or the oldest; NULL: nothing was asked for before. */
static const struct rd_sums *recent_base(const struct rd_recent *r, uint64_t now_us)
{
	const struct rd_sums *base = r->count > 0 ? &r->kept[0] : NULL;

	for (unsigned i = 1; i < r->count; i++)
		if (r->kept[i].at_us + RD_RECENT_US <= now_us)
			base = &r->kept[i];
	return base;
}

/*
 * A copy, unless the last one is young; of routes that nobody asked for no page of it is written.
 * Where there is no memory there is one less.
 */
static void recent_keep(struct rd_recent *r, const struct rd_sums *now)
{
	struct rd_sums copy = *now;

	if (r->count > 0 && r->kept[r->count - 1].at_us + RD_RECENT_STEP_US > now->at_us)
		return;
	copy.of = calloc(now->count, sizeof(*now->of));
	if (!copy.of)
		return;
	for (unsigned i = 0; i < now->count; i++)
		if (now->of[i].exchanges > 0)
			copy.of[i] = now->of[i];
	if (r->count == RD_RECENT_KEPT) {
		rd_sums_free(&r->kept[0]);
		memmove(r->kept, r->kept + 1, (RD_RECENT_KEPT - 1) * sizeof(*r->kept));
		r->count--;
	}
	r->kept[r->count++] = copy;
}

double rd_recent_since(struct rd_recent *r, struct rd_sums *now, uint64_t opened_us)
{
	struct rd_sums before = { .at_us = opened_us };
	const struct rd_sums *base;

	rd_lock_take(&r->lock);
	base = recent_base(r, now->at_us);
	if (base)
		before = *base;
	recent_keep(r, now); /* drops only what is older than `before` */
	for (unsigned i = 0; i < now->count && i < before.count; i++)
		if (before.of[i].exchanges > 0)
			rd_stages_since(&now->of[i], &before.of[i]);
	rd_lock_drop(&r->lock);
	return (double)(now->at_us - before.at_us) / 1e6;
}

static bool recent_status(struct rd_buffer *b, const struct rd_stage_sums *s)
{
	bool added = rd_buffer_text(b, "\"status\": {"), first = true;

	for (int i = 0; added && i < RD_STATUSES; i++) {
		if (s->status[i] == 0)
			continue;
		added = rd_buffer_print(b, "%s\"%d\": %" PRIu64, first ? "" : ", ",
					i == RD_STATUS_NONE ? 0 : i + RD_STATUS_LEAST,
					s->status[i]);
		first = false;
	}
	return added && rd_buffer_text(b, "}");
}

static bool recent_stage(struct rd_buffer *b, enum rd_stage stage, const struct rd_stage_sum *s)
{
	return rd_buffer_print(b,
			       "%s\"%s\": {\"count\": %" PRIu64 ", \"sum_us\": %" PRIu64
			       ", \"p50_us\": %" PRIu64 ", \"p90_us\": %" PRIu64
			       ", \"p99_us\": %" PRIu64 ", \"max_us\": %" PRIu64 "}",
			       stage > 0 ? ", " : "", rd_stage_word(stage), s->count, s->sum,
			       rd_stages_quantile(s, 0.5), rd_stages_quantile(s, 0.9),
			       rd_stages_quantile(s, 0.99), s->most);
}

static bool recent_route(struct rd_buffer *b, const char *name, const struct rd_stage_sums *s)
{
	bool added = rd_buffer_text(b, "{\"route\": ") && rd_json_text(b, name) &&
		     rd_buffer_print(b,
				     ", \"exchanges\": %" PRIu64 ", \"received_bytes\": %" PRIu64
				     ", \"sent_bytes\": %" PRIu64 ", ",
				     s->exchanges, s->received, s->sent) &&
		     recent_status(b, s) && rd_buffer_text(b, ", \"stages\": {");

	for (enum rd_stage i = 0; added && i < STAGE_COUNT; i++)
		added = recent_stage(b, i, &s->stage[i]);
	return added && rd_buffer_text(b, "}}");
}

static bool recent_routes(struct rd_buffer *b, const char *word, const struct replyd *s,
			  const struct rd_sums *sums)
{
	bool added = rd_buffer_print(b, "\"%s\": [", word), first = true;

	for (unsigned i = 0; added && i < sums->count; i++) {
		if (sums->of[i].exchanges == 0)
			continue;
		added = rd_buffer_text(b, first ? "\n" : ",\n") &&
			recent_route(b, rd_series_name(&s->series, i), &sums->of[i]);
		first = false;
	}
	return added && rd_buffer_text(b, "],\n");
}

static bool recent_words(struct rd_buffer *b)
{
	bool added = rd_buffer_text(b, "\"stages\": [");

	for (enum rd_stage i = 0; added && i < STAGE_COUNT; i++)
		added = rd_buffer_print(b, "%s\"%s\"", i > 0 ? ", " : "", rd_stage_word(i));
	return added && rd_buffer_text(b, "],\n");
}

bool rd_recent_json(struct rd_buffer *b, struct replyd *s)
{
	struct rd_sums sums;
	bool added =
		rd_sums_look(s, &sums) && recent_words(b) && recent_routes(b, "routes", s, &sums);

	added = added &&
		rd_buffer_print(b, "\"span_s\": %.3f,\n",
				rd_recent_since(&s->recent, &sums, s->opened_us)) &&
		recent_routes(b, "recent", s, &sums);
	rd_sums_free(&sums);
	return added;
}
