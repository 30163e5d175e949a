/*
 * notify - what the service manager is told, and what it passes, by libsystemd. Without that, and
 * where no service manager is: nothing.
 */
#ifndef RD_DAEMON_NOTIFY_H
#define RD_DAEMON_NOTIFY_H

#include "replyd.h"

#include <stdbool.h>

/* Whether somebody is there to be told. */
bool rd_notify_wanted(void);

/* "READY=1\nSTATUS=..." */
void rd_notify(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Before anything is named: the server gets what was passed to this process. */
void rd_notify_inherit(struct replyd *server);

#endif
