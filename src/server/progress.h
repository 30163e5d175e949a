/*
 * progress - whether what is asked of the server gets anywhere, and where not.
 */
#ifndef RD_SERVER_PROGRESS_H
#define RD_SERVER_PROGRESS_H

#include "flow/pulse.h"

#include <stdbool.h>
#include <stdint.h>

struct replyd;

enum rd_stage {
	STAGE_NONE,
	STAGE_MAIN,    /* has not seen it */
	STAGE_QUEUE,   /* it waits, though workers sleep */
	STAGE_WORKERS, /* all are busy, and none has begun anything */
	STAGE_CONTROL, /* the control lane, whichever part */
};

struct rd_progress {
	bool wanted;
	struct rd_pulse clients, control;
	uint64_t popped; /* by the clients' workers, at the last look */
};

/* Before it is open. False with errno. */
bool rd_progress_prepare(struct replyd *server);
/* It serves no more. */
void rd_progress_end(struct replyd *server);

/*
 * By one thread, while it serves: sends a request of its own through each queue, and waits until
 * all have come back, `until_us`, or until stop_fd is readable. The stage that holds one up; none
 * as long as the clients' queue moves in front of it, since it is only slow then.
 */
enum rd_stage rd_progress_await(struct replyd *server, uint64_t until_us, int stop_fd);

/* "main" */
const char *rd_stage_word(enum rd_stage stage);

#endif
