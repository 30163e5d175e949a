/*
 * event - what happens to a connection beside its exchanges.
 */
#include "observe/event.h"

#include "base/must.h"

const char *rd_event_word(enum rd_event_kind kind)
{
	static const char *const words[] = {
#define EVENT(name, word, text) [EVENT_##name] = word,
#include "tbl/event.h"
#undef EVENT
	};

	MUST(kind < EVENT_COUNT);
	return words[kind];
}
