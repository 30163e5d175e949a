/*
 * logging - who reads the records of a server's requests.
 * Thread:  the one that uses the server, or reloads it; rd_logging_reopen any.
 * Owns:    the scribe, the access log.
 */
#include "server/logging.h"

#include "base/log.h"
#include "config/config.h"
#include "server/configure.h"
#include "server/server.h"

#include <errno.h>
#include <string.h>

void rd_logging_init(struct replyd *s)
{
	rd_scribe_init(&s->logging.scribe);
	rd_access_log_init(&s->logging.access, &s->logging.scribe, &s->series);
}

void rd_logging_fini(struct replyd *s)
{
	rd_access_log_fini(&s->logging.access);
	rd_scribe_fini(&s->logging.scribe);
}

static const struct rd_section *logging_section(const struct rd_setup *setup)
{
	return setup->config
		       ? rd_config_next(rd_config_root(setup->config), SECTION_ACCESS_LOG, NULL)
		       : NULL;
}

/* Where it goes; NULL: there is none. */
static const char *logging_to(const struct replyd *s, const struct rd_setup *setup)
{
	const struct rd_section *section = logging_section(setup);

	if (s->logging.file)
		return s->logging.file;
	return section ? rd_config_value(section, ACCESS_LOG_to)->text : NULL;
}

static const char *logging_format(const struct rd_section *section)
{
	const char *text = section ? rd_config_value(section, ACCESS_LOG_format)->text : NULL;

	return text ? text : "combined";
}

int rd_logging_configure(struct rd_setup *setup, const struct rd_section *root)
{
	const struct rd_section *section = rd_config_next(root, SECTION_ACCESS_LOG, NULL);
	const char *to = section ? rd_config_value(section, ACCESS_LOG_to)->text : NULL;
	char why[RD_LOG_FORMAT_WHY];
	struct rd_log_format *format;

	if (!section)
		return 0;
	if (!to)
		return rd_configure_wrong(setup, section, OPTION_COUNT,
					  "it does not say where it goes: say it by to");
	if (rd_log_kind(to) == RD_LOG_FILE && !strchr(to, '/'))
		return rd_configure_wrong(setup, section, ACCESS_LOG_to,
					  "\"%.100s\" is neither stdout, syslog nor journal, nor a "
					  "path, which has a slash in it",
					  to);
	if (!setup->setting[SET_STAGES])
		return rd_configure_wrong(setup, section, OPTION_COUNT,
					  "there is none without stages, which are off");
	format = rd_log_format_new(logging_format(section), why);
	rd_log_format_free(format);
	return format ? 0 : rd_configure_wrong(setup, section, ACCESS_LOG_format, "%s", why);
}

/* Whether exchanges are timed: while there are workers that is as they were started. */
static bool logging_timed(const struct replyd *s, const struct rd_setup *setup)
{
	return atomic_load(&s->phase) == PHASE_MADE ? setup->setting[SET_STAGES]
						    : s->clients.first.pool.stages;
}

int rd_logging_prepare(struct replyd *s, struct rd_setup *setup)
{
	const struct rd_section *section = s->logging.file ? NULL : logging_section(setup);
	const char *to = logging_to(s, setup);
	struct rd_log_format *format;
	char why[RD_LOG_FORMAT_WHY];

	if (!to)
		return 0;
	if (!logging_timed(s, setup) && setup->setting[SET_STAGES])
		return rd_configure_wrong(setup, section, OPTION_COUNT,
					  "there is none without stages, which were off at the "
					  "start: it needs a new start");
	if (!logging_timed(s, setup))
		return rd_fault_say(setup->fault, "there is no access log without stages");
	format = rd_log_format_new(logging_format(section), why);
	if (!format)
		return rd_fault_say(setup->fault, "access log: %s", why);
	setup->log = rd_log_target_open(to, NULL, format);
	if (setup->log)
		return 0;
	rd_log_format_free(format);
	if (section)
		return rd_configure_wrong(setup, section, ACCESS_LOG_to, "%s: %s", to,
					  strerror(errno));
	return rd_fault_say(setup->fault, "--access-log %s: %s", to, strerror(errno));
}

void rd_logging_put(struct replyd *s, struct rd_setup *setup)
{
	rd_access_log_use(&s->logging.access, setup->log);
	setup->log = NULL;
}

int rd_logging_start(struct replyd *s, const struct rd_setup *setup)
{
	int error = logging_to(s, setup) ? rd_scribe_start(&s->logging.scribe) : 0;

	return error ? rd_fault_say(setup->fault, "access log: cannot start a thread: %s",
				    strerror(error))
		     : 0;
}

void rd_logging_stop(struct replyd *s)
{
	rd_scribe_stop(&s->logging.scribe);
}

void rd_logging_close(struct replyd *s)
{
	rd_access_log_use(&s->logging.access, NULL);
}

bool rd_logging_connects(const struct replyd *s, const struct rd_setup *setup)
{
	const char *to = logging_to(s, setup);

	return to && (rd_log_kind(to) == RD_LOG_SYSLOG || rd_log_kind(to) == RD_LOG_JOURNAL);
}

void rd_logging_reopen(struct replyd *s)
{
	rd_access_log_reopen(&s->logging.access);
}
