/*
 * histogram - how often each value was recorded, in fixed memory, by log-linear buckets.
 *
 * A value up to 127 has a bucket of its own. Above, each power of two is cut into 64 buckets of the
 * same width, so that the middle of a bucket is within 1/128 (0.8 %) of every value in it.
 */
#ifndef RD_BASE_HISTOGRAM_H
#define RD_BASE_HISTOGRAM_H

#include <stdint.h>

/*
 * Such buckets with 2^bits for each power of two, where values from 2^top on share the last: how
 * many, which one is a value's, and the middle of one, within 1/2^(bits+1) of all that are in it.
 */
#define RD_BUCKETS(bits, top) ((unsigned)((top) - (bits) + 1) << (bits))
unsigned rd_bucket_of(uint64_t value, unsigned bits, unsigned top);
uint64_t rd_bucket_middle(unsigned bucket, unsigned bits);

/* The first bucket that at least q (0 to 1) of all `count` values, at least one, are not above. */
unsigned rd_bucket_at(const uint64_t *bucket, uint64_t count, double q);

enum {
	RD_HISTOGRAM_BITS = 6, /* 2^6 buckets for each power of two */
	RD_HISTOGRAM_TOP = 36, /* values from 2^36 on (19 hours in microseconds) share a bucket */
	RD_HISTOGRAM_BUCKETS = RD_BUCKETS(RD_HISTOGRAM_BITS, RD_HISTOGRAM_TOP),
};

/* All zero is an empty one. 16 KiB. */
struct rd_histogram {
	uint64_t count;
	uint64_t sum;
	uint64_t least, most; /* exact; meaningless while count is 0 */
	uint64_t bucket[RD_HISTOGRAM_BUCKETS];
};

void rd_histogram_record(struct rd_histogram *h, uint64_t value);

/* As if all that was recorded in `other` had been recorded in h. */
void rd_histogram_add(struct rd_histogram *h, const struct rd_histogram *other);

/*
 * The smallest recorded value that at least q (0 to 1) of all are not above, within 1/128 of it;
 * for q = 1 the greatest, exactly. 0 while nothing was recorded.
 */
uint64_t rd_histogram_quantile(const struct rd_histogram *h, double q);

#endif
