/*
 * entrance - how a client comes in: it is accepted, a balancer says whose it is, and then it is
 * counted and served, or refused.
 */
#ifndef RD_FLOW_ENTRANCE_H
#define RD_FLOW_ENTRANCE_H

#include "flow/acceptor.h"

/* No slot is free: a close tells main from now on. False when there is room after all. */
bool rd_entrance_full(struct rd_acceptor *a);

/* Until no client waits at `listening`, a socket of that listener, `most` at most. */
void rd_entrance_accept(struct rd_acceptor *a, const struct rd_listener *l, int listening,
			size_t most);

/* What another process accepted, and left between two requests. */
void rd_entrance_go_on(struct rd_acceptor *a);

/*
 * Whose it is, is not known yet; more has come, or its time is over. Without its listener it is not
 * known who may come in.
 */
void rd_entrance_ask_again(struct rd_acceptor *a, struct rd_conn *conn);

#endif
