/*
 * schedule - when each request of a load is due: the n-th, from 0, n / rate after the start.
 * Pure. Times are in microseconds of one clock, whichever.
 */
#ifndef RD_CLIENT_SCHEDULE_H
#define RD_CLIENT_SCHEDULE_H

#include <stdint.h>

struct rd_schedule {
	double rate; /* a second, more than 0 */
	uint64_t start_us;
	uint64_t end_us; /* nothing is due then or later */
};

uint64_t rd_schedule_due(const struct rd_schedule *s, uint64_t n);

/* How many were due at `now` or earlier. */
uint64_t rd_schedule_count(const struct rd_schedule *s, uint64_t now_us);

#endif
