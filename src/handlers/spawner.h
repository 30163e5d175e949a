/*
 * spawner - the helper: a process that starts programs for a server that may execute nothing.
 *
 * It starts what it was told of before it was started, and nothing else: the server says which,
 * with what environment and descriptors. The programs are the server's children, as if it had
 * started them.
 */
#ifndef RD_HANDLERS_SPAWNER_H
#define RD_HANDLERS_SPAWNER_H

#include "handlers/spawn.h"

#include <stdbool.h>

/* From here on, and until the helper is started, programs are noted for it. */
void rd_spawner_collect(void);

/*
 * The number of a program, by all but its environment and descriptors: a new one, or that of the
 * same. Where the helper was started, -1 with ENOENT: it does not know that program; or ENOMEM. 0
 * where there is to be none.
 */
int rd_spawner_know(const struct rd_spawn *program);

/* How many programs were noted. */
int rd_spawner_known(void);

/*
 * Starts the helper, which is as this process is now, and ends when it does. There are no threads
 * that hold locks. False with errno.
 */
bool rd_spawner_start(void);

/* As rd_spawn, by the helper where it was started. */
pid_t rd_spawner_spawn(const struct rd_spawn *s, int *pidfd, const char **step);

#endif
