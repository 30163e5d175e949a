/*
 * meter - writes the line over itself.
 * Thread:  main.
 */
#include "client/meter.h"

#include "base/tty.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	FIRST_US = 500000,
	AGAIN_US = 500000,
	BAR = 24,
	ROOM = 512, /* a wider terminal has a line of so many columns */
};

void rd_meter_begin(struct rd_meter *m, uint64_t now_us)
{
	*m = (struct rd_meter){ 0 };
	if (rd_tty_width(STDERR_FILENO) > 0)
		m->next_us = now_us + FIRST_US;
}

bool rd_meter_due(const struct rd_meter *m, uint64_t now_us)
{
	return m->next_us && now_us >= m->next_us;
}

uint64_t rd_meter_next(const struct rd_meter *m)
{
	return m->next_us ? m->next_us : UINT64_MAX;
}

void rd_meter_line(char *line, size_t size, unsigned columns, double done, const char *text,
		   const char *bar, const char *plain)
{
	static const char full[] = "########################", none[] = "........................";
	unsigned width = columns > 0 ? columns - 1 : 0, before = BAR + sizeof "[] 100 %  " - 1;
	int ended = (int)(done * BAR);

	if (done < 0 || width < before) {
		snprintf(line, size, "%-*.*s", (int)width, (int)width, text);
		return;
	}
	width -= before;
	snprintf(line, size, "[%s%.*s%s%.*s] %3d %%  %-*.*s", bar, ended, full, plain, BAR - ended,
		 none, (int)(done * 100), (int)width, (int)width, text);
}

void rd_meter_show(struct rd_meter *m, uint64_t now_us, double done, const char *format, ...)
{
	unsigned columns = rd_tty_width(STDERR_FILENO);
	bool colour = rd_tty_colour(STDERR_FILENO);
	char text[ROOM], line[2 * ROOM];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	rd_meter_line(line, sizeof line, columns < ROOM ? columns : ROOM, done, text,
		      colour ? "\x1b[36m" : "", colour ? "\x1b[0m" : "");
	fprintf(stderr, "\r%s", line);
	m->shown = true;
	m->next_us = now_us + AGAIN_US;
}

void rd_meter_end(struct rd_meter *m)
{
	char line[ROOM];
	unsigned columns = rd_tty_width(STDERR_FILENO);

	if (m->shown) {
		rd_meter_line(line, sizeof line, columns < ROOM ? columns : ROOM, -1, "", "", "");
		fprintf(stderr, "\r%s\r", line);
	}
	*m = (struct rd_meter){ 0 };
}
