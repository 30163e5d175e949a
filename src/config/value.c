/*
 * value - what the text of an option says.
 * Never:   opens a file, looks up a name.
 */
#include "config/value.h"

#include "base/span.h"
#include "codec/network.h"
#include "codec/token.h"
#include "config/fields.h"
#include "config/schema.h"
#include "config/units.h"
#include "net/address.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WRONG(...) (snprintf(why, RD_CHECK_WHY, __VA_ARGS__), false)

static bool value_bool(const char *text, uint64_t *number)
{
	static const char *const words[] = { "no", "yes", "off", "on", "false", "true" };

	for (size_t i = 0; i < 6; i++) {
		if (strcasecmp(text, words[i]) != 0)
			continue;
		*number = i & 1;
		return true;
	}
	return false;
}

static bool value_protocol(const char *text, uint64_t *number)
{
	*number = strcmp(text, "line") == 0;
	return *number || strcmp(text, "http") == 0;
}

static bool value_part(const char *text, uint64_t *number)
{
	static const char *const words[] = { "off", "on", "require" };

	for (*number = 0; *number < 3; ++*number)
		if (strcmp(text, words[*number]) == 0)
			return true;
	return false;
}

static bool value_text(const char *text, uint64_t *number)
{
	(void)number;
	return *text != '\0';
}

static char *value_plain(uint64_t number, char buf[RD_UNITS_TEXT])
{
	snprintf(buf, RD_UNITS_TEXT, "%" PRIu64, number);
	return buf;
}

static const struct {
	bool (*read)(const char *text, uint64_t *number);
	char *(*write)(uint64_t number, char buf[RD_UNITS_TEXT]);
	const char *is, *say;
} kinds[KIND_COUNT] = {
	[KIND_TEXT] = { value_text, NULL, "a text", "one that is not empty" },
	[KIND_PATH] = { value_text, NULL, "a path", "one such as \"/srv/www\"" },
	[KIND_MODULE] = { value_text, NULL, "a module", "its file, such as \"name.so\"" },
	[KIND_TARGET] = { value_text, NULL, "where a log goes",
			  "a path, stdout, syslog or journal" },
	[KIND_LIST] = { value_text, NULL, "a text", "one that is not empty" },
	[KIND_NUMBER] = { rd_units_number, value_plain, "a number", "digits, such as 64" },
	[KIND_SIZE] = { rd_units_size, rd_units_size_text, "a size", "64KiB or 1MiB" },
	[KIND_DURATION] = { rd_units_duration, rd_units_duration_text, "a duration",
			    "500ms, 10s, 5m, 1h or 7d" },
	[KIND_BOOL] = { value_bool, NULL, "yes or no", "yes or no" },
	[KIND_PART] = { value_part, NULL, "on, off or require", "on, off or require" },
	[KIND_PROTOCOL] = { value_protocol, NULL, "a protocol", "http or line" },
};

static bool value_range(const struct rd_schema_option *o, struct rd_value *value,
			char why[RD_CHECK_WHY])
{
	char least[RD_UNITS_TEXT], most[RD_UNITS_TEXT];

	if (value->number >= o->least && value->number <= o->most)
		return true;
	if (o->most == INT64_MAX)
		return WRONG("%s is under %s", value->text, kinds[o->kind].write(o->least, least));
	return WRONG("%s is not from %s to %s", value->text, kinds[o->kind].write(o->least, least),
		     kinds[o->kind].write(o->most, most));
}

static bool value_control(const char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < ' ' && *text != '\t') || *text == 127)
			return true;
	return false;
}

static bool value_type(const char *text, char why[RD_CHECK_WHY])
{
	const char *slash = strchr(text, '/');
	size_t len = strcspn(text, " \t;");

	if (slash && slash < text + len && !value_control(text) &&
	    rd_token((struct rd_span){ text, (size_t)(slash - text) }) &&
	    rd_token((struct rd_span){ slash + 1, (size_t)(text + len - slash - 1) }))
		return true;
	return WRONG("\"%.100s\" is not a media type: say one such as \"text/plain\"", text);
}

static bool value_added_type(const char *text, char why[RD_CHECK_WHY])
{
	size_t len = strcspn(text, " \t");

	if (!value_type(text, why))
		return false;
	if (text[len + strspn(text + len, " \t")] == '\0' || strpbrk(text, "#;"))
		return WRONG("\"%.100s\" lacks an extension: say \"text/markdown md mkd\"", text);
	return true;
}

static bool value_token(const char *text, char why[RD_CHECK_WHY])
{
	if (rd_token(rd_span_of(text)))
		return true;
	return WRONG("\"%.100s\" is not a name that HTTP allows", text);
}

/* RFC 6454 §6.2, as a browser writes it. */
static bool value_origin(const char *text, char why[RD_CHECK_WHY])
{
	const char *host = strstr(text, "://");

	if (strcmp(text, "*") == 0 || strcmp(text, "null") == 0)
		return true;
	if (host && host > text && host[3] && !strpbrk(host + 3, "/?#@*, ") && !value_control(text))
		return true;
	return WRONG("\"%.100s\" is not an origin: say one such as \"https://example.org\"", text);
}

static bool value_variable(const char *text, char why[RD_CHECK_WHY])
{
	size_t len =
		strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

	if (len > 0 && text[len] == '=')
		return true;
	return WRONG("\"%.100s\" is not as \"NAME=VALUE\"", text);
}

static bool value_line(const char *text, char why[RD_CHECK_WHY])
{
	if (!value_control(text))
		return true;
	return WRONG("there is a control character in it");
}

static bool value_address(const char *text, char why[RD_CHECK_WHY])
{
	struct rd_address address;
	const char *right;

	if (rd_address_parse(text, &address, &right))
		return true;
	return WRONG("%s", right);
}

static bool value_network(const char *text, char why[RD_CHECK_WHY])
{
	struct rd_network network;
	const char *right;

	if (rd_network_parse(text, &network, &right))
		return true;
	return WRONG("\"%.100s\": %s", text, right);
}

bool rd_value_read(enum rd_option option, struct rd_value *value, char why[RD_CHECK_WHY])
{
	const struct rd_schema_option *o = &rd_schema_option[option];

	if (!kinds[o->kind].read(value->text, &value->number))
		return WRONG("\"%.100s\" is not %s: say %s", value->text, kinds[o->kind].is,
			     kinds[o->kind].say);
	if (kinds[o->kind].write)
		return value_range(o, value, why);
	switch (option) {
	case ROUTE_fields:
		return rd_fields_value(value->text, why);
	case ROUTE_type:
		return value_type(value->text, why);
	case TYPES_add:
		return value_added_type(value->text, why);
	case ROUTE_environment:
	case ROUTE_settings:
	case LISTEN_environment:
		return value_variable(value->text, why);
	case LISTEN_proxy:
	case ACCESS_allow:
	case ACCESS_deny:
		return value_network(value->text, why);
	case CONTROL_listen:
	case CONTROL_agent:
	case ROUTE_fastcgi:
		return value_address(value->text, why);
	case CORS_origins:
		return value_origin(value->text, why);
	case CORS_methods:
	case CORS_headers:
		return value_token(value->text, why);
	case AUTH_realm:
	case ROUTE_redirect:
		return value_line(value->text, why);
	default:
		return true;
	}
}
