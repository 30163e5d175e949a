/*
 * timeline - what came of a load, second by second, in fixed memory: of a long one, in slices of
 * two seconds, four, and so on.
 */
#ifndef RD_CLIENT_TIMELINE_H
#define RD_CLIENT_TIMELINE_H

#include "base/histogram.h"

enum {
	RD_TIMELINE_SLICES = 240,
	RD_TIMELINE_WIDTH_US = 1000000, /* of a slice at first */
};

struct rd_slice {
	uint64_t bad, failed;	     /* replies with a status of 400 and up, and none */
	struct rd_histogram good_us; /* the other replies */
};

/* Times in microseconds from its beginning. 4 MiB, of which a short load touches little. */
struct rd_timeline {
	uint64_t width_us;  /* of each slice but the last */
	uint64_t length_us; /* of all: up to the last that was asked for */
	struct rd_slice slice[RD_TIMELINE_SLICES];
};

/* Begins one that is all zero. */
void rd_timeline_begin(struct rd_timeline *t);

/* The slice of that time, to count in. Merges all by pairs when it would be beyond the last. */
struct rd_slice *rd_timeline_at(struct rd_timeline *t, uint64_t at_us);

/* How many slices it has, of which the last may be short. */
unsigned rd_timeline_count(const struct rd_timeline *t);

/* When the slice begins, `i` up to the count; the end of the last, which is that of all. */
double rd_timeline_begins_s(const struct rd_timeline *t, unsigned i);

/* The slices from `first` up to `end`, and not it, in one. */
void rd_timeline_sum(const struct rd_timeline *t, unsigned first, unsigned end,
		     struct rd_slice *sum);

#endif
