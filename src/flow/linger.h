/*
 * linger - after the last reply: no more is sent, what still comes is read off, so that the close
 * is no reset, which may overtake the reply.
 */
#ifndef RD_FLOW_LINGER_H
#define RD_FLOW_LINGER_H

#include "flow/conn.h"

enum { RD_LINGER_US = 2 * 1000 * 1000 }; /* for so long at most */

/* By its owner: the reply is out. What the protocol kept is given back. */
void rd_linger_begin(struct rd_conn *conn, uint64_t now_us);

/*
 * Reads off, into scratch[0..size), what has come. RD_WANTS_READ: all of it; RD_MORE: there was
 * too much for one turn; RD_CLOSE: the client has ended too, or its time is over.
 */
enum rd_verdict rd_linger_advance(struct rd_conn *conn, uint64_t now_us, char *scratch,
				  size_t size);

#endif
