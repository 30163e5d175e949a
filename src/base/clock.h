/*
 * clock - the two clocks. Monotonic for waits and deadlines, wall for dates shown to people.
 */
#ifndef RD_BASE_CLOCK_H
#define RD_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Microseconds of CLOCK_MONOTONIC: never steps, means nothing to another machine. */
uint64_t rd_clock_us(void);

/* Seconds since 1970, UTC; exact to a kernel tick (CLOCK_REALTIME_COARSE). */
int64_t rd_clock_wall_s(void);

/* `us` of CLOCK_MONOTONIC as the kernel's and pthread's calls want it. */
struct timespec rd_clock_timespec(uint64_t us);

#endif
