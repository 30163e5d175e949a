/*
 * clock - the two clocks. Monotonic for waits and deadlines, wall for dates shown to people.
 */
#ifndef RD_BASE_CLOCK_H
#define RD_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Microseconds of CLOCK_MONOTONIC: never steps, means nothing to another machine. */
uint64_t rd_clock_us(void);

/*
 * The moment of CLOCK_MONOTONIC at which CLOCK_REALTIME showed `ns`, as far apart as the two are
 * now; what is now is `now_us`. Wrong for a tenth of a second after the wall clock was set.
 */
uint64_t rd_clock_of_wall(int64_t ns, uint64_t now_us);

/* The other way round, in microseconds since 1970; as exact. */
int64_t rd_clock_to_wall(uint64_t us, uint64_t now_us);

/* Seconds since 1970, UTC; exact to a kernel tick (CLOCK_REALTIME_COARSE). */
int64_t rd_clock_wall_s(void);

/* `us` of CLOCK_MONOTONIC as the kernel's and pthread's calls want it. */
struct timespec rd_clock_timespec(uint64_t us);

#endif
