/*
 * counters - what is counted.
 * Thread:  one writer a set, any reader.
 * Never:   takes a lock.
 */
#include "observe/counters.h"

#include "base/must.h"

static const struct {
	const char *word, *text;
} rows[] = {
#define COUNTER(name, word, text) [COUNT_##name] = { word, text },
#include "tbl/counter.h"
#undef COUNTER
#define CLOSE_REASON(name, word, fault, text) [COUNT_CLOSED_##name] = { word, text },
#include "tbl/close_reason.h"
#undef CLOSE_REASON
};

void rd_counters_add(uint64_t sums[COUNTER_COUNT], const struct rd_counters *from)
{
	for (int i = 0; i < COUNTER_COUNT; i++)
		sums[i] += atomic_load_explicit(&from->n[i], memory_order_relaxed);
}

const char *rd_counter_word(enum rd_counter which)
{
	MUST(which < COUNTER_COUNT);
	return rows[which].word;
}

const char *rd_counter_text(enum rd_counter which)
{
	MUST(which < COUNTER_COUNT);
	return rows[which].text;
}
