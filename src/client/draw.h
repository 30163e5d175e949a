/*
 * draw - what came of a load as text: bars by percentile and by time, on standard output.
 */
#ifndef RD_CLIENT_DRAW_H
#define RD_CLIENT_DRAW_H

#include "client/loader.h"

void rd_draw_print(const struct rd_loaded *loaded);

#endif
