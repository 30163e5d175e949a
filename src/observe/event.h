/*
 * event - what happens to a connection beside its exchanges, for those who trace.
 */
#ifndef RD_OBSERVE_EVENT_H
#define RD_OBSERVE_EVENT_H

#include <stdint.h>

enum rd_event_kind {
#define EVENT(name, word, text) EVENT_##name,
#include "tbl/event.h"
#undef EVENT
	EVENT_COUNT
};

struct rd_event {
	uint64_t at_us;	     /* monotonic */
	uint64_t since_us;   /* woken: when it became ready; else when it was accepted */
	uint64_t client;     /* see net/client.h */
	uint32_t connection; /* its number, from 1 */
	int32_t fd;	     /* its descriptor */
	uint16_t kind;
	uint16_t detail; /* shed, closed: of tbl/close_reason.h; parked: for what; woken: 1 for its
			    deadline */
};

/* "accepted" */
const char *rd_event_word(enum rd_event_kind kind);

#endif
