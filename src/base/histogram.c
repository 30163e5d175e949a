/*
 * histogram - counts values by buckets that grow with them.
 * Thread:  the owner's.
 * Never:   allocates, loses a value, or costs more for a great value than for a small one.
 */
#include "base/histogram.h"

enum { PER_POWER = 1 << RD_HISTOGRAM_BITS };

static unsigned histogram_bucket(uint64_t value)
{
	unsigned shift;

	if (value >> RD_HISTOGRAM_TOP)
		return RD_HISTOGRAM_BUCKETS - 1;
	if (value < 2 * PER_POWER)
		return (unsigned)value;
	shift = 63 - (unsigned)__builtin_clzll(value) - RD_HISTOGRAM_BITS;
	return shift * PER_POWER + (unsigned)(value >> shift);
}

static uint64_t histogram_middle(unsigned bucket)
{
	unsigned shift;

	if (bucket < 2 * PER_POWER)
		return bucket;
	shift = bucket / PER_POWER - 1;
	return ((uint64_t)(bucket % PER_POWER + PER_POWER) << shift) + (UINT64_C(1) << shift) / 2;
}

void rd_histogram_record(struct rd_histogram *h, uint64_t value)
{
	if (h->count == 0 || value < h->least)
		h->least = value;
	if (h->count == 0 || value > h->most)
		h->most = value;
	h->count++;
	h->sum += value;
	h->bucket[histogram_bucket(value)]++;
}

uint64_t rd_histogram_quantile(const struct rd_histogram *h, double q)
{
	double rank = q * (double)h->count;
	uint64_t below = 0, value;
	unsigned i = 0;

	if (h->count == 0)
		return 0;
	while ((below += h->bucket[i]) == 0 || (double)below < rank)
		i++;
	value = histogram_middle(i);
	if (q >= 1 || value > h->most || i == RD_HISTOGRAM_BUCKETS - 1)
		return h->most;
	return value < h->least ? h->least : value;
}
