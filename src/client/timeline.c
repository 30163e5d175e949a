/*
 * timeline - slices of the same width; when time goes on beyond the last, of the double.
 * Thread:  the owner's.
 * Never:   allocates, or forgets what it has counted.
 */
#include "client/timeline.h"

#include <string.h>

void rd_timeline_begin(struct rd_timeline *t)
{
	t->width_us = RD_TIMELINE_WIDTH_US;
}

static void timeline_add(struct rd_slice *sum, const struct rd_slice *slice)
{
	sum->bad += slice->bad;
	sum->failed += slice->failed;
	rd_histogram_add(&sum->good_us, &slice->good_us);
}

static void timeline_widen(struct rd_timeline *t)
{
	for (unsigned i = 0; i < RD_TIMELINE_SLICES / 2; i++) {
		if (i > 0)
			t->slice[i] = t->slice[2 * i];
		timeline_add(&t->slice[i], &t->slice[2 * i + 1]);
	}
	memset(&t->slice[RD_TIMELINE_SLICES / 2], 0, sizeof t->slice / 2);
	t->width_us *= 2;
}

struct rd_slice *rd_timeline_at(struct rd_timeline *t, uint64_t at_us)
{
	while (at_us / t->width_us >= RD_TIMELINE_SLICES)
		timeline_widen(t);
	if (t->length_us <= at_us)
		t->length_us = at_us + 1;
	return &t->slice[at_us / t->width_us];
}

unsigned rd_timeline_count(const struct rd_timeline *t)
{
	return (unsigned)((t->length_us + t->width_us - 1) / t->width_us);
}

double rd_timeline_begins_s(const struct rd_timeline *t, unsigned i)
{
	uint64_t us = i * t->width_us;

	return (double)(i == rd_timeline_count(t) ? t->length_us : us) / 1e6;
}

void rd_timeline_sum(const struct rd_timeline *t, unsigned first, unsigned end,
		     struct rd_slice *sum)
{
	memset(sum, 0, sizeof *sum);
	for (unsigned i = first; i < end; i++)
		timeline_add(sum, &t->slice[i]);
}
