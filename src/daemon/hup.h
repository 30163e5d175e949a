/*
 * hup - SIGHUP: the configuration is read anew.
 */
#ifndef RD_DAEMON_HUP_H
#define RD_DAEMON_HUP_H

#include "replyd.h"

/* There is a configuration: from here on SIGHUP is kept for rd_hup_start. */
void rd_hup_block(void);

/* About to serve. Nothing without rd_hup_block. False with errno: there is no thread for it. */
bool rd_hup_start(struct replyd *server);

/* Waits for a reload that is under way. */
void rd_hup_stop(void);

#endif
