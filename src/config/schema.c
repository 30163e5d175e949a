/*
 * schema - which sections and options there are.
 * Thread:  any; nothing here changes.
 */
#include "config/schema.h"

#include <string.h>

/* What tbl/setting.h says of a number is said there alone. */
enum {
#define SETTING(name, word, value, least, most, text) \
	name##_VALUE = value, name##_LEAST = least, name##_MOST = most,
#include "tbl/setting.h"
#undef SETTING
};

#define RANGE(setting) setting##_VALUE, setting##_LEAST, setting##_MOST
#define MOST	       INT64_MAX
#define IN(kind)       (1u << SECTION_##kind)

const struct rd_schema_section rd_schema_section[SECTION_COUNT] = {
	[SECTION_ROOT] = { "root", 0, NULL },
#define SECTION(name, word, in, title, text) [SECTION_##name] = { word, in, title },
#include "tbl/config_section.h"
#undef SECTION
};

/* Once more through the preprocessor, so that RANGE is the three columns it stands for. */
#define APPLY(macro, ...) macro(__VA_ARGS__)

#define ROW(section, word, kind, value, least, most, text) \
	{                                                  \
		section, word, kind, value, least, most    \
	}

const struct rd_schema_option rd_schema_option[OPTION_COUNT] = {
#define OPTION(section, name, kind, ...) \
	[section##_##name] = APPLY(ROW, SECTION_##section, #name, KIND_##kind, __VA_ARGS__),
#include "tbl/config_option.h"
#undef OPTION
};

#define DEFAULT(value, least, most, text)     \
	{                                     \
		.number = value, .list = none \
	}

static const char *none[] = { NULL };

const struct rd_value rd_schema_default[OPTION_COUNT] = {
#define OPTION(section, name, kind, ...) [section##_##name] = APPLY(DEFAULT, __VA_ARGS__),
#include "tbl/config_option.h"
#undef OPTION
};

enum rd_section_kind rd_schema_find_section(enum rd_section_kind in, const char *word)
{
	for (int i = 0; i < SECTION_COUNT; i++)
		if (rd_schema_section[i].in & 1u << in &&
		    strcmp(rd_schema_section[i].word, word) == 0)
			return i;
	return SECTION_COUNT;
}

enum rd_option rd_schema_find_option(enum rd_section_kind in, const char *word)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if (rd_schema_option[i].section == in &&
		    strcmp(rd_schema_option[i].word, word) == 0)
			return i;
	return OPTION_COUNT;
}

enum rd_option rd_schema_first(enum rd_section_kind in, size_t *count)
{
	enum rd_option first = 0;

	while (first < OPTION_COUNT && rd_schema_option[first].section != in)
		first++;
	*count = 0;
	while (first + *count < OPTION_COUNT && rd_schema_option[first + *count].section == in)
		++*count;
	return first;
}
