/*
 * settings - what a route says to its handler: "NAME=VALUE", by name and in order.
 */
#ifndef RD_APP_SETTINGS_H
#define RD_APP_SETTINGS_H

#include "replyd/handler.h"

/* From a list with a NULL behind it; NULL is none. NULL when there is no memory. */
struct replyd_settings *rd_settings_new(const char *const *list);
/* NULL is allowed. */
void rd_settings_free(struct replyd_settings *settings);

#endif
