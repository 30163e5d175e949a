/*
 * pidfile - a file that says which process serves, and is locked as long as it does.
 */
#ifndef RD_DAEMON_PIDFILE_H
#define RD_DAEMON_PIDFILE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Locks it and writes this process's id. False when it cannot, or another server has it: all is
 * said. `path` is used until the end.
 */
bool rd_pidfile_take(const char *path);

/*
 * The server before this one has locked it, by the same description, and has it until it hands
 * over: rd_pidfile_own.
 */
void rd_pidfile_inherit(const char *path, int fd);
void rd_pidfile_own(void);

/* For a successor; -1: there is none. */
int rd_pidfile_fd(void);

/* It is the successor's from here on, and names that one. */
void rd_pidfile_give(pid_t successor);

/* It serves no more: the file, if it is its own, is emptied and, where this user may, removed. */
void rd_pidfile_drop(void);

#endif
