/*
 * link - what an exchange asks of its connection while its handler runs, where that is the same for
 * all protocols. x->connection is the protocol's struct, which begins with its stream.
 */
#ifndef RD_SERVE_LINK_H
#define RD_SERVE_LINK_H

#include "app/exchange.h"
#include "net/address.h"
#include "serve/stream.h"

/* The client's address without a port, in `text` or static. By who has its connection. */
const char *rd_link_address(struct rd_stream *s, char text[RD_ADDRESS_TEXT]);

const char *rd_link_client(struct replyd_exchange *x);
uid_t rd_link_peer(struct replyd_exchange *x);
const char *rd_link_server(struct replyd_exchange *x);
/* By who has its descriptor. */
bool rd_link_end(struct replyd_exchange *x, bool peer, struct rd_sockaddr *at);
int rd_link_cancel_fd(struct replyd_exchange *x, bool timed);

/*
 * Around each use of the connection by a handler that has a time limit. False: main has taken it
 * away (flow/claim.h); no release then.
 */
bool rd_link_hold(struct replyd_exchange *x);
void rd_link_release(struct replyd_exchange *x);

/* Whether it was taken away. */
bool rd_link_lost(struct replyd_exchange *x);

/* `probe`: the client may be told 102 (serve/watch.h). */
bool rd_link_cancelled(struct replyd_exchange *x, bool probe);

#endif
