/*
 * lock - mutexes and conditions that know their rank.
 * Thread:  any.
 * Never:   fails: misuse stops the program.
 */
#include "config.h"

#include "base/lock.h"

#include "base/clock.h"
#include "base/must.h"

#include <errno.h>

#ifdef RD_DEBUG
static _Thread_local unsigned held; /* a bit for each rank this thread holds */

static void rank_enter(enum rd_rank rank)
{
	MUST(held >> rank == 0); /* none of this rank or below is held */
	held |= 1u << rank;
}

static void rank_leave(enum rd_rank rank)
{
	MUST(held & 1u << rank);
	held &= ~(1u << rank);
}
#else
static void rank_enter(enum rd_rank rank)
{
	(void)rank;
}

static void rank_leave(enum rd_rank rank)
{
	(void)rank;
}
#endif

void rd_lock_init(struct rd_lock *lock, enum rd_rank rank)
{
	MUST(rank < RANK_COUNT);
	PTH(pthread_mutex_init(&lock->m, NULL));
	lock->rank = rank;
}

void rd_lock_fini(struct rd_lock *lock)
{
	PTH(pthread_mutex_destroy(&lock->m));
}

void rd_lock_take(struct rd_lock *lock)
{
	rank_enter(lock->rank);
	PTH(pthread_mutex_lock(&lock->m));
}

void rd_lock_drop(struct rd_lock *lock)
{
	rank_leave(lock->rank); /* before: who takes it next may free it */
	PTH(pthread_mutex_unlock(&lock->m));
}

void rd_cond_init(struct rd_cond *cond)
{
	pthread_condattr_t attr;

	PTH(pthread_condattr_init(&attr));
	PTH(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC));
	PTH(pthread_cond_init(&cond->c, &attr));
	PTH(pthread_condattr_destroy(&attr));
}

void rd_cond_fini(struct rd_cond *cond)
{
	PTH(pthread_cond_destroy(&cond->c));
}

void rd_cond_wait(struct rd_cond *cond, struct rd_lock *lock)
{
	PTH(pthread_cond_wait(&cond->c, &lock->m));
}

bool rd_cond_wait_until(struct rd_cond *cond, struct rd_lock *lock, uint64_t until_us)
{
	struct timespec until = rd_clock_timespec(until_us);
	int error = pthread_cond_timedwait(&cond->c, &lock->m, &until);

	MUST(error == 0 || error == ETIMEDOUT);
	return error == 0;
}

void rd_cond_signal(struct rd_cond *cond)
{
	PTH(pthread_cond_signal(&cond->c));
}

void rd_cond_broadcast(struct rd_cond *cond)
{
	PTH(pthread_cond_broadcast(&cond->c));
}
