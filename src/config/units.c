/*
 * units - durations and sizes as people write them.
 * Pure.
 */
#include "config/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct unit {
	const char *word;
	uint64_t is;
};

/* Largest first; the last is what is counted in. */
static const struct unit durations[] = {
	{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 },
};
static const struct unit sizes[] = {
	{ "GiB", 1 << 30 },
	{ "MiB", 1 << 20 },
	{ "KiB", 1 << 10 },
	{ "B", 1 },
};

enum {
	DURATIONS = sizeof(durations) / sizeof(*durations),
	SIZES = sizeof(sizes) / sizeof(*sizes),
};

/* Moves *text past the digits that it begins with. */
static bool units_digits(const char **text, uint64_t *number)
{
	const char *at = *text;

	*number = 0;
	for (; *at >= '0' && *at <= '9'; at++) {
		uint64_t digit = (uint64_t)(*at - '0');

		if (*number > (INT64_MAX - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	if (at == *text)
		return false;
	*text = at;
	return true;
}

static bool units_read(const char *text, const struct unit *units, size_t count, uint64_t *value)
{
	uint64_t number;

	if (!units_digits(&text, &number))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, units[i].word) != 0)
			continue;
		*value = number * units[i].is;
		return number <= INT64_MAX / units[i].is;
	}
	return false;
}

static char *units_text(uint64_t value, const struct unit *units, size_t count, char *buf)
{
	const struct unit *unit = units;

	while (unit < units + count - 1 && (value == 0 || value % unit->is != 0))
		unit++;
	snprintf(buf, RD_UNITS_TEXT, "%" PRIu64 "%s", value / unit->is, unit->word);
	return buf;
}

bool rd_units_duration(const char *text, uint64_t *ms)
{
	return units_read(text, durations, DURATIONS, ms);
}

bool rd_units_size(const char *text, uint64_t *bytes)
{
	return rd_units_number(text, bytes) || units_read(text, sizes, SIZES, bytes);
}

bool rd_units_number(const char *text, uint64_t *number)
{
	return units_digits(&text, number) && *text == '\0';
}

char *rd_units_duration_text(uint64_t ms, char buf[RD_UNITS_TEXT])
{
	return units_text(ms, durations, DURATIONS, buf);
}

char *rd_units_size_text(uint64_t bytes, char buf[RD_UNITS_TEXT])
{
	return units_text(bytes, sizes, SIZES, buf);
}
