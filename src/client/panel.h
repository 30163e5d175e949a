/*
 * panel - a part of a drawing: a box with two axes, and what is said around it.
 */
#ifndef RD_CLIENT_PANEL_H
#define RD_CLIENT_PANEL_H

#include "client/scale.h"
#include "client/svg.h"

struct rd_panel {
	FILE *to;
	struct rd_box box;
	struct rd_scale x, y;
	unsigned keys; /* that it has */
};

double rd_panel_x(const struct rd_panel *p, double value);
double rd_panel_y(const struct rd_panel *p, double value);

/* The heading above the box, and lines and numbers of the upright axis. */
void rd_panel_frame(const struct rd_panel *p, const char *heading);

/* A mark of the other axis, `x` in the drawing. */
void rd_panel_mark(const struct rd_panel *p, double x, const char *text);

/* Seconds on the other axis: a number of them, minutes or hours. */
void rd_panel_times(const struct rd_panel *p);

/* What one more colour stands for, by its class: that of an area, or of a line. */
void rd_panel_key(struct rd_panel *p, const char *class, const char *text);
void rd_panel_key_line(struct rd_panel *p, const char *class, const char *text);

/* In place of what it would show. */
void rd_panel_empty(const struct rd_panel *p, const char *text);

#endif
