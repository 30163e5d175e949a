/*
 * whose - of a connection that comes from a balancer: whose it is. Before it is counted, waits in
 * turn or is refused, that must be known: so main, not a worker, reads the header by which a
 * balancer says so.
 */
#ifndef RD_FLOW_WHOSE_H
#define RD_FLOW_WHOSE_H

#include "flow/acceptor.h"

/*
 * Reads what has come of the header. *client is the balancer, and then whose it is. False: it is
 * not known yet, and parked, or closed.
 */
bool rd_whose_ask(struct rd_acceptor *a, struct rd_conn *conn, struct rd_sockaddr *client);

#endif
