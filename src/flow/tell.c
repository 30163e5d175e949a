/*
 * tell - what happens to connections.
 * Thread:  the owner's.
 */
#include "flow/tell.h"

#include "base/clock.h"
#include "flow/pulse.h"

bool rd_tell_make(struct rd_event *event, const struct rd_outbox *o, const struct rd_conn *c,
		  enum rd_event_kind kind, unsigned detail)
{
	if (!rd_outbox_noted(o) || c->protocol == &rd_pulse)
		return false;
	*event = (struct rd_event){
		.at_us = kind == EVENT_ACCEPTED ? c->accepted_us : rd_clock_us(),
		.since_us = kind == EVENT_WOKEN ? c->ready_us : c->accepted_us,
		.client = c->client,
		.connection = c->number,
		.fd = c->transport.fd,
		.kind = (uint16_t)kind,
		.detail = (uint16_t)detail,
	};
	return true;
}

void rd_tell_now(struct rd_outbox *o, const struct rd_conn *c, enum rd_event_kind kind,
		 unsigned detail)
{
	struct rd_event event;

	if (rd_tell_make(&event, o, c, kind, detail))
		rd_outbox_note(o, &event);
}
