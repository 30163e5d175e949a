/*
 * scale - the axes of a drawing: where a value stands, and which values are marked.
 * Pure.
 */
#ifndef RD_CLIENT_SCALE_H
#define RD_CLIENT_SCALE_H

#include <stdbool.h>

enum { RD_SCALE_TICKS = 24 };

/*
 * Percentiles, q from 0 to 1, stretched towards the last: 90 %, 99 %, 99.9 % and 99.99 % stand at
 * a quarter each of the way, which ends with them.
 */
double rd_scale_percentile_at(double q);
double rd_scale_percentile(double at);

/* From 0 for the low end to 1 for the high one. */
struct rd_scale {
	double low, high;
	bool logarithmic;
	unsigned ticks;
	double tick[RD_SCALE_TICKS];
};

/* For values from 0 to `most`, with up to `ticks` marks above 0; they are whole if `whole`. */
struct rd_scale rd_scale_linear(double most, unsigned ticks, bool whole);

/* For values that are more than 0: logarithmic if they differ much; or else from 0, with room. */
struct rd_scale rd_scale_spread(double least, double most, unsigned ticks);

/* For a time of so many seconds: marks at whole ones, minutes and hours. */
struct rd_scale rd_scale_time(double seconds, unsigned ticks);

double rd_scale_at(const struct rd_scale *scale, double value);

#endif
