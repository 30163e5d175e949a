/*
 * figure - numbers as people read them: three digits that count, and a unit.
 */
#include "base/figure.h"

#include <inttypes.h>
#include <stdio.h>

/* Three digits; a number from 1000 on is the caller's to scale. */
static char *figure_digits(double number, const char *unit, char *text)
{
	int decimals = number >= 99.95 ? 0 : number >= 9.995 ? 1 : 2;

	snprintf(text, RD_FIGURE_TEXT, "%.*f%s", decimals, number, unit);
	return text;
}

char *rd_figure_count(double count, char text[RD_FIGURE_TEXT])
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P" };
	unsigned unit = 0;

	if (count < 999.5) {
		snprintf(text, RD_FIGURE_TEXT,
			 count < 9.95 && count != (double)(int)count ? "%.1f" : "%.0f", count);
		return text;
	}
	for (; count >= 999.5 && unit + 1 < sizeof(units) / sizeof(*units); unit++)
		count /= 1000;
	return figure_digits(count, units[unit], text);
}

/* "3h05m": two units, the second in two digits. */
static char *figure_two(uint64_t small, unsigned per, const char *units, char *text)
{
	snprintf(text, RD_FIGURE_TEXT, "%" PRIu64 "%c%02u%c", small / per, units[0],
		 (unsigned)(small % per), units[1]);
	return text;
}

char *rd_figure_us(uint64_t us, char text[RD_FIGURE_TEXT])
{
	uint64_t s = us / 1000000;

	if (us < 1000)
		snprintf(text, RD_FIGURE_TEXT, "%" PRIu64 "%s", us, us ? "us" : "");
	else if (us < 999500)
		figure_digits((double)us / 1e3, "ms", text);
	else if (s < 60)
		figure_digits((double)us / 1e6, "s", text);
	else if (s < 3600)
		figure_two(s, 60, "ms", text);
	else if (s < 86400)
		figure_two(s / 60, 60, "hm", text);
	else
		figure_two(s / 3600, 24, "dh", text);
	return text;
}

char *rd_figure_bytes(uint64_t bytes, char text[RD_FIGURE_TEXT])
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double number = (double)bytes / 1024;
	unsigned unit = 0;

	if (bytes < 1024) {
		snprintf(text, RD_FIGURE_TEXT, "%" PRIu64, bytes);
		return text;
	}
	for (; number >= 1000 && unit + 1 < sizeof(units) / sizeof(*units); unit++)
		number /= 1024;
	return figure_digits(number, units[unit], text);
}
