/*
 * bucket - how often something may be done: so many times a second, and so many at once after a
 * rest. A policy: (state, now) -> decision, with no thread, lock or clock in it.
 *
 * A bucket is the time at which it will be full again: what was taken from it lies between that
 * time and now. One that was never used, or is full, is 0.
 */
#ifndef RD_GUARD_BUCKET_H
#define RD_GUARD_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct rd_bucket_config {
	unsigned rate;	/* a second, at least 1 */
	unsigned burst; /* that it holds, at least 1 */
};

/*
 * Takes one. False, and nothing is taken: it is empty, and has the next one *wait_us from now.
 * What was taken by another configuration is owed by this one, but no more than it holds.
 */
bool rd_bucket_take(uint64_t *full_ns, const struct rd_bucket_config *config, uint64_t now_us,
		    uint64_t *wait_us);

/* How much of it is taken, in thousandths of what it holds, at most 1 000. */
unsigned rd_bucket_taken(uint64_t full_ns, const struct rd_bucket_config *config, uint64_t now_us);

#endif
