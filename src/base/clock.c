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

/* How much later the wall clock is, in us. */
static int64_t clock_apart(uint64_t now_us)
{
	static _Thread_local uint64_t looked_us;
	static _Thread_local int64_t apart_us;

	if (looked_us == 0 || now_us - looked_us > 100 * 1000) {
		struct timespec t;

		clock_gettime(CLOCK_REALTIME, &t);
		looked_us = rd_clock_us();
		apart_us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 - (int64_t)looked_us;
	}
	return apart_us;
}

uint64_t rd_clock_of_wall(int64_t ns, uint64_t now_us)
{
	return (uint64_t)(ns / 1000 - clock_apart(now_us));
}

int64_t rd_clock_to_wall(uint64_t us, uint64_t now_us)
{
	return (int64_t)us + clock_apart(now_us);
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
