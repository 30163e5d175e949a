/*
 * work - what answers on a route, one function for each kind of work. A new kind is an option of
 * the section ROUTE, a function here, and a row of the table below.
 * Thread:  the one that uses the server, before what it makes is served.
 */
#include "server/work.h"

#include "handlers/files.h"
#include "handlers/redirect.h"
#include "handlers/text.h"
#include "handlers/upload.h"
#include "server/configure.h"
#include "server/server.h"

#include <errno.h>
#include <string.h>

enum { REDIRECT_STATUS = 302, TEXT_STATUS = 200 };

struct want {
	struct replyd *server;
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
	return rd_configure_wrong(w->server, w->section, option, "%s: %s", w->value->text,
				  strerror(errno));
}

static int work_files(const struct want *w, struct rd_work *work)
{
	struct rd_files *files = rd_files_new(w->value->text, work_yes(w, ROUTE_list), w->kept);

	if (!files)
		return work_failed(w, ROUTE_files);
	if (w->server->mime)
		rd_files_types(files, w->server->mime);
	*work = (struct rd_work){ &rd_files, files };
	return 0;
}

static int work_upload(const struct want *w, struct rd_work *work)
{
	struct rd_upload *upload = rd_upload_new(w->value->text, work_yes(w, ROUTE_list), w->kept);

	if (!upload)
		return work_failed(w, ROUTE_upload);
	if (w->server->mime)
		rd_upload_types(upload, w->server->mime);
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
	return rd_configure_wrong(w->server, w->section, ROUTE_redirect,
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

static const struct {
	enum rd_option option; /* of a route, that names the work */
	int (*make)(const struct want *w, struct rd_work *work);
} kinds[] = {
	{ ROUTE_files, work_files },
	{ ROUTE_upload, work_upload },
	{ ROUTE_redirect, work_redirect },
	{ ROUTE_text, work_text },
};

int rd_work_make(struct replyd *s, const struct rd_section *section, size_t kept,
		 struct rd_work *work)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct rd_value *value = rd_config_value(section, kinds[i].option);

		if (value->where.line)
			return kinds[i].make(&(struct want){ s, section, value, kept }, work);
	}
	return rd_configure_wrong(s, section, OPTION_COUNT, "nothing answers here");
}
