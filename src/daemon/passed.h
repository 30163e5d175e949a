/*
 * passed - descriptors that this process was started with: LISTEN_FDS, as sd_listen_fds(3) has it.
 */
#ifndef RD_DAEMON_PASSED_H
#define RD_DAEMON_PASSED_H

#include "replyd.h"

#include <stdbool.h>

/*
 * Before anything is named, and before there is a thread: the server gets what was passed.
 * `by_self`: by the server before this one, which has them too until it hands over; else by a
 * service manager.
 */
void rd_passed_inherit(struct replyd *server, bool by_self);

#endif
