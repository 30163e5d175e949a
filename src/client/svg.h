/*
 * svg - the parts of a drawing as SVG 1.1: text and shapes, each with a class of its style.
 */
#ifndef RD_CLIENT_SVG_H
#define RD_CLIENT_SVG_H

#include <stdbool.h>
#include <stdio.h>

struct rd_box {
	double x, y, width, height;
};

/* `title` is the drawing's name for whoever cannot see it, `style` CSS. */
void rd_svg_begin(FILE *to, double width, double height, const char *title, const char *style);
void rd_svg_end(FILE *to);

/* As text of an element: escaped, and bytes that are not printable ASCII as %HH. */
void rd_svg_escape(FILE *to, const char *text);

void rd_svg_text(FILE *to, double x, double y, const char *class, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
void rd_svg_line(FILE *to, double x1, double y1, double x2, double y2, const char *class);
void rd_svg_rect(FILE *to, const struct rd_box *box, const char *class);
void rd_svg_dot(FILE *to, double x, double y, double r, const char *class);

/* A path is begun, has points, and is ended. The first point moves, those that follow draw. */
void rd_svg_path_begin(FILE *to, const char *class);
void rd_svg_path_point(FILE *to, double x, double y, bool moves);
void rd_svg_path_end(FILE *to);

#endif
