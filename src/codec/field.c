/*
 * field - which fields a reply may have, and which it must.
 * Thread:  any.
 */
#include "codec/field.h"

#include <stddef.h>

enum {
	FRAMES = RD_FIELD_FRAMES,
	ONCE = RD_FIELD_ONCE,
	MADE = RD_FIELD_MADE,
	CONTENT = RD_FIELD_CONTENT,
};

unsigned rd_field_rules(struct rd_span name)
{
	static const struct {
		struct rd_span name;
		unsigned rules;
	} fields[] = {
#define REPLY_FIELD(name, rules) { { name, sizeof(name) - 1 }, rules },
#include "tbl/reply_field.h"
#undef REPLY_FIELD
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (fields[i].name.len == name.len &&
		    strncasecmp(fields[i].name.at, name.at, name.len) == 0)
			return fields[i].rules;
	return 0;
}

const char *rd_field_needed(int status)
{
	switch (status) {
#define STATUS_FIELD(code, field) \
	case code:                \
		return field;
#include "tbl/status_field.h"
#undef STATUS_FIELD
	default:
		return NULL;
	}
}
