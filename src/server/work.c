/*
 * work - what answers on a route, one function for each kind of work. A new kind is an option of
 * the section ROUTE, a function here, and a row of the table below.
 * Thread:  the one that uses the server, before what it makes is served.
 */
#include "server/work.h"

#include "handlers/echo.h"
#include "handlers/fastcgi.h"
#include "handlers/files.h"
#include "handlers/health.h"
#include "handlers/module.h"
#include "handlers/program.h"
#include "handlers/redirect.h"
#include "handlers/text.h"
#include "handlers/upload.h"
#include "server/configure.h"
#include "server/setup.h"

#include <errno.h>
#include <string.h>

enum { REDIRECT_STATUS = 302, TEXT_STATUS = 200 };

struct want {
	struct rd_setup *setup;
	const struct rd_section *section;
	const struct rd_value *value; /* of the option that names the work */
	size_t kept;
};

static bool work_yes(const struct want *w, enum rd_option option)
{
	return rd_config_value(w->section, option)->number;
}

static int work_status(const struct want *w, int otherwise)
{
	const struct rd_value *status = rd_config_value(w->section, ROUTE_status);

	return status->where.line ? (int)status->number : otherwise;
}

/* What could not be made because of the system: its reason. */
static int work_failed(const struct want *w, enum rd_option option)
{
	return rd_configure_wrong(w->setup, w->section, option, "%s: %s", w->value->text,
				  strerror(errno));
}

static int work_files(const struct want *w, struct rd_work *work)
{
	struct rd_files *files = rd_files_new(w->value->text, work_yes(w, ROUTE_list), w->kept);

	if (!files)
		return work_failed(w, ROUTE_files);
	if (w->setup->mime)
		rd_files_types(files, w->setup->mime);
	*work = (struct rd_work){ &rd_files, files };
	return 0;
}

static int work_upload(const struct want *w, struct rd_work *work)
{
	struct rd_upload *upload = rd_upload_new(w->value->text, work_yes(w, ROUTE_list), w->kept);

	if (!upload)
		return work_failed(w, ROUTE_upload);
	if (w->setup->mime)
		rd_upload_types(upload, w->setup->mime);
	*work = (struct rd_work){ work_yes(w, ROUTE_delete) ? &rd_upload_delete : &rd_upload,
				  upload };
	return 0;
}

static int work_redirect(const struct want *w, struct rd_work *work)
{
	struct rd_redirect *redirect = rd_redirect_new(work_status(w, REDIRECT_STATUS),
						       w->value->text, work_yes(w, ROUTE_rest));

	*work = (struct rd_work){ &rd_redirect, redirect };
	if (redirect)
		return 0;
	if (errno != EINVAL)
		return work_failed(w, ROUTE_redirect);
	return rd_configure_wrong(w->setup, w->section, ROUTE_redirect,
				  "\"%s\" cannot be sent as a URL: encode what is not plain "
				  "ASCII, and with rest leave out '?' and '#'",
				  w->value->text);
}

static int work_text(const struct want *w, struct rd_work *work)
{
	struct rd_text *text =
		rd_text_new(work_status(w, TEXT_STATUS),
			    rd_config_value(w->section, ROUTE_type)->text, w->value->text);

	*work = (struct rd_work){ &rd_text, text };
	return text ? 0 : work_failed(w, ROUTE_text);
}

static int work_echo(const struct want *w, struct rd_work *work)
{
	(void)w;
	*work = (struct rd_work){ &rd_echo_http, NULL };
	return 0;
}

static int work_health(const struct want *w, struct rd_work *work)
{
	*work = (struct rd_work){ &rd_health, (void *)w->setup->draining };
	return 0;
}

/* What a section says of its program, by the options that it has for that. */
struct program_options {
	enum rd_option program, root, directory, user, environment, memory, cpu;
};

static struct rd_program *work_program_new(const struct want *w, const struct program_options *o)
{
	const struct rd_section *s = w->section;
	struct rd_program_config config = {
		.argv = w->value->list,
		.environment = rd_config_value(s, o->environment)->list,
		.directory = rd_config_value(s, o->directory)->text,
		.root = o->root == OPTION_COUNT ? NULL : rd_config_value(s, o->root)->text,
		.user = rd_config_value(s, o->user)->text,
		.limits = { .memory = rd_config_value(s, o->memory)->number,
			    .cpu_s = (rd_config_value(s, o->cpu)->number + 999) / 1000 },
	};
	char why[512];
	struct rd_program *program = rd_program_new(&config, why, sizeof(why));

	if (!program)
		rd_configure_wrong(w->setup, s, o->program, "%s", why);
	return program;
}

static int work_program(const struct want *w, struct rd_work *work)
{
	static const struct program_options options = {
		ROUTE_program,	   ROUTE_root,	 ROUTE_directory, ROUTE_user,
		ROUTE_environment, ROUTE_memory, ROUTE_cpu,
	};

	*work = (struct rd_work){ &rd_program_cgi, work_program_new(w, &options) };
	return work->data ? 0 : -1;
}

static struct rd_files *work_root(const struct want *w, const char *root)
{
	struct rd_files *files = rd_files_new(root, false, w->kept);

	if (!files)
		rd_configure_wrong(w->setup, w->section, ROUTE_root, "%s: %s", root,
				   strerror(errno));
	else if (w->setup->mime)
		rd_files_types(files, w->setup->mime);
	return files;
}

static int work_fastcgi(const struct want *w, struct rd_work *work)
{
	const struct rd_section *s = w->section;
	const char *index = rd_config_value(s, ROUTE_index)->text;
	struct rd_fastcgi_config config = {
		.address = w->value->text,
		.root = rd_config_value(s, ROUTE_root)->text,
		.index = index ? index : "index.php",
		.script = rd_config_value(s, ROUTE_script)->text,
		.environment = rd_config_value(s, ROUTE_environment)->list,
		.keep = (unsigned)rd_config_value(s, ROUTE_keep)->number,
	};
	char why[512];

	if (config.root && !(config.files = work_root(w, config.root)))
		return -1;
	*work = (struct rd_work){ &rd_fastcgi, rd_fastcgi_server_new(&config, why, sizeof(why)) };
	if (work->data)
		return 0;
	if (config.files)
		rd_files.release(config.files);
	return rd_configure_wrong(w->setup, s, ROUTE_fastcgi, "%s", why);
}

static int work_module(const struct want *w, struct rd_work *work)
{
	char why[512];
	struct rd_module *module =
		rd_module_new(&w->setup->modules, w->value->text,
			      rd_config_value(w->section, ROUTE_settings)->list, why, sizeof(why));

	if (!module)
		return rd_configure_wrong(w->setup, w->section, ROUTE_module, "%s", why);
	*work = (struct rd_work){ rd_module_handler(module), module };
	return 0;
}

static const struct {
	enum rd_option option; /* of a route, that names the work */
	int (*make)(const struct want *w, struct rd_work *work);
} kinds[] = {
	{ ROUTE_files, work_files },	   { ROUTE_upload, work_upload },
	{ ROUTE_redirect, work_redirect }, { ROUTE_text, work_text },
	{ ROUTE_echo, work_echo },	   { ROUTE_health, work_health },
	{ ROUTE_program, work_program },   { ROUTE_fastcgi, work_fastcgi },
	{ ROUTE_module, work_module },
};

int rd_work_make(struct rd_setup *s, const struct rd_section *section, size_t kept,
		 struct rd_work *work)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct rd_value *value = rd_config_value(section, kinds[i].option);

		if (value->where.line && (value->number || value->text || value->count))
			return kinds[i].make(&(struct want){ s, section, value, kept }, work);
	}
	return rd_configure_wrong(s, section, OPTION_COUNT, "nothing answers here");
}

int rd_work_line(struct rd_setup *s, const struct rd_section *section, struct rd_work *work)
{
	static const struct program_options options = {
		LISTEN_program,	    OPTION_COUNT,  LISTEN_directory, LISTEN_user,
		LISTEN_environment, LISTEN_memory, LISTEN_cpu,
	};
	const struct rd_value *value = rd_config_value(section, LISTEN_program);
	struct want want = { s, section, value, 0 };

	*work = (struct rd_work){ &rd_echo, NULL };
	if (!value->count)
		return 0;
	work->handler = rd_config_value(section, LISTEN_inetd)->number ? &rd_program_inetd
								       : &rd_program_line;
	work->data = work_program_new(&want, &options);
	return work->data ? 0 : -1;
}
