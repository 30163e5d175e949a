/*
 * progress - whether what is asked of the server gets anywhere, and where not.
 */
#ifndef RD_SERVER_PROGRESS_H
#define RD_SERVER_PROGRESS_H

#include "flow/listener.h"
#include "flow/pulse.h"

#include <stdbool.h>
#include <stdint.h>

struct replyd;

enum rd_stall {
	STALL_NONE,
	STALL_MAIN,    /* has not seen it */
	STALL_QUEUE,   /* it waits, though workers sleep */
	STALL_WORKERS, /* all are busy, and none has begun anything */
	STALL_CONTROL, /* the control lane, whichever part */
};

struct rd_progress {
	bool wanted;
	unsigned mains;
	struct rd_pulse clients[RD_MAINS], control; /* [mains], each by its queue and workers */
	uint64_t popped[RD_MAINS];		    /* by the workers, at the last look */
};

/* Before it is open. False with errno. */
bool rd_progress_prepare(struct replyd *server);
/* The ends that the groups have: -1, there is none. */
int rd_progress_clients(const struct rd_progress *p, unsigned main);
int rd_progress_control(const struct rd_progress *p);
/* It serves no more. */
void rd_progress_end(struct replyd *server);

/*
 * By one thread, while it serves: sends a request of its own through each queue, and waits until
 * all have come back, `until_us`, or until stop_fd is readable. The stage that holds one up; none
 * as long as its queue moves in front of it, since it is only slow then.
 */
enum rd_stall rd_progress_await(struct replyd *server, uint64_t until_us, int stop_fd);

/* "main" */
const char *rd_stall_word(enum rd_stall stall);

#endif
