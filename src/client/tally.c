/*
 * tally - adds up what became of each request.
 * Thread:  the owner's.
 */
#include "client/tally.h"

void rd_tally_reply(struct rd_tally *t, int status, uint64_t took_us)
{
	t->all.replied++;
	t->status[status]++;
	if (status < 400) {
		t->all.good++;
		rd_histogram_record(&t->good_us, took_us);
	} else {
		rd_histogram_record(&t->bad_us, took_us);
	}
}

void rd_tally_fail(struct rd_tally *t, enum rd_load_failure failure, int error)
{
	t->failed++;
	t->failure[failure]++;
	if (t->error == 0)
		t->error = error;
}

uint64_t rd_tally_left(const struct rd_tally *t)
{
	uint64_t done = t->all.replied + t->failed;

	return t->due > done ? t->due - done : 0;
}

bool rd_tally_starved(const struct rd_tally *t)
{
	return rd_tally_left(t) > t->due / 100;
}

bool rd_tally_behind(const struct rd_tally *t)
{
	return t->late > t->all.asked / 100;
}

static const struct {
	const char *word, *text;
} names[FAILURE_COUNT] = {
#define LOAD_FAILURE(name, word, text) [FAILURE_##name] = { word, text },
#include "tbl/load_failure.h"
#undef LOAD_FAILURE
};

const char *rd_tally_word(enum rd_load_failure failure)
{
	return names[failure].word;
}

const char *rd_tally_text(enum rd_load_failure failure)
{
	return names[failure].text;
}
