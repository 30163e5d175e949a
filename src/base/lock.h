/*
 * lock - mutexes and conditions that know their rank.
 * A rank is a row of tbl/lock_rank.h; debug builds abort when locks are taken out of order.
 */
#ifndef RD_BASE_LOCK_H
#define RD_BASE_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum rd_rank {
#define LOCK_RANK(name, word, guards) RANK_##name,
#include "tbl/lock_rank.h"
#undef LOCK_RANK
	RANK_COUNT
};

struct rd_lock {
	pthread_mutex_t m;
	enum rd_rank rank;
};

struct rd_cond {
	pthread_cond_t c;
};

void rd_lock_init(struct rd_lock *lock, enum rd_rank rank);
void rd_lock_fini(struct rd_lock *lock);
void rd_lock_take(struct rd_lock *lock);
void rd_lock_drop(struct rd_lock *lock);

void rd_cond_init(struct rd_cond *cond);
void rd_cond_fini(struct rd_cond *cond);
/* Both waits may return early: the caller loops with `while` over what it waits for. */
void rd_cond_wait(struct rd_cond *cond, struct rd_lock *lock);
/* False when `until_us` (monotonic) has passed. */
bool rd_cond_wait_until(struct rd_cond *cond, struct rd_lock *lock, uint64_t until_us);
void rd_cond_signal(struct rd_cond *cond);
void rd_cond_broadcast(struct rd_cond *cond);

#endif
