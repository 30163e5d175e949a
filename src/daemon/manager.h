/*
 * manager - keeps the service manager told of how the server is.
 */
#ifndef RD_DAEMON_MANAGER_H
#define RD_DAEMON_MANAGER_H

#include "replyd.h"

#include <stdbool.h>

/*
 * About to serve: tells that it does, and from here on what changes. False with errno: there is no
 * thread for it.
 */
bool rd_manager_start(struct replyd *server);

/* It serves no more. */
void rd_manager_stop(void);

#endif
