/*
 * log_format - how a line of the access log looks, and the line of a record.
 */
#ifndef RD_OBSERVE_LOG_FORMAT_H
#define RD_OBSERVE_LOG_FORMAT_H

#include "base/buffer.h"
#include "observe/record.h"

struct rd_log_format;

enum { RD_LOG_FORMAT_WHY = 256 }; /* holds any reason and its NUL */

/*
 * combined, logfmt, json, or a text with names of tbl/log_field.h in braces; "{{" is a brace. NULL,
 * and why says what is wrong.
 */
struct rd_log_format *rd_log_format_new(const char *text, char why[RD_LOG_FORMAT_WHY]);
/* NULL is allowed. */
void rd_log_format_free(struct rd_log_format *f);

/* Whether a line has that one of the names. */
bool rd_log_format_has(const struct rd_log_format *f, const char *name);

/* What a line is made of. */
struct rd_log_entry {
	const struct rd_record *record;
	const char *route;  /* its name, or "" */
	int64_t arrived_us; /* by the wall clock, since 1970 */
};

/* Adds the line and its newline; nothing where false, since there is no memory. */
bool rd_log_format_line(struct rd_log_format *f, const struct rd_log_entry *entry,
			struct rd_buffer *to);

/* The same with all names, whatever the format: "PREFIXNAME=value\n" ..., for the journal. */
bool rd_log_format_fields(struct rd_log_format *f, const struct rd_log_entry *entry,
			  const char *prefix, struct rd_buffer *to);

#endif
