/*
 * screen - the terminal, all of it, while replyctl top runs.
 */
#ifndef RD_CONTROL_SCREEN_H
#define RD_CONTROL_SCREEN_H

#include "control/canvas.h"

#include <stdbool.h>

/* Takes the terminal of standard input and output. False: *why says why not, a constant text. */
bool rd_screen_begin(bool colour, const char **why);
/* Gives it back as it was. */
void rd_screen_end(void);

/* Its size, which is asked anew. */
void rd_screen_size(int *rows, int *cols);
void rd_screen_show(const struct rd_canvas *canvas);
/* A key that was struck, as taste.h has them; -1: none. Never waits. */
int rd_screen_key(void);

#endif
