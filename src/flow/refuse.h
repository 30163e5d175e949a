/*
 * refuse - how main tells a client that it is not served: by a reply that is ready, after which
 * what still comes is read off, so that the reply is read. No worker has part in it.
 */
#ifndef RD_FLOW_REFUSE_H
#define RD_FLOW_REFUSE_H

#include "flow/acceptor.h"

/*
 * These return false where it is parked, or closed; true where it is still main's, and a worker
 * must go on: more came than main reads off at once.
 */

/* The client is told, and why: CLOSE_OVERLOAD or CLOSE_LIMIT. */
bool rd_refuse_tell(struct rd_acceptor *a, struct rd_conn *conn, enum rd_close_reason reason);

/* So, and counted by its cause. */
bool rd_refuse_shed(struct rd_acceptor *a, struct rd_conn *conn, enum rd_cause cause);

/* One that was told: reads off what came since. */
bool rd_refuse_linger(struct rd_acceptor *a, struct rd_conn *conn);

/* Is it one that was told? */
bool rd_refuse_told(const struct rd_conn *conn);

/*
 * No descriptor is left: by the one that main holds in reserve, a client that waits at `listening`,
 * a socket of that listener, is accepted, told so and closed. False: none was.
 */
bool rd_refuse_accept(struct rd_acceptor *a, const struct rd_listener *l, int listening);

#endif
