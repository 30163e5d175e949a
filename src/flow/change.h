/*
 * change - how another thread has main take other listeners, and another generation, in place of
 * those it has.
 */
#ifndef RD_FLOW_CHANGE_H
#define RD_FLOW_CHANGE_H

#include "flow/listener.h"
#include "flow/pool.h"
#include "flow/queue.h"

#include <stdint.h>

struct rd_change {
	struct rd_listener
		*listener; /* [listeners], open, or `from` the place of one that main has */
	size_t listeners;
	struct rd_generations *generations;
	struct rd_generation *next; /* that serves there */
	size_t conns_max;
	uint64_t sweep_us;
	const struct rd_queue_config *queue; /* both NULL: they stay as they are */
	const struct rd_pool_config *pool;
};

/* Whether a listener of that service stays. */
bool rd_change_keeps(const struct rd_change *change, const struct rd_service *service);

struct rd_changes {
	struct rd_lock lock;	 /* rank CHANGE */
	struct rd_cond answered; /* error or state changed */
	/* under lock */ struct rd_change *asked;
	int error; /* -1: not answered yet */
	enum {
		CHANGES_EARLY, /* main is about to take them */
		CHANGES_OPEN,
		CHANGES_OVER,
	} state;
	_Atomic bool waiting; /* one was asked for */
};

void rd_changes_init(struct rd_changes *c);
void rd_changes_fini(struct rd_changes *c);

/*
 * Asks main, which wake_fd wakes, for the change, and waits until it is made; where main is yet to
 * begin, for that too. 0, or an error number and nothing is changed: ESHUTDOWN main serves no more.
 * One thread at a time.
 */
int rd_changes_ask(struct rd_changes *c, struct rd_change *change, int wake_fd);

/* By main. What is asked for, or NULL; it is answered before main looks again. */
struct rd_change *rd_changes_look(struct rd_changes *c);
void rd_changes_answer(struct rd_changes *c, int error);

/* By main, or who starts it: it is about to take changes, takes them, takes no more. */
void rd_changes_expect(struct rd_changes *c);
void rd_changes_open(struct rd_changes *c);
void rd_changes_close(struct rd_changes *c);

/*
 * Any thread that may wait, with no change under way: main, if it serves or is about to, does not
 * end before rd_changes_release, and so closes no listener. False: it ends, and there is nothing to
 * release.
 */
bool rd_changes_hold(struct rd_changes *c);
void rd_changes_release(struct rd_changes *c);

#endif
