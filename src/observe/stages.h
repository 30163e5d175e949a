/*
 * stages - what a worker's exchanges were answered with and how long their stages took, by the
 * series of their routes: written by one thread without a lock, added up by those who look.
 *
 * Times are in microseconds, by buckets of which each power of two has 16: the middle of a bucket
 * is within 1/32 (3.1 %) of every time in it. For each series that a worker has served that takes
 * 26 KiB, in pages that are made as they are written.
 */
#ifndef RD_OBSERVE_STAGES_H
#define RD_OBSERVE_STAGES_H

#include "base/histogram.h"
#include "observe/record.h"
#include "observe/series.h"

#include <stdatomic.h>

enum {
	RD_STAGES_BITS = 4,
	RD_STAGES_TOP = 32, /* times from 2^32 us (71 minutes) on share a bucket */
	RD_STAGES_BUCKETS = RD_BUCKETS(RD_STAGES_BITS, RD_STAGES_TOP),
	RD_STATUS_LEAST = 100,
	RD_STATUSES = 500,  /* 100 to 599 ... */
	RD_STATUS_NONE = 0, /* ... and in the place of 100, which is none, all others */
};

struct rd_stage_times {
	_Atomic uint64_t sum, most;
	_Atomic uint64_t bucket[RD_STAGES_BUCKETS];
};

/* Of one worker and one series. */
struct rd_tally {
	struct rd_stage_times stage[STAGE_COUNT];
	_Atomic uint64_t received, sent; /* bytes, of heads and bodies */
	_Atomic uint64_t status[RD_STATUSES];
};

/* All zero is an empty one. */
struct rd_stages {
	_Atomic(struct rd_tally *) tally[RD_SERIES_MAX]; /* NULL: none served yet */
};

/* By its one writer, of an exchange that has ended. Where there is no memory it is not counted. */
void rd_stages_record(struct rd_stages *s, const struct rd_record *r);

/* By nobody else any more. */
void rd_stages_free(struct rd_stages *s);

/* What several workers recorded of one series. All zero is an empty one. */
struct rd_stage_sums {
	struct rd_stage_sum {
		uint64_t count, sum, most;
		uint64_t bucket[RD_STAGES_BUCKETS];
	} stage[STAGE_COUNT];
	uint64_t received, sent;
	uint64_t exchanges;
	uint64_t status[RD_STATUSES];
};

/* Adds one worker's, as far as it has got. Any thread, while the worker's stages are there. */
void rd_stages_add(struct rd_stage_sums *to, const struct rd_stages *from, unsigned series);

/*
 * Takes away what there was before, so that what was recorded since is left; the most is that of
 * the highest bucket of it.
 */
void rd_stages_since(struct rd_stage_sums *now, const struct rd_stage_sums *before);

/* As rd_histogram_quantile, within 1/32. */
uint64_t rd_stages_quantile(const struct rd_stage_sum *s, double q);

/* How many took `us` or less, within 1/16 of it. */
uint64_t rd_stages_within(const struct rd_stage_sum *s, uint64_t us);

#endif
