/*
 * upgrade - SIGUSR2: the new program serves in place of this one, and no connection is refused.
 */
#ifndef RD_DAEMON_UPGRADE_H
#define RD_DAEMON_UPGRADE_H

#include "replyd.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * First of all: keeps how this process was started, and SIGUSR2 for rd_upgrade_start. False: no
 * memory.
 */
bool rd_upgrade_begin(int argc, char **argv);

/* Before it is opened: it will make the helper that an upgrade needs. */
void rd_upgrade_prepare(struct replyd *server);

/* Whether an earlier server has started this one, to take its place. */
bool rd_upgrade_succeeds(void);

/* Of that one's pid file, which is locked; -1: it has none. */
int rd_upgrade_pid_fd(void);

/*
 * It could serve now. Waits until the earlier one, if there is one, hands over; false: that one
 * serves on.
 */
bool rd_upgrade_ready(struct replyd *server);

/* About to serve. False with errno: there is no thread for it. */
bool rd_upgrade_start(struct replyd *server);

/* It serves no more: an upgrade that is under way ends. */
void rd_upgrade_stop(void);

void rd_upgrade_free(void);

/* Sends the signal to the server that has this one's place. False: there is none. */
bool rd_upgrade_pass(int number);

#endif
