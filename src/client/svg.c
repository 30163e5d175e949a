/*
 * svg - writes elements. What goes wrong, the stream remembers.
 */
#include "client/svg.h"

#include <stdarg.h>

void rd_svg_escape(FILE *to, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '&' || c == '<' || c == '>' || c == '"')
			fprintf(to, "&#%u;", c);
		else if (c < ' ' || c > '~')
			fprintf(to, "%%%02X", c);
		else
			putc(c, to);
	}
}

void rd_svg_begin(FILE *to, double width, double height, const char *title, const char *style)
{
	fprintf(to,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%g\" "
		"height=\"%g\">\n<title>",
		width, height, width, height);
	rd_svg_escape(to, title);
	fprintf(to, "</title>\n<style>\n%s</style>\n", style);
}

void rd_svg_end(FILE *to)
{
	fputs("</svg>\n", to);
}

void rd_svg_text(FILE *to, double x, double y, const char *class, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	fprintf(to, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	rd_svg_escape(to, text);
	fputs("</text>\n", to);
}

void rd_svg_line(FILE *to, double x1, double y1, double x2, double y2, const char *class)
{
	fprintf(to, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1,
		y1, x2, y2, class);
}

void rd_svg_rect(FILE *to, const struct rd_box *box, const char *class)
{
	fprintf(to, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"/>\n",
		box->x, box->y, box->width, box->height, class);
}

void rd_svg_dot(FILE *to, double x, double y, double r, const char *class)
{
	fprintf(to, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" class=\"%s\"/>\n", x, y, r, class);
}

void rd_svg_path_begin(FILE *to, const char *class)
{
	fprintf(to, "<path class=\"%s\" d=\"", class);
}

void rd_svg_path_point(FILE *to, double x, double y, bool moves)
{
	fprintf(to, "%c%.1f %.1f", moves ? 'M' : 'L', x, y);
}

void rd_svg_path_end(FILE *to)
{
	fputs("\"/>\n", to);
}
