/*
 * show - what the control lane says, as tables for people.
 */
#ifndef RD_CONTROL_SHOW_H
#define RD_CONTROL_SHOW_H

#include <stdbool.h>
#include <stdio.h>

struct rd_view;

/* With the rows in bold that say of trouble, where `colour`. */
void rd_show_status(const struct rd_view *view, bool colour, FILE *out);

void rd_show_workers(const struct rd_view *view, bool colour, FILE *out);

#endif
