/*
 * plot - what came of a load as a drawing: one SVG file that needs nothing beside it.
 */
#ifndef RD_CLIENT_PLOT_H
#define RD_CLIENT_PLOT_H

#include "client/loader.h"

#include <stdio.h>

/* `target` is what was asked, as its user wrote it; `when_s` the time by the wall's clock. */
void rd_plot_write(FILE *to, const char *target, const struct rd_loader *loader,
		   const struct rd_loaded *loaded, int64_t when_s);

#endif
