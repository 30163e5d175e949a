/*
 * reach - which paths a configuration needs, and for what.
 * Thread:  any; nothing here changes.
 */
#include "server/reach.h"

#include "guard/landlock.h"
#include "handlers/module.h"
#include "observe/log_target.h"

#include <stdio.h>
#include <string.h>

int rd_reach_beside(const struct rd_reach *to, const struct rd_section *section,
		    enum rd_option option, const char *file, unsigned uses)
{
	const char *slash = strrchr(file, '/');
	char directory[4096];
	size_t len = slash ? (size_t)(slash - file) : 0;

	if (!slash)
		return to->path(to->owner, section, option, ".", uses);
	if (len >= sizeof(directory))
		return to->path(to->owner, section, option, file, uses);
	memcpy(directory, file, len);
	directory[len] = '\0';
	if (len == 0 || strcmp(directory, "/etc") == 0 || strcmp(directory, "/dev") == 0)
		/* too much for one file */
		return to->path(to->owner, section, option, file, uses);
	return to->path(to->owner, section, option, directory, uses);
}

/* The value of an option, where it stands in this section itself. */
static const char *reach_text(const struct rd_section *section, enum rd_option option)
{
	return rd_config_value(section, option)->text;
}

static int reach_path(const struct rd_reach *to, const struct rd_section *section,
		      enum rd_option option, unsigned uses)
{
	const char *path = reach_text(section, option);

	return path ? to->path(to->owner, section, option, path, uses) : 0;
}

static int reach_file(const struct rd_reach *to, const struct rd_section *section,
		      enum rd_option option)
{
	const char *path = reach_text(section, option);

	return path ? rd_reach_beside(to, section, option, path, RD_MAY_READ) : 0;
}

static int reach_list(const struct rd_reach *to, const struct rd_section *section,
		      enum rd_option option, unsigned uses)
{
	const struct rd_value *value = rd_config_value(section, option);

	for (size_t i = 0; i < value->count; i++)
		if (to->path(to->owner, section, option, value->list[i], uses) != 0)
			return -1;
	return 0;
}

static int reach_module(const struct rd_reach *to, const struct rd_section *route)
{
	const char *name = reach_text(route, ROUTE_module);
	char path[4096];

	if (!name)
		return 0;
	rd_module_path(name, path, sizeof(path));
	return rd_reach_beside(to, route, ROUTE_module, path, RD_MAY_READ);
}

static int reach_route(const struct rd_reach *to, const struct rd_section *route)
{
	if (reach_path(to, route, ROUTE_files, RD_MAY_READ) != 0 ||
	    reach_path(to, route, ROUTE_upload, RD_MAY_WRITE) != 0)
		return -1;
	if (reach_text(route, ROUTE_fastcgi) && reach_path(to, route, ROUTE_root, RD_MAY_READ) != 0)
		return -1;
	return reach_module(to, route);
}

static int reach_listen(const struct rd_reach *to, const struct rd_section *listen)
{
	if (strncmp(listen->title, "unix:/", 6) != 0)
		return 0;
	return rd_reach_beside(to, listen, OPTION_COUNT, listen->title + 5, RD_MAY_LISTEN);
}

static int reach_log(const struct rd_reach *to, const struct rd_section *log)
{
	const char *name = reach_text(log, ACCESS_LOG_to);

	if (!name || rd_log_kind(name) != RD_LOG_FILE)
		return 0;
	return rd_reach_beside(to, log, ACCESS_LOG_to, name, RD_MAY_WRITE);
}

static int reach_section(const struct rd_reach *to, const struct rd_section *s)
{
	switch (s->kind) {
	case SECTION_ROUTE:
		return reach_route(to, s);
	case SECTION_LISTEN:
		return reach_listen(to, s);
	case SECTION_ACCESS_LOG:
		return reach_log(to, s);
	case SECTION_BODY:
		return reach_path(to, s, BODY_directory, RD_MAY_SPOOL);
	case SECTION_TYPES:
		return reach_file(to, s, TYPES_file);
	case SECTION_AUTH:
		return reach_file(to, s, AUTH_file);
	case SECTION_PAGE:
		return reach_file(to, s, PAGE_file);
	case SECTION_SANDBOX:
		return reach_list(to, s, SANDBOX_read, RD_MAY_READ) != 0
			       ? -1
			       : reach_list(to, s, SANDBOX_write, RD_MAY_WRITE | RD_MAY_LISTEN);
	default:
		return 0;
	}
}

int rd_reach_walk(const struct rd_section *in, const struct rd_reach *to)
{
	for (const struct rd_section *s = in->first; s; s = s->next)
		if (rd_reach_beside(to, s, OPTION_COUNT, s->where.file, RD_MAY_READ) != 0 ||
		    reach_section(to, s) != 0 || rd_reach_walk(s, to) != 0)
			return -1;
	return 0;
}
