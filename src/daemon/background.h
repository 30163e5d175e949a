/*
 * background - the server leaves the terminal, and the command that started it ends when it serves.
 */
#ifndef RD_DAEMON_BACKGROUND_H
#define RD_DAEMON_BACKGROUND_H

#include <stdbool.h>

/*
 * Goes on in a process of its own, in a session of its own without a terminal; the caller's waits
 * for it, and ends. Before there is a thread. False with errno: it is still the caller's process.
 */
bool rd_background_enter(void);

/*
 * It is about to serve: standard input, output and error are /dev/null, messages go to syslog, and
 * the command ends with status 0. False with errno. Nothing without rd_background_enter.
 */
bool rd_background_ready(void);

/* The command ends with that status. Once: after that, and without rd_background_enter, nothing. */
void rd_background_tell(int status);

#endif
