/*
 * top - a server, live, on the whole terminal.
 */
#ifndef RD_CONTROL_TOP_H
#define RD_CONTROL_TOP_H

#include "control/lane.h"

/*
 * Until a key or a signal ends it; a signal then ends the program. False: it cannot be shown, and
 * *why says why, a text that is good until the next call of strerror.
 */
bool rd_top_run(const struct rd_lane *lane, uint64_t interval_us, const char **why);

#endif
