/*
 * stuck - handlers that have not returned in time: main takes their connections away, answers in
 * their stead, and has others work meanwhile.
 */
#ifndef RD_FLOW_STUCK_H
#define RD_FLOW_STUCK_H

#include "flow/pool.h"

/*
 * By a worker, around a handler: its connection may be taken away when `limit_us` and the grace
 * have passed (0: never). False from the end: it was, and is not touched any more; what else the
 * handler was given is the worker's still.
 */
void rd_stuck_begin(struct rd_worker *w, struct rd_conn *conn, void *turn, uint64_t limit_us);
bool rd_stuck_end(struct rd_worker *w);

/* By a worker that was written off and is done: it counts again. False: there are enough. */
bool rd_stuck_rejoin(struct rd_worker *w);

/* Main's look, at all workers. True: it is to look soon again. */
bool rd_stuck_look(struct rd_pool *p);

#endif
