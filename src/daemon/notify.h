/*
 * notify - what the service manager is told, by libsystemd. Without that, and
 * where no service manager is: nothing.
 */
#ifndef RD_DAEMON_NOTIFY_H
#define RD_DAEMON_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether somebody is there to be told. */
bool rd_notify_wanted(void);

/* "READY=1\nSTATUS=..." */
void rd_notify(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* It ends and starts the process anew that does not say WATCHDOG=1 as often; 0: it does not. */
uint64_t rd_notify_watchdog_us(void);

/* How many descriptors are kept for the next process of this service. */
size_t rd_notify_room(void);

/*
 * Has these kept too, by that name; nothing is taken from the caller. `watched`: each until its
 * client has left.
 */
void rd_notify_keep(const char *name, bool watched, const int *fd, size_t n);
/* None of that name is kept any more. */
void rd_notify_forget(const char *name);
/* Waits until all that was told is known. */
void rd_notify_flush(void);

/* The names of what was kept begin so; what is passed by another is lent. */
#define RD_NOTIFY_KEPT "replyd-"

#endif
