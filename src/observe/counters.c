/*
 * counters - what is counted.
 * Thread:  one writer a set, any reader.
 * Never:   takes a lock.
 */
#include "observe/counters.h"

#include "base/must.h"

static const char *const words[] = {
#define COUNTER(name, word, text) [COUNT_##name] = word,
#include "tbl/counter.h"
#undef COUNTER
};

void rd_counters_add(uint64_t sums[COUNTER_COUNT], const struct rd_counters *from)
{
	for (int i = 0; i < COUNTER_COUNT; i++)
		sums[i] += atomic_load_explicit(&from->n[i], memory_order_relaxed);
}

const char *rd_counter_word(enum rd_counter which)
{
	MUST(which < COUNTER_COUNT);
	return words[which];
}
