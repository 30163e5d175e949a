/*
 * canvas - a screen as it is to be: cells of ASCII text, each in a style.
 */
#ifndef RD_CONTROL_CANVAS_H
#define RD_CONTROL_CANVAS_H

#include <stdbool.h>

enum rd_style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_HEAD, /* of columns */
	STYLE_KEY,  /* the column that is sorted by */
	STYLE_GOOD,
	STYLE_BUSY,
	STYLE_BAD,
	STYLE_COUNT,
};

struct rd_cell {
	char text;
	unsigned char style;
};

/* All zero has no cells. */
struct rd_canvas {
	int rows, cols;
	struct rd_cell *cell; /* row by row */
};

/* Blank, of that size. False: there is no memory, and no cells. */
bool rd_canvas_clear(struct rd_canvas *c, int rows, int cols);
void rd_canvas_free(struct rd_canvas *c);

/* Returns the column behind the text. What is outside is cut off; what is no ASCII becomes '?'. */
int rd_canvas_print(struct rd_canvas *c, int row, int col, enum rd_style style, const char *format,
		    ...) __attribute__((format(printf, 5, 6)));

/* From there to the end of the row. */
void rd_canvas_fill(struct rd_canvas *c, int row, int col, enum rd_style style);

#endif
