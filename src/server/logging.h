/*
 * logging - who reads the records of a server's requests: the scribe, and the access log that it
 * writes.
 */
#ifndef RD_SERVER_LOGGING_H
#define RD_SERVER_LOGGING_H

#include "observe/access_log.h"

#include <stdbool.h>

struct replyd;
struct rd_setup;
struct rd_section; /* config/config.h */

struct rd_logging {
	struct rd_scribe scribe;
	struct rd_access_log access;
	const char *file; /* where it goes, whatever the configuration says; or NULL */
};

/* Zeroed by its owner. */
void rd_logging_init(struct replyd *server);
/* Closed, or never opened. */
void rd_logging_fini(struct replyd *server);

/* What a configuration says of the access log. 0, or -1 with the fault. */
int rd_logging_configure(struct rd_setup *setup, const struct rd_section *root);

/* Opens the access log that there is to be with this setup. 0, or -1 with its fault. */
int rd_logging_prepare(struct replyd *server, struct rd_setup *setup);
/* Has it written, or none; what went elsewhere does not any more. */
void rd_logging_put(struct replyd *server, struct rd_setup *setup);
/* Once there may be threads: starts the scribe, if this setup needs it. 0, or -1 with its fault. */
int rd_logging_start(struct replyd *server, const struct rd_setup *setup);

/* What has ended is written; then there is no scribe. */
void rd_logging_stop(struct replyd *server);
/* Stopped, or never started: there is no access log. */
void rd_logging_close(struct replyd *server);

/* Whether it is written to syslog or the journal, to which it may have to connect anew. */
bool rd_logging_connects(const struct replyd *server, const struct rd_setup *setup);

/* Any thread: the file goes on under its name. */
void rd_logging_reopen(struct replyd *server);

#endif
