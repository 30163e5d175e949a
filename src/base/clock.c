/*
 * clock - reads the kernel's clocks.
 * Thread:  any.
 */
#include "base/clock.h"

uint64_t rd_clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

int64_t rd_clock_wall_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME_COARSE, &t);
	return t.tv_sec;
}

struct timespec rd_clock_timespec(uint64_t us)
{
	return (struct timespec){ .tv_sec = (time_t)(us / 1000000u),
				  .tv_nsec = (long)(us % 1000000u) * 1000 };
}
