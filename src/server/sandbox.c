/*
 * sandbox - what the server may reach once it serves.
 *
 * The order: what is to be reached is looked up while the process may still do that (prepare); then
 * it gives up its rights, the helper for programs is started, which stays outside, and the parts
 * take effect, the filter of calls last, since the others are calls (enter).
 *
 * Thread:  main; rd_sandbox_covers is a reload's.
 */
#include "config.h"

#include "server/sandbox.h"

#include "base/log.h"
#include "handlers/spawner.h"
#include "observe/process.h"
#include "server/configure.h"
#include "server/reach.h"
#include "server/server.h"

#include <errno.h>
#include <execinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OFF, ON, REQUIRE };

static const struct {
	enum rd_option option;
	const char *word;
} parts[SANDBOX_PARTS] = {
	[SANDBOX_FILES] = { SANDBOX_files, "files" },
	[SANDBOX_CALLS] = { SANDBOX_calls, "calls" },
	[SANDBOX_MEMORY] = { SANDBOX_memory, "memory" },
};

/* What the C library and its modules look at, where it is there. */
static const struct {
	const char *path;
	unsigned uses;
} system_paths[] = {
	{ "/usr", RD_MAY_READ },
	{ "/lib", RD_MAY_READ },
	{ "/lib64", RD_MAY_READ },
	{ "/proc/self", RD_MAY_READ },
	{ "/sys/devices/system/cpu", RD_MAY_READ },
	{ "/dev/null", RD_MAY_SPOOL },
	{ "/dev/urandom", RD_MAY_READ },
	{ "/etc/group", RD_MAY_READ },
	{ "/etc/host.conf", RD_MAY_READ },
	{ "/etc/hosts", RD_MAY_READ },
	{ "/etc/gai.conf", RD_MAY_READ },
	{ "/etc/ld.so.cache", RD_MAY_READ },
	{ "/etc/localtime", RD_MAY_READ },
	{ "/etc/mime.types", RD_MAY_READ },
	{ "/etc/nsswitch.conf", RD_MAY_READ },
	{ "/etc/passwd", RD_MAY_READ },
	{ "/etc/resolv.conf", RD_MAY_READ },
	{ "/etc/services", RD_MAY_READ },
};

static const struct rd_section *sandbox_root(const struct replyd *s)
{
	return s->setup->config ? rd_config_root(s->setup->config) : NULL;
}

static int sandbox_wanted(const struct replyd *s, enum rd_sandbox_part part)
{
	const struct rd_section *root = sandbox_root(s);

	return root ? (int)rd_config_value(root, parts[part].option)->number : ON;
}

/* NULL, or why it cannot be had here. */
static const char *sandbox_lacks(enum rd_sandbox_part part)
{
#ifdef SANITIZED
	(void)part;
	return "it was built with sanitizers, which do more than a server";
#else
	if (part != SANDBOX_FILES)
		return rd_filter_lacks();
	return rd_landlock_version() > 0 ? NULL : "this kernel has no Landlock, or too old a one";
#endif
}

int rd_sandbox_plan(struct replyd *s)
{
	for (int i = 0; i < SANDBOX_PARTS; i++) {
		int wanted = sandbox_wanted(s, i);
		const char *lacks = wanted == OFF ? NULL : sandbox_lacks(i);

		s->confine.sandbox.on[i] = wanted != OFF && !lacks;
		if (wanted == REQUIRE && lacks)
			return rd_configure_wrong(
				s->setup, rd_config_next(sandbox_root(s), SECTION_SANDBOX, NULL),
				parts[i].option, "cannot be had: %s", lacks);
	}
	return 0;
}

void rd_sandbox_report(const struct replyd *s)
{
	for (int i = 0; i < SANDBOX_PARTS; i++) {
		const char *lacks = sandbox_wanted(s, i) == OFF ? NULL : sandbox_lacks(i);

		printf("sandbox: %s %s%s%s\n", parts[i].word,
		       s->confine.sandbox.on[i] ? "on" : "off", lacks ? ": " : "",
		       lacks ? lacks : "");
	}
}

/* A text of `option` somewhere in the configuration: the section, or NULL. */
static const struct rd_section *sandbox_uses(const struct rd_section *in, enum rd_option option)
{
	const struct rd_section *s = NULL, *found = NULL;

	while (!found && (s = rd_config_next(in, SECTION_ROUTE, s)))
		found = rd_config_value(s, option)->text ? s : NULL;
	while (!found && (s = rd_config_next(in, SECTION_HOST, s)))
		found = sandbox_uses(s, option);
	return found;
}

static int sandbox_failed(struct replyd *s, const struct rd_section *section, enum rd_option option,
			  const char *path)
{
	if (section)
		return rd_configure_wrong(s->setup, section, option, "%s: %s", path,
					  strerror(errno));
	return rd_server_failed(s, "%s: %s", path, strerror(errno));
}

/* Allows a path. */
static int sandbox_allow(void *server, const struct rd_section *section, enum rd_option option,
			 const char *path, unsigned uses)
{
	struct replyd *s = server;
	struct rd_sandbox *b = &s->confine.sandbox;
	struct rd_sandbox_path *more = reallocarray(b->path, b->paths + 1, sizeof(*more));

	if (!more)
		return rd_server_failed(s, "no memory");
	b->path = more;
	more += b->paths;
	*more = (struct rd_sandbox_path){ realpath(path, NULL), uses };
	if (!more->path || !rd_landlock_allow(&b->landlock, more->path, uses)) {
		sandbox_failed(s, section, option, path);
		free(more->path);
		return -1;
	}
	b->paths++;
	return 0;
}

static int sandbox_allow_sockets(struct replyd *s, const struct rd_listeners *l)
{
	const struct rd_reach to = { sandbox_allow, s };

	for (size_t i = 0; i < l->count; i++) {
		const struct rd_sockaddr *at = &l->listener[i].bound;

		if (at->sa.sa_family == AF_UNIX && at->un.sun_path[0] &&
		    rd_reach_beside(&to, NULL, OPTION_COUNT, at->un.sun_path, RD_MAY_LISTEN) != 0)
			return -1;
	}
	return 0;
}

static int sandbox_allow_all(struct replyd *s)
{
	const struct rd_reach to = { sandbox_allow, s };
	const struct rd_section *root = sandbox_root(s);
	const struct rd_sandbox *b = &s->confine.sandbox;

	for (size_t i = 0; i < sizeof(system_paths) / sizeof(*system_paths); i++)
		if (!rd_landlock_allow(&b->landlock, system_paths[i].path, system_paths[i].uses) &&
		    errno != ENOENT && errno != EACCES)
			return sandbox_failed(s, NULL, OPTION_COUNT, system_paths[i].path);
	if (b->directory && sandbox_allow(s, NULL, OPTION_COUNT, b->directory, RD_MAY_READ) != 0)
		return -1;
	if (s->file && rd_reach_beside(&to, NULL, OPTION_COUNT, s->file, RD_MAY_READ) != 0)
		return -1;
	if (access(rd_setup_temporary(), F_OK) == 0 &&
	    sandbox_allow(s, NULL, OPTION_COUNT, rd_setup_temporary(), RD_MAY_SPOOL) != 0)
		return -1;
	if (b->pid_file &&
	    rd_reach_beside(&to, NULL, OPTION_COUNT, b->pid_file, RD_MAY_LISTEN) != 0)
		return -1;
	if (b->log_file && rd_reach_beside(&to, NULL, OPTION_COUNT, b->log_file, RD_MAY_WRITE) != 0)
		return -1;
	if (s->logging.file && rd_log_kind(s->logging.file) == RD_LOG_FILE &&
	    rd_reach_beside(&to, NULL, OPTION_COUNT, s->logging.file, RD_MAY_WRITE) != 0)
		return -1;
	if (sandbox_allow_sockets(s, &s->setup->listeners) != 0 ||
	    sandbox_allow_sockets(s, &s->control.listeners) != 0)
		return -1;
	return root ? rd_reach_walk(root, &to) : 0;
}

int rd_sandbox_prepare(struct replyd *s)
{
	struct rd_sandbox *b = &s->confine.sandbox;
	const struct rd_section *root = sandbox_root(s);

	b->connects = root && sandbox_uses(root, ROUTE_fastcgi);
	b->filter = (struct rd_filter){
		.calls = b->on[SANDBOX_CALLS],
		.memory = b->on[SANDBOX_MEMORY],
		.modules = root && sandbox_uses(root, ROUTE_module),
		.connect = b->connects || b->syslog || rd_logging_connects(s, s->setup),
	};
	if (!b->on[SANDBOX_FILES])
		return 0;
	if (!rd_landlock_begin(&b->landlock, b->connects))
		return rd_server_failed(s, "sandbox: files: %s", strerror(errno));
	return sandbox_allow_all(s);
}

/* The kernel has no way to reach threads that are there already. */
static int sandbox_enter_files(struct replyd *s)
{
	struct rd_process process;

	rd_process_look(&process);
	if (process.threads > 1 && sandbox_wanted(s, SANDBOX_FILES) == REQUIRE)
		return rd_server_failed(s, "sandbox: files: a module has started a thread, which "
					   "would be outside of it");
	if (process.threads > 1)
		rd_log("sandbox: files: a module has started a thread, which is outside of it");
	if (!rd_landlock_enforce(&s->confine.sandbox.landlock))
		return rd_server_failed(s, "sandbox: files: %s", strerror(errno));
	rd_landlock_end(&s->confine.sandbox.landlock);
	return 0;
}

int rd_sandbox_enter(struct replyd *s)
{
	struct rd_sandbox *b = &s->confine.sandbox;
	void *at[1];

	if (!b->on[SANDBOX_FILES] && !b->filter.calls && !b->filter.memory)
		return 0;
	(void)backtrace(at, 1); /* loads what it needs, which is code */
	if (rd_spawner_known() > 0 && !rd_spawner_start())
		return rd_server_failed(s, "sandbox: the helper that starts programs: %s",
					strerror(errno));
	if (b->on[SANDBOX_FILES] && sandbox_enter_files(s) != 0)
		return -1;
	if ((b->filter.calls || b->filter.memory) && !rd_filter_load(&b->filter))
		return rd_server_failed(s, "sandbox: calls: %s", strerror(errno));
	b->entered = true;
	return 0;
}

static bool sandbox_below(const char *path, const char *top)
{
	size_t len = strcmp(top, "/") == 0 ? 0 : strlen(top);

	return strncmp(path, top, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

struct covered {
	const struct rd_sandbox *sandbox;
	struct rd_setup *next;
};

static int sandbox_covers(void *owner, const struct rd_section *section, enum rd_option option,
			  const char *path, unsigned uses)
{
	const struct covered *c = owner;
	char *real = realpath(path, NULL);
	bool covered = !real; /* what is not there is refused by who needs it */

	for (size_t i = 0; real && !covered && i < c->sandbox->paths; i++)
		covered = (c->sandbox->path[i].uses & uses) == uses &&
			  sandbox_below(real, c->sandbox->path[i].path);
	free(real);
	if (covered)
		return 0;
	return rd_configure_wrong(c->next, section, option,
				  "%s is outside of the sandbox of files, which is what was named "
				  "at the start: it needs a new start",
				  path);
}

int rd_sandbox_covers(const struct replyd *s, struct rd_setup *next)
{
	const struct rd_sandbox *b = &s->confine.sandbox;
	const struct rd_section *root = rd_config_root(next->config), *section;
	struct covered c = { b, next };

	if (!b->entered)
		return 0;
	if (!b->connects && (b->on[SANDBOX_FILES] || b->on[SANDBOX_CALLS]) &&
	    (section = sandbox_uses(root, ROUTE_fastcgi)))
		return rd_configure_wrong(
			next, section, ROUTE_fastcgi,
			"the sandbox has no connections to others, since "
			"there was no fastcgi at the start: it needs a new start");
	if (b->filter.calls && !b->filter.connect && rd_logging_connects(s, next))
		return rd_configure_wrong(
			next, rd_config_next(root, SECTION_ACCESS_LOG, NULL), ACCESS_LOG_to,
			"the sandbox has no connections to others, since there was "
			"no such log at the start: it needs a new start");
	if (b->filter.memory && !b->filter.modules && (section = sandbox_uses(root, ROUTE_module)))
		return rd_configure_wrong(next, section, ROUTE_module,
					  "the sandbox of memory loads no code, since there was no "
					  "module at the start: it needs a new start");
	return b->on[SANDBOX_FILES] ? rd_reach_walk(root, &(struct rd_reach){ sandbox_covers, &c })
				    : 0;
}

void rd_sandbox_free(struct rd_sandbox *b)
{
	for (size_t i = 0; i < b->paths; i++)
		free(b->path[i].path);
	free(b->path);
}
