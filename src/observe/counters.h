/*
 * counters - what is counted: one row each in tbl/counter.h, and the closes by their reason.
 */
#ifndef RD_OBSERVE_COUNTERS_H
#define RD_OBSERVE_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

enum rd_counter {
#define COUNTER(name, word, text) COUNT_##name,
#include "tbl/counter.h"
#undef COUNTER
#define CLOSE_REASON(name, word, fault, text) COUNT_CLOSED_##name,
#include "tbl/close_reason.h"
#undef CLOSE_REASON
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

/* As rd_count, a close for one of tbl/close_reason.h, by its number there. */
static inline void rd_count_close(struct rd_counters *c, unsigned reason)
{
	rd_count(c, COUNT_CLOSED);
	rd_count(c, COUNT_CLOSED_NONE + reason);
}

/* By anyone. Adds `from` to the plain sums. */
void rd_counters_add(uint64_t sums[COUNTER_COUNT], const struct rd_counters *from);

/* The counter's word, for people and for metrics; of a close, the reason's. */
const char *rd_counter_word(enum rd_counter which);
/* What it counts, or what that reason is. */
const char *rd_counter_text(enum rd_counter which);

#endif
