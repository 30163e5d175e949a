/*
 * table - the routes or the workers of a server: filtered, sorted, a row each.
 */
#ifndef RD_CONTROL_TABLE_H
#define RD_CONTROL_TABLE_H

#include "control/paint.h"

/* From that row on: two of heads, and up to `page` below. Takes scene->taste.from back. */
void rd_table_routes(struct rd_canvas *c, int row, size_t page, struct rd_scene *scene);
void rd_table_workers(struct rd_canvas *c, int row, size_t page, struct rd_scene *scene);

#endif
