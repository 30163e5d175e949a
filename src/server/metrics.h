/*
 * metrics - the control lane's numbers, for Prometheus and who reads as it does.
 */
#ifndef RD_SERVER_METRICS_H
#define RD_SERVER_METRICS_H

#include "codec/exposition.h"

struct replyd;

/* What the kernel holds that nobody has accepted, by listener, and what it did not take. */
void rd_metrics_listeners(struct rd_exposition *e, struct replyd *server);

/* What the clients' exchanges were answered with and took, by route. */
void rd_metrics_routes(struct rd_exposition *e, struct replyd *server);

#endif
