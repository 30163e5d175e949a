/*
 * successor - the new program of an upgrade, started with the listeners of this one.
 */
#ifndef RD_DAEMON_SUCCESSOR_H
#define RD_DAEMON_SUCCESSOR_H

#include "server/handover.h"

#include <sys/types.h>

#define RD_SUCCESSOR_ENV "REPLYD_UPGRADE" /* "FD PIDFD": its descriptors of the two below, or -1 */

struct rd_successor {
	pid_t pid;
	int fd; /* the talk with it: a byte 0 when it is ready, or why it could not be started */
};

/*
 * Once, when this process is whom it becomes, and before it gives up what a program may need: makes
 * the helper that starts argv[0] later. False with errno.
 */
bool rd_successor_prepare(char **argv);

/*
 * Starts it with the listeners of `h`, and with the descriptor of the pid file, where that is not
 * -1. False with errno.
 */
bool rd_successor_start(struct rd_successor *n, const struct rd_handover *h, int pid_fd);

/* Ends it by its id, if it does not end by itself so soon; its status as wait has it. */
int rd_successor_end(struct rd_successor *n, int patience_ms);

/* It serves, and outlives this process: no more is heard of it. */
void rd_successor_leave(struct rd_successor *n);

#endif
