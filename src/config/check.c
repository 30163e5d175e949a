/*
 * check - whether a value, and a section as a whole, says something that can be.
 * Never:   opens a file, looks up a name.
 */
#include "config/check.h"

#include "base/span.h"
#include "codec/network.h"
#include "codec/token.h"
#include "config/fields.h"
#include "config/schema.h"
#include "config/units.h"
#include "net/address.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WRONG(...) (snprintf(why, RD_CHECK_WHY, __VA_ARGS__), false)

static bool said(const struct rd_section *s, enum rd_option option)
{
	return rd_config_value(s, option)->where.line > 0;
}

static bool check_bool(const char *text, uint64_t *number)
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

static bool check_protocol(const char *text, uint64_t *number)
{
	*number = strcmp(text, "line") == 0;
	return *number || strcmp(text, "http") == 0;
}

static bool check_part(const char *text, uint64_t *number)
{
	static const char *const words[] = { "off", "on", "require" };

	for (*number = 0; *number < 3; ++*number)
		if (strcmp(text, words[*number]) == 0)
			return true;
	return false;
}

static bool check_text(const char *text, uint64_t *number)
{
	(void)number;
	return *text != '\0';
}

static char *check_plain(uint64_t number, char buf[RD_UNITS_TEXT])
{
	snprintf(buf, RD_UNITS_TEXT, "%" PRIu64, number);
	return buf;
}

static const struct {
	bool (*read)(const char *text, uint64_t *number);
	char *(*write)(uint64_t number, char buf[RD_UNITS_TEXT]);
	const char *is, *say;
} kinds[KIND_COUNT] = {
	[KIND_TEXT] = { check_text, NULL, "a text", "one that is not empty" },
	[KIND_PATH] = { check_text, NULL, "a path", "one such as \"/srv/www\"" },
	[KIND_MODULE] = { check_text, NULL, "a module", "its file, such as \"name.so\"" },
	[KIND_TARGET] = { check_text, NULL, "where a log goes",
			  "a path, stdout, syslog or journal" },
	[KIND_LIST] = { check_text, NULL, "a text", "one that is not empty" },
	[KIND_NUMBER] = { rd_units_number, check_plain, "a number", "digits, such as 64" },
	[KIND_SIZE] = { rd_units_size, rd_units_size_text, "a size", "64KiB or 1MiB" },
	[KIND_DURATION] = { rd_units_duration, rd_units_duration_text, "a duration",
			    "500ms, 10s, 5m, 1h or 7d" },
	[KIND_BOOL] = { check_bool, NULL, "yes or no", "yes or no" },
	[KIND_PART] = { check_part, NULL, "on, off or require", "on, off or require" },
	[KIND_PROTOCOL] = { check_protocol, NULL, "a protocol", "http or line" },
};

static bool check_range(const struct rd_schema_option *o, struct rd_value *value,
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

static bool check_control(const char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < ' ' && *text != '\t') || *text == 127)
			return true;
	return false;
}

static bool check_type(const char *text, char why[RD_CHECK_WHY])
{
	const char *slash = strchr(text, '/');
	size_t len = strcspn(text, " \t;");

	if (slash && slash < text + len && !check_control(text) &&
	    rd_token((struct rd_span){ text, (size_t)(slash - text) }) &&
	    rd_token((struct rd_span){ slash + 1, (size_t)(text + len - slash - 1) }))
		return true;
	return WRONG("\"%.100s\" is not a media type: say one such as \"text/plain\"", text);
}

static bool check_added_type(const char *text, char why[RD_CHECK_WHY])
{
	size_t len = strcspn(text, " \t");

	if (!check_type(text, why))
		return false;
	if (text[len + strspn(text + len, " \t")] == '\0' || strpbrk(text, "#;"))
		return WRONG("\"%.100s\" lacks an extension: say \"text/markdown md mkd\"", text);
	return true;
}

static bool check_token(const char *text, char why[RD_CHECK_WHY])
{
	if (rd_token(rd_span_of(text)))
		return true;
	return WRONG("\"%.100s\" is not a name that HTTP allows", text);
}

/* RFC 6454 §6.2, as a browser writes it. */
static bool check_origin(const char *text, char why[RD_CHECK_WHY])
{
	const char *host = strstr(text, "://");

	if (strcmp(text, "*") == 0 || strcmp(text, "null") == 0)
		return true;
	if (host && host > text && host[3] && !strpbrk(host + 3, "/?#@*, ") && !check_control(text))
		return true;
	return WRONG("\"%.100s\" is not an origin: say one such as \"https://example.org\"", text);
}

static bool check_variable(const char *text, char why[RD_CHECK_WHY])
{
	size_t len =
		strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

	if (len > 0 && text[len] == '=')
		return true;
	return WRONG("\"%.100s\" is not as \"NAME=VALUE\"", text);
}

static bool check_line(const char *text, char why[RD_CHECK_WHY])
{
	if (!check_control(text))
		return true;
	return WRONG("there is a control character in it");
}

static bool check_address(const char *text, char why[RD_CHECK_WHY])
{
	struct rd_address address;
	const char *right;

	if (rd_address_parse(text, &address, &right))
		return true;
	return WRONG("%s", right);
}

static bool check_network(const char *text, char why[RD_CHECK_WHY])
{
	struct rd_network network;
	const char *right;

	if (rd_network_parse(text, &network, &right))
		return true;
	return WRONG("\"%.100s\": %s", text, right);
}

static bool check_listened(const char *text, char why[RD_CHECK_WHY])
{
	struct rd_address address;
	const char *right;

	if (rd_address_parse_listen(text, &address, &right))
		return true;
	return WRONG("%s", right);
}

bool rd_check_value(enum rd_option option, struct rd_value *value, char why[RD_CHECK_WHY])
{
	const struct rd_schema_option *o = &rd_schema_option[option];

	if (!kinds[o->kind].read(value->text, &value->number))
		return WRONG("\"%.100s\" is not %s: say %s", value->text, kinds[o->kind].is,
			     kinds[o->kind].say);
	if (kinds[o->kind].write)
		return check_range(o, value, why);
	switch (option) {
	case ROUTE_fields:
		return rd_fields_value(value->text, why);
	case ROUTE_type:
		return check_type(value->text, why);
	case TYPES_add:
		return check_added_type(value->text, why);
	case ROUTE_environment:
	case ROUTE_settings:
	case LISTEN_environment:
		return check_variable(value->text, why);
	case LISTEN_proxy:
	case ACCESS_allow:
	case ACCESS_deny:
		return check_network(value->text, why);
	case CONTROL_listen:
	case CONTROL_agent:
	case ROUTE_fastcgi:
		return check_address(value->text, why);
	case CORS_origins:
		return check_origin(value->text, why);
	case CORS_methods:
	case CORS_headers:
		return check_token(value->text, why);
	case AUTH_realm:
	case ROUTE_redirect:
		return check_line(value->text, why);
	default:
		return true;
	}
}

static bool check_host(const struct rd_section *s, char why[RD_CHECK_WHY])
{
	const struct rd_section *other = NULL;
	const char *name = strncmp(s->title, "*.", 2) == 0 ? s->title + 2 : s->title;
	bool number = *name == '[' && name[strspn(name + 1, "0123456789abcdefABCDEF:.") + 1] == ']';

	if (!*name || (!number && name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
						    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")]))
		return WRONG("not a name: say one such as \"example.org\" or \"*.example.org\", "
			     "without a port; routes for any name stand outside a host");
	while ((other = rd_config_next(s->parent, SECTION_HOST, other)) && other != s)
		if (strcasecmp(other->title, s->title) == 0)
			return WRONG("stands in line %d already", other->where.line);
	return true;
}

static size_t check_prefix_len(const char *prefix)
{
	size_t len = strlen(prefix);

	while (len > 0 && prefix[len - 1] == '/')
		len--;
	return len;
}

static bool check_prefix(const struct rd_section *s, char why[RD_CHECK_WHY])
{
	const struct rd_section *other = NULL;
	size_t len = check_prefix_len(s->title);

	if (*s->title != '/')
		return WRONG("a path begins with '/': say \"/\" for all, or \"/name\"");
	if (strpbrk(s->title, "?#") || strstr(s->title, "//") || strstr(s->title, "/./") ||
	    strstr(s->title, "/../"))
		return WRONG("no request has such a path: leave out \"//\", \"/./\", \"/../\", "
			     "'?' and '#'");
	while ((other = rd_config_next(s->parent, SECTION_ROUTE, other)) && other != s)
		if (check_prefix_len(other->title) == len &&
		    strncmp(other->title, s->title, len) == 0)
			return WRONG("stands in line %d already", other->where.line);
	return true;
}

static bool check_status(const struct rd_section *s, char why[RD_CHECK_WHY])
{
	if (strlen(s->title) == 3 && (s->title[0] == '4' || s->title[0] == '5') &&
	    s->title[strspn(s->title, "0123456789")] == '\0')
		return true;
	return WRONG("not the status of an error: say one from \"400\" to \"599\"");
}

bool rd_check_title(const struct rd_section *s, char why[RD_CHECK_WHY])
{
	switch (s->kind) {
	case SECTION_LISTEN:
		return check_listened(s->title, why);
	case SECTION_HOST:
		return check_host(s, why);
	case SECTION_ROUTE:
		return check_prefix(s, why);
	case SECTION_PAGE:
		return check_status(s, why);
	default:
		return true;
	}
}

/* What a route's reply is made by. */
static const enum rd_option handlers[] = { ROUTE_files,	  ROUTE_upload,	 ROUTE_redirect,
					   ROUTE_text,	  ROUTE_echo,	 ROUTE_health,
					   ROUTE_program, ROUTE_fastcgi, ROUTE_module };

/* What goes with some of them only. */
static const struct {
	enum rd_option option, with[3];
} details[] = {
	{ ROUTE_list, { ROUTE_files, ROUTE_upload } },
	{ ROUTE_delete, { ROUTE_upload } },
	{ ROUTE_rest, { ROUTE_redirect } },
	{ ROUTE_type, { ROUTE_text } },
	{ ROUTE_status, { ROUTE_redirect, ROUTE_text } },
	{ ROUTE_index, { ROUTE_fastcgi } },
	{ ROUTE_script, { ROUTE_fastcgi } },
	{ ROUTE_keep, { ROUTE_fastcgi } },
	{ ROUTE_settings, { ROUTE_module } },
	{ ROUTE_root, { ROUTE_program, ROUTE_fastcgi } },
	{ ROUTE_directory, { ROUTE_program } },
	{ ROUTE_user, { ROUTE_program } },
	{ ROUTE_environment, { ROUTE_program, ROUTE_fastcgi } },
	{ ROUTE_memory, { ROUTE_program } },
	{ ROUTE_cpu, { ROUTE_program } },
};

/* The words of those that `with` names: "redirect or text". */
static const char *check_with(const enum rd_option with[3], char text[64])
{
	char *end = text;

	for (int i = 0; i < 3 && (i == 0 || with[i]); i++)
		end = stpcpy(stpcpy(end, i ? " or " : ""), rd_schema_option[with[i]].word);
	return text;
}

static bool check_detail(const struct rd_section *s, const enum rd_option with[3])
{
	for (int i = 0; i < 3 && (i == 0 || with[i]); i++)
		if (said(s, with[i]))
			return true;
	return false;
}

static bool check_redirect(const struct rd_section *s, enum rd_option *option,
			   char why[RD_CHECK_WHY])
{
	uint64_t status = rd_config_value(s, ROUTE_status)->number;

	*option = ROUTE_status;
	if (!said(s, ROUTE_redirect) || !said(s, ROUTE_status))
		return true;
	if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)
		return true;
	return WRONG("%" PRIu64 " does not redirect: say 301, 302, 303, 307 or 308", status);
}

/* A program belongs to a line service, and what else there is to a program. */
static bool check_listen(const struct rd_section *s, enum rd_option *option, char why[RD_CHECK_WHY])
{
	static const enum rd_option of_program[] = { LISTEN_inetd,     LISTEN_directory,
						     LISTEN_user,      LISTEN_environment,
						     LISTEN_memory,    LISTEN_cpu,
						     LISTEN_time_limit };

	*option = LISTEN_program;
	if (said(s, LISTEN_program) && !rd_config_value(s, LISTEN_protocol)->number)
		return WRONG(
			"belongs to a line service: say protocol = line; over HTTP a route has "
			"a program");
	*option = LISTEN_busy;
	if (said(s, LISTEN_busy) && !rd_config_value(s, LISTEN_protocol)->number)
		return WRONG("belongs to a line service: say protocol = line");
	for (size_t i = 0; i < sizeof(of_program) / sizeof(*of_program); i++) {
		*option = of_program[i];
		if (said(s, *option) && !said(s, LISTEN_program))
			return WRONG("belongs to a program: say program = {\"/path\"}");
	}
	return true;
}

/* A flag that is no says nothing. */
static bool answers(const struct rd_section *s, enum rd_option option)
{
	return said(s, option) &&
	       (rd_schema_option[option].kind != KIND_BOOL || rd_config_value(s, option)->number);
}

/* Whose handler takes a whole body is not to be called before that is there. */
static bool check_stream(const struct rd_section *s, enum rd_option *option, char why[RD_CHECK_WHY])
{
	static const enum rd_option whole[] = { ROUTE_fastcgi, ROUTE_program, ROUTE_upload };

	*option = ROUTE_stream;
	if (!rd_config_value(s, ROUTE_stream)->number)
		return true;
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		if (said(s, whole[i]))
			return WRONG("does not go with %s, which takes whole bodies: leave it out",
				     rd_schema_option[whole[i]].word);
	return true;
}

static bool check_index(const struct rd_section *s, enum rd_option *option, char why[RD_CHECK_WHY])
{
	*option = ROUTE_index;
	if (said(s, ROUTE_index) && !said(s, ROUTE_root))
		return WRONG("is a script below root: say root = \"/srv/www\"");
	return true;
}

static bool check_route(const struct rd_section *s, enum rd_option *option, char why[RD_CHECK_WHY])
{
	enum rd_option found = OPTION_COUNT;
	char words[64];

	for (size_t i = 0; i < sizeof(handlers) / sizeof(*handlers); i++) {
		*option = handlers[i];
		if (!answers(s, *option))
			continue;
		if (found != OPTION_COUNT)
			return WRONG("does not go with %s in line %d: a route has one of them",
				     rd_schema_option[found].word,
				     rd_config_value(s, found)->where.line);
		found = *option;
	}
	*option = OPTION_COUNT;
	if (found == OPTION_COUNT)
		return WRONG("nothing answers here: say files, upload, program, fastcgi, "
			     "module, redirect, text, echo or health");
	for (size_t i = 0; i < sizeof(details) / sizeof(*details); i++) {
		*option = details[i].option;
		if (said(s, *option) && !check_detail(s, details[i].with))
			return WRONG("does not go with %s: it belongs to %s",
				     rd_schema_option[found].word,
				     check_with(details[i].with, words));
	}
	return check_redirect(s, option, why) && check_stream(s, option, why) &&
	       check_index(s, option, why) && rd_fields_route(s, option, why);
}

static bool check_cors(const struct rd_section *s, enum rd_option *option, char why[RD_CHECK_WHY])
{
	const struct rd_value *origins = rd_config_value(s, CORS_origins);
	bool any = false;

	*option = CORS_origins;
	for (size_t i = 0; i < origins->count; i++)
		any = any || strcmp(origins->list[i], "*") == 0;
	if (origins->count == 0)
		return WRONG("is missing: say {\"https://example.org\"}, or {\"*\"} for any");
	if (any && origins->count > 1)
		return WRONG("\"*\" is any origin: leave out the others");
	*option = CORS_credentials;
	if (any && rd_config_value(s, CORS_credentials)->number)
		return WRONG("does not go with any origin: name the origins in line %d",
			     origins->where.line);
	return true;
}

static bool check_workers(const struct rd_section *s, enum rd_option *option,
			  char why[RD_CHECK_WHY])
{
	uint64_t most = rd_config_value(s, WORKERS_max)->number;

	*option = WORKERS_min;
	return rd_config_value(s, WORKERS_min)->number <= most ||
	       WRONG("is more than max, %" PRIu64, most);
}

/* Without this option the section says nothing. */
static bool check_needs(const struct rd_section *s, enum rd_option needed, const char *example,
			enum rd_option *option, char why[RD_CHECK_WHY])
{
	*option = needed;
	return said(s, needed) ||
	       WRONG("is missing: say %s = \"%s\"", rd_schema_option[needed].word, example);
}

static bool check_root(const struct rd_section *s, char why[RD_CHECK_WHY])
{
	const struct rd_section *l = NULL, *host = NULL;
	bool http = !rd_config_next(s, SECTION_LISTEN, NULL);

	while ((l = rd_config_next(s, SECTION_LISTEN, l)))
		http = http || rd_config_value(l, LISTEN_protocol)->number == 0;
	if (!http || rd_config_next(s, SECTION_ROUTE, NULL))
		return true;
	while ((host = rd_config_next(s, SECTION_HOST, host)))
		if (rd_config_next(host, SECTION_ROUTE, NULL))
			return true;
	return WRONG("nothing is served: say route \"/\" { files = \"/var/www/html\" }");
}

bool rd_check_section(const struct rd_section *s, enum rd_option *option, char why[RD_CHECK_WHY])
{
	*option = OPTION_COUNT;
	switch (s->kind) {
	case SECTION_ROOT:
		return check_root(s, why);
	case SECTION_LISTEN:
		return check_listen(s, option, why);
	case SECTION_ROUTE:
		return check_route(s, option, why);
	case SECTION_CORS:
		return check_cors(s, option, why);
	case SECTION_WORKERS:
		return check_workers(s, option, why);
	case SECTION_CONTROL:
		return said(s, CONTROL_agent) ||
		       check_needs(s, CONTROL_listen, "unix:/run/replyd/control.sock", option, why);
	case SECTION_AUTH:
		return check_needs(s, AUTH_file, "/etc/replyd/users", option, why);
	case SECTION_PAGE:
		return check_needs(s, PAGE_file, "404.html", option, why);
	default:
		return true;
	}
}
