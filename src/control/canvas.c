/*
 * canvas - a screen as it is to be. It knows no terminal.
 */
#include "control/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE = 512 };

bool rd_canvas_clear(struct rd_canvas *c, int rows, int cols)
{
	free(c->cell);
	c->cell = calloc((size_t)(rows * cols) + 1, sizeof(*c->cell));
	c->rows = c->cell ? rows : 0;
	c->cols = c->cell ? cols : 0;
	for (int i = 0; i < c->rows * c->cols; i++)
		c->cell[i].text = ' ';
	return c->cell != NULL;
}

void rd_canvas_free(struct rd_canvas *c)
{
	free(c->cell);
	*c = (struct rd_canvas){ 0 };
}

static void canvas_put(struct rd_canvas *c, int row, int col, enum rd_style style, char text)
{
	if (row < 0 || row >= c->rows || col < 0 || col >= c->cols)
		return;
	c->cell[row * c->cols + col] = (struct rd_cell){
		.text = text >= ' ' && text <= '~' ? text : '?',
		.style = (unsigned char)style,
	};
}

int rd_canvas_print(struct rd_canvas *c, int row, int col, enum rd_style style, const char *format,
		    ...)
{
	char line[LINE] = "";
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	for (const char *at = line; *at; at++)
		canvas_put(c, row, col++, style, *at);
	return col;
}

void rd_canvas_fill(struct rd_canvas *c, int row, int col, enum rd_style style)
{
	for (; col < c->cols; col++)
		canvas_put(c, row, col, style, ' ');
}
