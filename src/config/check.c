/*
 * check - whether a section as a whole says something that can be.
 * Never:   opens a file, looks up a name.
 */
#include "config/check.h"

#include "config/fields.h"
#include "config/schema.h"
#include "net/address.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WRONG(...) (snprintf(why, RD_CHECK_WHY, __VA_ARGS__), false)

static bool said(const struct rd_section *s, enum rd_option option)
{
	return rd_config_value(s, option)->where.line > 0;
}

static bool check_listened(const char *text, char why[RD_CHECK_WHY])
{
	struct rd_address address;
	const char *right;

	if (rd_address_parse_listen(text, &address, &right))
		return true;
	return WRONG("%s", right);
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
