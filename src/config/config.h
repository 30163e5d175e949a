/*
 * config - what replyd.conf says: its sections and values, each with the line it stands in.
 *
 * The words of the file are rows of tbl/config_section.h and tbl/config_option.h. What is here has
 * been checked as far as that needs no file, directory or socket.
 */
#ifndef RD_CONFIG_CONFIG_H
#define RD_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rd_section_kind {
	SECTION_ROOT,
#define SECTION(name, word, in, title, text) SECTION_##name,
#include "tbl/config_section.h"
#undef SECTION
	SECTION_COUNT
};

/* Options of a section are neighbours. */
enum rd_option {
#define OPTION(section, name, ...) section##_##name,
#include "tbl/config_option.h"
#undef OPTION
	OPTION_COUNT
};

enum rd_kind {
	KIND_TEXT,
	KIND_PATH,   /* text; from the directory of the configuration file where it is relative */
	KIND_MODULE, /* text; as a path where it has a slash */
	KIND_TARGET, /* the same */
	KIND_LIST,   /* of texts */
	KIND_NUMBER,
	KIND_SIZE,     /* number: bytes */
	KIND_DURATION, /* number: milliseconds */
	KIND_BOOL,     /* number: 0 or 1 */
	KIND_PART,     /* number: 0 off, 1 on, 2 require */
	KIND_PROTOCOL, /* number: 0 http, 1 line */
	KIND_COUNT
};

struct rd_where {
	const char *file; /* as it was named */
	int line;	  /* from 1 on; 0: nowhere, it is the default */
};

struct rd_value {
	struct rd_where where;
	const char *text; /* NULL: not said */
	uint64_t number;
	size_t count;
	const char **list; /* [count], and NULL behind them */
};

struct rd_section {
	enum rd_section_kind kind;
	const char *title; /* NULL where the kind has none */
	struct rd_where where;
	struct rd_section *parent, *first, *last, *next; /* in the order of the file */
	struct rd_value value[];			 /* one for each option of the kind */
};

struct rd_config; /* owns all that the sections point to */

enum { RD_CONFIG_WHY = 1024 }; /* holds any error and its NUL */

/*
 * Reads and checks a file. NULL, and why says file, line, section, option, and what would be
 * right. One thread at a time.
 */
struct rd_config *rd_config_load(const char *path, char why[RD_CONFIG_WHY]);
/* NULL is allowed. */
void rd_config_free(struct rd_config *config);

const struct rd_section *rd_config_root(const struct rd_config *config);

/* The section of that kind in `in` behind `after`, or the first where that is NULL; or NULL. */
const struct rd_section *rd_config_next(const struct rd_section *in, enum rd_section_kind kind,
					const struct rd_section *after);

/*
 * The value of an option of `section`, or of the option's section in it (LIMITS_head of a LISTEN);
 * where it is not said there, what the sections around say; else the default, whose line is 0.
 */
const struct rd_value *rd_config_value(const struct rd_section *section, enum rd_option option);

/*
 * Writes "FILE:LINE: SECTION "TITLE": OPTION: why" for a value, or without the option where it is
 * OPTION_COUNT.
 */
void rd_config_explain(const struct rd_section *section, enum rd_option option, const char *why,
		       char text[RD_CONFIG_WHY]);

#endif
