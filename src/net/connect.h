/*
 * connect - a connection to another server, within a time.
 */
#ifndef RD_NET_CONNECT_H
#define RD_NET_CONNECT_H

#include "net/address.h"

#include <stdint.h>

/*
 * A socket that is connected to `to`; it is close-on-exec, and its calls do not wait. -1 with
 * errno: ETIMEDOUT at `until_us` (monotonic); ECANCELED as soon as `cancel_fd` (-1: none) is
 * readable, or within 100 ms for a Unix socket whose backlog is full; what the peer or the system
 * says.
 */
int rd_connect(const struct rd_sockaddr *to, uint64_t until_us, int cancel_fd);

#endif
