/*
 * plot_time - the parts of the drawing that go along the time.
 */
#ifndef RD_CLIENT_PLOT_TIME_H
#define RD_CLIENT_PLOT_TIME_H

#include "client/loader.h"
#include "client/panel.h"

/* How many replies and failures came in each second, one above the other. */
void rd_plot_time_replies(struct rd_panel *p, const struct rd_loader *loader,
			  const struct rd_timeline *t);

/* How long the replies below 400 took that came in each second, up to `y`. */
void rd_plot_time_latencies(struct rd_panel *p, const struct rd_timeline *t);

/* The numbers of each slice, shown where a pointer rests on one of the panels. */
void rd_plot_time_hints(const struct rd_panel *first, const struct rd_panel *last,
			const struct rd_timeline *t);

#endif
