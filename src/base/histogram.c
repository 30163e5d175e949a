/*
 * histogram - counts values by buckets that grow with them.
 * Thread:  the owner's.
 * Never:   allocates, loses a value, or costs more for a great value than for a small one.
 */
#include "base/histogram.h"

unsigned rd_bucket_of(uint64_t value, unsigned bits, unsigned top)
{
	unsigned shift;

	if (value >> top)
		return RD_BUCKETS(bits, top) - 1;
	if (value < 2u << bits)
		return (unsigned)value;
	shift = 63 - (unsigned)__builtin_clzll(value) - bits;
	return (shift << bits) + (unsigned)(value >> shift);
}

uint64_t rd_bucket_middle(unsigned bucket, unsigned bits)
{
	unsigned per_power = 1u << bits, shift;

	if (bucket < 2 * per_power)
		return bucket;
	shift = bucket / per_power - 1;
	return ((uint64_t)(bucket % per_power + per_power) << shift) + (UINT64_C(1) << shift) / 2;
}

unsigned rd_bucket_at(const uint64_t *bucket, uint64_t count, double q)
{
	double rank = q * (double)count;
	uint64_t below = 0;
	unsigned i = 0;

	while ((below += bucket[i]) == 0 || (double)below < rank)
		i++;
	return i;
}

void rd_histogram_record(struct rd_histogram *h, uint64_t value)
{
	if (h->count == 0 || value < h->least)
		h->least = value;
	if (h->count == 0 || value > h->most)
		h->most = value;
	h->count++;
	h->sum += value;
	h->bucket[rd_bucket_of(value, RD_HISTOGRAM_BITS, RD_HISTOGRAM_TOP)]++;
}

void rd_histogram_add(struct rd_histogram *h, const struct rd_histogram *other)
{
	if (other->count == 0)
		return;
	if (h->count == 0 || other->least < h->least)
		h->least = other->least;
	if (h->count == 0 || other->most > h->most)
		h->most = other->most;
	h->count += other->count;
	h->sum += other->sum;
	for (unsigned i = 0; i < RD_HISTOGRAM_BUCKETS; i++)
		h->bucket[i] += other->bucket[i];
}

uint64_t rd_histogram_quantile(const struct rd_histogram *h, double q)
{
	uint64_t value;
	unsigned i;

	if (h->count == 0)
		return 0;
	i = rd_bucket_at(h->bucket, h->count, q);
	value = rd_bucket_middle(i, RD_HISTOGRAM_BITS);
	if (q >= 1 || value > h->most || i == RD_HISTOGRAM_BUCKETS - 1)
		return h->most;
	return value < h->least ? h->least : value;
}
