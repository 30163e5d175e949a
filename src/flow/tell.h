/*
 * tell - what happens to connections, told to those who trace. While nobody does it costs a look.
 */
#ifndef RD_FLOW_TELL_H
#define RD_FLOW_TELL_H

#include "flow/conn.h"
#include "observe/event.h"
#include "observe/outbox.h"

/*
 * By its owner, by the outbox of its thread. `detail` as of struct rd_event. False: nobody traces,
 * or it is nobody's connection.
 */
bool rd_tell_make(struct rd_event *event, const struct rd_outbox *o, const struct rd_conn *conn,
		  enum rd_event_kind kind, unsigned detail);
void rd_tell_now(struct rd_outbox *o, const struct rd_conn *conn, enum rd_event_kind kind,
		 unsigned detail);

static inline void rd_tell(struct rd_outbox *o, const struct rd_conn *conn, enum rd_event_kind kind,
			   unsigned detail)
{
	if (rd_outbox_noted(o))
		rd_tell_now(o, conn, kind, detail);
}

#endif
