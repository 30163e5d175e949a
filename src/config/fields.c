/*
 * fields - what a route may say of its replies: their fields, and a status that needs one.
 * Never:   opens a file, looks up a name.
 */
#include "config/fields.h"

#include "codec/field.h"
#include "codec/token.h"

#include <inttypes.h>
#include <stdio.h>

#define WRONG(...) (snprintf(why, RD_CHECK_WHY, __VA_ARGS__), false)

/* In front of the colon. */
static struct rd_span fields_name(const char *text)
{
	const char *colon = strchr(text, ':');

	return (struct rd_span){ text, colon ? (size_t)(colon - text) : 0 };
}

static bool fields_control(const char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < ' ' && *text != '\t') || *text == 127)
			return true;
	return false;
}

bool rd_fields_value(const char *text, char why[RD_CHECK_WHY])
{
	struct rd_span name = fields_name(text);
	unsigned rules = rd_field_rules(name);

	if (!rd_token(name) || fields_control(text))
		return WRONG("\"%.100s\" is not a field: say \"Name: value\"", text);
	if (rules & RD_FIELD_FRAMES)
		return WRONG("\"%.*s\" is said by replyd itself: leave it out", (int)name.len,
			     text);
	if (rules & RD_FIELD_MADE)
		return WRONG("\"%.*s\" is another for each reply, and said where that is made: "
			     "leave it out",
			     (int)name.len, text);
	return true;
}

/* That a reply has once is there once. */
static bool fields_once(const struct rd_value *fields, char why[RD_CHECK_WHY])
{
	for (size_t i = 0; i < fields->count; i++) {
		struct rd_span name = fields_name(fields->list[i]);

		if (!(rd_field_rules(name) & RD_FIELD_ONCE))
			continue;
		for (size_t j = 0; j < i; j++) {
			struct rd_span other = fields_name(fields->list[j]);

			if (other.len == name.len && strncasecmp(other.at, name.at, name.len) == 0)
				return WRONG("\"%.*s\" is there twice, and a reply has it once",
					     (int)name.len, name.at);
		}
	}
	return true;
}

static bool fields_cors(const struct rd_section *route, const struct rd_value *fields,
			char why[RD_CHECK_WHY])
{
	static const char ours[] = "access-control-";
	const struct rd_section *cors = rd_config_next(route, SECTION_CORS, NULL);

	for (size_t i = 0; cors && i < fields->count; i++)
		if (strncasecmp(fields->list[i], ours, sizeof(ours) - 1) == 0)
			return WRONG("\"%.*s\" is said by cors in line %d: leave it out",
				     (int)fields_name(fields->list[i]).len, fields->list[i],
				     cors->where.line);
	return true;
}

/* The status of a text, which is all that there is to its replies. */
static bool fields_status(uint64_t status, const struct rd_value *fields, char why[RD_CHECK_WHY])
{
	const char *needed = rd_field_needed((int)status);

	if (status == 304)
		return WRONG("304 answers a condition of the request, which a text does not");
	if (!needed)
		return true;
	if (rd_field_rules(rd_span_of(needed)) & (RD_FIELD_FRAMES | RD_FIELD_MADE))
		return WRONG("%" PRIu64 " goes with %s, which a text cannot have: say another",
			     status, needed);
	for (size_t i = 0; i < fields->count; i++)
		if (rd_span_eq_nocase(fields_name(fields->list[i]), needed))
			return true;
	return WRONG("%" PRIu64 " goes with %s: say fields = {\"%s: ...\"} too", status, needed,
		     needed);
}

bool rd_fields_route(const struct rd_section *route, enum rd_option *option, char why[RD_CHECK_WHY])
{
	const struct rd_value *fields = rd_config_value(route, ROUTE_fields);

	*option = ROUTE_fields;
	if (!fields_once(fields, why) || !fields_cors(route, fields, why))
		return false;
	*option = ROUTE_status;
	return !rd_config_value(route, ROUTE_text)->text ||
	       fields_status(rd_config_value(route, ROUTE_status)->number, fields, why);
}
