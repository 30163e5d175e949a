/*
 * schema - which sections and options there are: the tables of src/tbl, to be looked up.
 */
#ifndef RD_CONFIG_SCHEMA_H
#define RD_CONFIG_SCHEMA_H

#include "config/config.h"

struct rd_schema_section {
	const char *word;  /* "root" for the file itself, which no message says */
	unsigned in;	   /* a bit for each kind that it may stand in */
	const char *title; /* what its title is; NULL: it has none */
};

struct rd_schema_option {
	enum rd_section_kind section;
	const char *word;
	enum rd_kind kind;
	uint64_t value, least, most;
};

extern const struct rd_schema_section rd_schema_section[SECTION_COUNT];
extern const struct rd_schema_option rd_schema_option[OPTION_COUNT];
extern const struct rd_value rd_schema_default[OPTION_COUNT];

/* The section of that name in one of that kind; SECTION_COUNT when there is none. */
enum rd_section_kind rd_schema_find_section(enum rd_section_kind in, const char *word);
/* The option of that name; OPTION_COUNT when there is none. */
enum rd_option rd_schema_find_option(enum rd_section_kind in, const char *word);

/* The first option of a kind of section, and how many there are. */
enum rd_option rd_schema_first(enum rd_section_kind in, size_t *count);

#endif
