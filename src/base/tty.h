/*
 * tty - what may be shown on a descriptor: on a terminal more than in a pipe.
 */
#ifndef RD_BASE_TTY_H
#define RD_BASE_TTY_H

#include <stdbool.h>

/* Its columns, 80 where the terminal does not say; 0: it is no terminal. */
unsigned rd_tty_width(int fd);

/* Whether it is a terminal that takes colour, and NO_COLOR (no-color.org) is unset or empty. */
bool rd_tty_colour(int fd);

#endif
