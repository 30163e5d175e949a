/*
 * panel - lines and words around a box.
 */
#include "client/panel.h"

#include <math.h>

enum { KEY_WIDTH = 116, KEY_MARK = 10 };

double rd_panel_x(const struct rd_panel *p, double value)
{
	return p->box.x + rd_scale_at(&p->x, value) * p->box.width;
}

double rd_panel_y(const struct rd_panel *p, double value)
{
	return p->box.y + (1 - rd_scale_at(&p->y, value)) * p->box.height;
}

void rd_panel_frame(const struct rd_panel *p, const char *heading)
{
	double right = p->box.x + p->box.width, bottom = p->box.y + p->box.height;

	rd_svg_text(p->to, p->box.x, p->box.y - 16, "heading", "%s%s", heading,
		    p->y.logarithmic ? ", log scale" : "");
	for (unsigned i = 0; i < p->y.ticks; i++) {
		double y = rd_panel_y(p, p->y.tick[i]);

		rd_svg_line(p->to, p->box.x, y, right, y, "grid");
		rd_svg_text(p->to, p->box.x - 8, y + 4, "mark end", "%.10g", p->y.tick[i]);
	}
	rd_svg_line(p->to, p->box.x, bottom, right, bottom, "axis");
}

void rd_panel_mark(const struct rd_panel *p, double x, const char *text)
{
	double bottom = p->box.y + p->box.height;

	rd_svg_line(p->to, x, p->box.y, x, bottom, "grid");
	rd_svg_text(p->to, x, bottom + 18, "mark middle", "%s", text);
}

void rd_panel_times(const struct rd_panel *p)
{
	for (unsigned i = 0; i < p->x.ticks; i++) {
		unsigned s = (unsigned)lround(p->x.tick[i]);
		char text[32];

		if (p->x.high <= 120)
			snprintf(text, sizeof text, "%u s", s);
		else if (p->x.high <= 7200)
			snprintf(text, sizeof text, "%u:%02u min", s / 60, s % 60);
		else
			snprintf(text, sizeof text, "%u:%02u h", s / 3600, s / 60 % 60);
		rd_panel_mark(p, rd_panel_x(p, p->x.tick[i]), text);
	}
}

/* Where the next one stands: the mark, with its text at the right. */
static struct rd_box panel_key(struct rd_panel *p, const char *text)
{
	double x = p->box.x + p->box.width - KEY_WIDTH * ++p->keys, y = p->box.y - 16;

	rd_svg_text(p->to, x + KEY_MARK + 6, y, "mark", "%s", text);
	return (struct rd_box){ x, y - KEY_MARK + 1, KEY_MARK, KEY_MARK };
}

void rd_panel_key(struct rd_panel *p, const char *class, const char *text)
{
	struct rd_box mark = panel_key(p, text);

	rd_svg_rect(p->to, &mark, class);
}

void rd_panel_key_line(struct rd_panel *p, const char *class, const char *text)
{
	struct rd_box mark = panel_key(p, text);
	double y = mark.y + mark.height / 2;

	rd_svg_line(p->to, mark.x - KEY_MARK, y, mark.x + mark.width, y, class);
}

void rd_panel_empty(const struct rd_panel *p, const char *text)
{
	rd_svg_text(p->to, p->box.x + p->box.width / 2, p->box.y + p->box.height / 2, "mark middle",
		    "%s", text);
}
