/*
 * detach - an exchange whose reply another thread gives later, while its connection is parked
 * and no worker waits.
 */
#ifndef RD_SERVE_DETACH_H
#define RD_SERVE_DETACH_H

#include "app/exchange.h"

#include <stdbool.h>

struct rd_detached;
struct rd_http;

/*
 * Takes the exchange that h->x is, with its request. The connection keeps what is returned,
 * h->s.detached, until rd_detach_take or rd_detach_forget. NULL with errno.
 */
struct replyd_exchange *rd_detach(struct rd_http *h);

/* By who has the connection: the request's head, as it came. */
struct rd_span rd_detach_head(const struct rd_detached *d);

/* By who has the connection, with nothing on its way: whether the client has left. */
bool rd_detach_gone(struct rd_detached *d);

/* When the reply is in vain. Monotonic; 0: never. */
uint64_t rd_detach_deadline(const struct rd_detached *d);

/*
 * By who has the connection: the exchange, when it is complete. Its request stays where it is
 * until rd_detach_free. False: not yet.
 */
bool rd_detach_take(struct rd_detached *d, struct replyd_exchange *x);
void rd_detach_free(struct rd_detached *d);

/*
 * By who has the connection, which is done without a reply: whoever has the exchange still uses it.
 * NULL is allowed.
 */
void rd_detach_forget(struct rd_detached *d);

#endif
