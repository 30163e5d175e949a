/*
 * notify - what the service manager is told, by libsystemd. Without that, and
 * where no service manager is: nothing.
 */
#ifndef RD_DAEMON_NOTIFY_H
#define RD_DAEMON_NOTIFY_H

#include <stdbool.h>

/* Whether somebody is there to be told. */
bool rd_notify_wanted(void);

/* "READY=1\nSTATUS=..." */
void rd_notify(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
