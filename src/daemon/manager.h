/*
 * manager - keeps the service manager told of how the server is.
 */
#ifndef RD_DAEMON_MANAGER_H
#define RD_DAEMON_MANAGER_H

#include "replyd.h"

#include <stdbool.h>

/*
 * Before it is open, but all is said: where the service manager keeps descriptors, idle clients are
 * left to it; where it watches, there is something to see. False with errno.
 */
bool rd_manager_prepare(struct replyd *server);

/*
 * About to serve: tells that it does, and from here on what changes. False with errno: there is no
 * thread for it.
 */
bool rd_manager_start(struct replyd *server);

/* It serves no more: what is left of it is given away. */
void rd_manager_stop(struct replyd *server);

#endif
