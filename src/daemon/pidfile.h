/*
 * pidfile - a file that says which process serves, and is locked as long as it does.
 */
#ifndef RD_DAEMON_PIDFILE_H
#define RD_DAEMON_PIDFILE_H

#include <stdbool.h>

/*
 * Locks it and writes this process's id. False when it cannot, or another server has it: all is
 * said. `path` is used until the end.
 */
bool rd_pidfile_take(const char *path);

/* It serves no more: the file is emptied and, where this user may, removed. */
void rd_pidfile_drop(void);

#endif
