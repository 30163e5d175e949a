/*
 * tally - what a load was answered: counts, and how long the replies took.
 */
#ifndef RD_CLIENT_TALLY_H
#define RD_CLIENT_TALLY_H

#include "base/histogram.h"

#include <stdbool.h>

enum rd_load_failure {
#define LOAD_FAILURE(name, word, text) FAILURE_##name,
#include "tbl/load_failure.h"
#undef LOAD_FAILURE
	FAILURE_COUNT
};

enum { RD_TALLY_STATUSES = 1000 };

/* What has a rate. */
struct rd_tally_flow {
	uint64_t asked;
	uint64_t replied;
	uint64_t good; /* of those: a status under 400, or a line */
	uint64_t sent_bytes, received_bytes;
};

/* All zero is an empty one. Times in microseconds, from when a request was due. */
struct rd_tally {
	struct rd_tally_flow all;
	uint64_t due;
	uint64_t late, latest_us; /* begun late by the fault of replyc: over 1 ms; the most */
	uint64_t status[RD_TALLY_STATUSES];
	uint64_t failed, failure[FAILURE_COUNT];
	int error; /* errno of the first FAILURE_OTHER */
	struct rd_histogram good_us, bad_us;
};

/* A whole reply; status 0 is that of a line. */
void rd_tally_reply(struct rd_tally *t, int status, uint64_t took_us);
/* `error` is the errno of a FAILURE_OTHER. */
void rd_tally_fail(struct rd_tally *t, enum rd_load_failure failure, int error);

/* Due, and neither answered nor failed by the end; whether they are too many to go unsaid. */
uint64_t rd_tally_left(const struct rd_tally *t);
bool rd_tally_starved(const struct rd_tally *t);

/* Whether too many were begun late by the fault of replyc. */
bool rd_tally_behind(const struct rd_tally *t);

/* "gave_up", and "gave up" */
const char *rd_tally_word(enum rd_load_failure failure);
const char *rd_tally_text(enum rd_load_failure failure);

#endif
