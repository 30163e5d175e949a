/*
 * hup - SIGHUP: the configuration is read anew. SIGUSR1: the logs are opened anew.
 */
#ifndef RD_DAEMON_HUP_H
#define RD_DAEMON_HUP_H

#include "replyd.h"

/*
 * From here on SIGHUP (there is a configuration) or SIGUSR1 (there may be logs) is kept for
 * rd_hup_start.
 */
void rd_hup_keep(int number);

/* About to serve. Nothing without rd_hup_keep. False with errno: there is no thread for it. */
bool rd_hup_start(struct replyd *server);

/* Waits for a reload that is under way. */
void rd_hup_stop(void);

#endif
