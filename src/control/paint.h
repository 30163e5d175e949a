/*
 * paint - the screen of replyctl top: how a server is, and a table of its routes or its workers.
 */
#ifndef RD_CONTROL_PAINT_H
#define RD_CONTROL_PAINT_H

#include "control/canvas.h"
#include "control/taste.h"
#include "control/view.h"

struct rd_scene {
	const char *address;	      /* whom one looks at */
	const struct rd_view *now;    /* NULL: nothing is known yet */
	const struct rd_view *before; /* for what happens in a second; NULL: none */
	const char *why;	      /* there is no answer; NULL: there is */
	struct rd_taste taste;
};

/* Pure, as far as memory goes. What is scrolled too far is taken back in scene->taste. */
void rd_paint(struct rd_canvas *c, struct rd_scene *scene);

/* How many rows of the table a screen of so many rows has. */
size_t rd_paint_page(int rows);

#endif
