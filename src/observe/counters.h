/*
 * counters - what is counted, one row each in tbl/counter.h.
 */
#ifndef RD_OBSERVE_COUNTERS_H
#define RD_OBSERVE_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

enum rd_counter {
#define COUNTER(name, word, text) COUNT_##name,
#include "tbl/counter.h"
#undef COUNTER
	COUNTER_COUNT
};

/* A set of its own for each thread that counts, so that no two write to one cache line. */
struct rd_counters {
	_Alignas(64) _Atomic uint64_t n[COUNTER_COUNT];
};

/* By the set's one writer. */
static inline void rd_count(struct rd_counters *c, enum rd_counter which)
{
	uint64_t n = atomic_load_explicit(&c->n[which], memory_order_relaxed);

	atomic_store_explicit(&c->n[which], n + 1, memory_order_relaxed);
}

/* By anyone. Adds `from` to the plain sums. */
void rd_counters_add(uint64_t sums[COUNTER_COUNT], const struct rd_counters *from);

/* The counter's word, for people and for metrics. */
const char *rd_counter_word(enum rd_counter which);

#endif
