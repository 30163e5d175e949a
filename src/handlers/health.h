/*
 * health - says whether the server takes requests, for who stands before it and for probes.
 */
#ifndef RD_HANDLERS_HEALTH_H
#define RD_HANDLERS_HEALTH_H

#include "app/handler.h"

/* Its data is an _Atomic bool, the server's: whether it drains. 200 or 503. */
extern const struct rd_handler rd_health;

#endif
