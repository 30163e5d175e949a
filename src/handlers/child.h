/*
 * child - a program at work for one exchange: its input, its output, its errors and its end.
 */
#ifndef RD_HANDLERS_CHILD_H
#define RD_HANDLERS_CHILD_H

#include "app/exchange.h"
#include "handlers/spawn.h"

#include <stdbool.h>

enum rd_child_end {
	CHILD_ENDED,	 /* by itself */
	CHILD_LINGERED,	 /* it closed its output and went on; what it wrote is whole */
	CHILD_REFUSED,	 /* output() wanted no more */
	CHILD_LATE,	 /* its time was over */
	CHILD_CANCELLED, /* its client left, or the server is being stopped */
	CHILD_FAILED,	 /* it could not be started: errno says why, and it is logged */
};

struct rd_child {
	struct replyd_exchange *x;
	struct rd_spawn spawn; /* all but the descriptors */
	/* What it reads: bytes, or a file (-1: none) from its start. */
	struct rd_span in;
	int in_file;
	int socket; /* the client's, which is its input and its output; -1: pipes are */
	/* Takes output; false: no more. */
	bool (*output)(void *owner, const char *bytes, size_t len);
	/* What was taken is to be sent: no more came for a while. */
	void (*flush)(void *owner);
	void *owner;
};

/*
 * Runs it to its end, and ends it where the exchange is cancelled or its time is over: SIGTERM to
 * its process group, 3/4 s later SIGKILL. When it has ended, what it started and left with its
 * output open is given as long; and so is it when it has closed its output. *status is what it
 * exited with, or minus the signal that ended it; 0 where it was not started. What it writes to its
 * errors goes to the log, line by line. Raises SIGPIPE in a thread that does not block it.
 */
enum rd_child_end rd_child_run(struct rd_child *c, int *status);

#endif
