/*
 * tell - what happens to connections, told to those who trace. While nobody does it costs a look.
 */
#ifndef RD_FLOW_TELL_H
#define RD_FLOW_TELL_H

#include "flow/conn.h"
#include "observe/event.h"
#include "observe/outbox.h"
#include "observe/probe.h"

/*
 * By its owner, by the outbox of its thread. `detail` as of struct rd_event. False: nobody traces,
 * or it is nobody's connection.
 */
bool rd_tell_make(struct rd_event *event, const struct rd_outbox *o, const struct rd_conn *conn,
		  enum rd_event_kind kind, unsigned detail);
void rd_tell_now(struct rd_outbox *o, const struct rd_conn *conn, enum rd_event_kind kind,
		 unsigned detail);

/* An event's own probe. What is given to `kind` is a constant. */
static inline void rd_tell_probe(const struct rd_conn *conn, enum rd_event_kind kind,
				 unsigned detail)
{
	switch (kind) {
	case EVENT_ACCEPTED:
		RD_PROBE2(accepted, conn->number, conn->transport.fd);
		break;
	case EVENT_SHED:
		RD_PROBE2(shed, conn->number, detail);
		break;
	case EVENT_CLOSED:
		RD_PROBE2(closed, conn->number, detail);
		break;
	default: /* parked: flow/park.c has its own; woken: that is `started` */
		break;
	}
}

static inline void rd_tell(struct rd_outbox *o, const struct rd_conn *conn, enum rd_event_kind kind,
			   unsigned detail)
{
	rd_tell_probe(conn, kind, detail);
	if (rd_outbox_noted(o))
		rd_tell_now(o, conn, kind, detail);
}

#endif
