/*
 * options - what the command line of replyd asks for.
 * Thread:  main, before anything is started.
 */
#include "config.h"

#include "daemon/options.h"

#include "base/log.h"
#include "base/tty.h"
#include "daemon/background.h"
#include "daemon/hup.h"
#include "daemon/pidfile.h"
#include "daemon/upgrade.h"
#include "net/address.h"
#include "server/confine.h"
#include "server/server.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	int letter;
	const char *word, *argument, *text;
} rows[] = {
#define OPTION(letter, word, argument, text) { letter, word, argument, text },
#include "tbl/option.h"
#undef OPTION
};

enum { ROWS = sizeof(rows) / sizeof(*rows), GO_ON = -1 };

static int options_help(void)
{
	puts("Usage: replyd [OPTION]... [DIRECTORY]\n"
	     "Serves the files of DIRECTORY (default: the current one) over HTTP.\n");
	for (int i = 0; i < ROWS; i++)
		printf("  -%c, --%s%s%s\n          %s\n", rows[i].letter, rows[i].word,
		       rows[i].argument ? " " : "", rows[i].argument ? rows[i].argument : "",
		       rows[i].text);
	puts("\nSIGTERM and SIGINT stop it when what is in flight is done; a second one at once.\n"
	     "Exit status: 0 stopped, 1 could not serve, 2 wrong usage.");
	return 0;
}

static int options_version(void)
{
	puts("replyd " PACKAGE_VERSION);
	return 0;
}

static int options_set(struct replyd *server, const char *name, const char *value)
{
	if (replyd_set(server, name, value) == 0)
		return GO_ON;
	rd_log_error("--%s", replyd_error(server));
	return 2;
}

struct addresses {
	const char **text;
	int count;
};

struct wanted {
	enum replyd_protocol protocol;
	bool list;
	struct addresses listen, control;
	const char *config;	     /* a file that says all this */
	bool test;		     /* that it is right, and no more */
	const char *workers, *queue; /* said here, whatever the file says ... */
	const char *user, *group;    /* ... and so these */
	bool background, trace;
	const char *pid_file, *log, *access_log;
};

static int options_address(const char *option, const char *text, struct addresses *to,
			   bool (*parse)(const char *, struct rd_address *, const char **))
{
	struct rd_address address;
	const char *why;

	if (!parse(text, &address, &why)) {
		rd_log_error("--%s '%s': %s", option, text, why);
		return 2;
	}
	to->text[to->count++] = text;
	return GO_ON;
}

static int options_one(int letter, struct replyd *server, struct wanted *w)
{
	switch (letter) {
	case 'l':
		return options_address("listen", optarg, &w->listen, rd_address_parse_listen);
	case 'C':
		return options_address("control", optarg, &w->control, rd_address_parse);
	case 'c':
		w->config = optarg;
		return GO_ON;
	case 't':
		w->test = true;
		return GO_ON;
	case 'w':
		w->workers = optarg;
		return options_set(server, "workers", optarg);
	case 'q':
		w->queue = optarg;
		return options_set(server, "queue", optarg);
	case 'L':
		w->protocol = REPLYD_LINE;
		return GO_ON;
	case 'I':
		w->list = true;
		return GO_ON;
	case 'u':
		w->user = optarg;
		return GO_ON;
	case 'g':
		w->group = optarg;
		return GO_ON;
	case 'd':
		w->background = true;
		return GO_ON;
	case 'p':
		w->pid_file = optarg;
		return GO_ON;
	case 'o':
		w->log = optarg;
		return GO_ON;
	case 'v':
		if (rd_log_set_level(optarg))
			return GO_ON;
		rd_log_error("--log-level '%s': it is error, warning or note", optarg);
		return 2;
	case 'a':
		w->access_log = strcmp(optarg, "-") == 0 ? "stdout" : optarg;
		return GO_ON;
	case 'T':
		rd_trace_print(server, STDERR_FILENO, rd_tty_colour(STDERR_FILENO));
		w->trace = true;
		return GO_ON;
	case 'h':
		return options_help();
	case 'V':
		return options_version();
	default: /* getopt has said what is wrong */
		return 2;
	}
}

static int options_check(int operands, char **operand, const struct wanted *w)
{
	if (operands > 1)
		rd_log_error("more than one DIRECTORY: '%s'", operand[1]);
	else if (w->protocol == REPLYD_LINE && (operands > 0 || w->list))
		rd_log_error("--line serves no files: it takes no DIRECTORY and no --list");
	else if (w->config &&
		 (operands > 0 || w->listen.count || w->list || w->protocol == REPLYD_LINE))
		rd_log_error(
			"--config says what is served and where: it takes no DIRECTORY, --listen, "
			"--line and --list");
	else if (w->background &&
		 (w->trace || (w->access_log && strcmp(w->access_log, "stdout") == 0)))
		rd_log_error("--daemon leaves standard output and standard error: it takes no "
			     "--trace, and a file for --access-log");
	else if (w->test && !w->config)
		rd_log_error("--test needs --config FILE");
	else
		return GO_ON;
	return 2;
}

static int options_read(int argc, char **argv, struct replyd *server, struct wanted *w)
{
	static char name[] = "replyd";
	struct option longs[ROWS + 1] = { 0 };
	char shorts[2 * ROWS + 1] = "";
	int letter, status = GO_ON;
	size_t n = 0;

	argv[0] = name; /* what getopt's messages begin with */
	for (int i = 0; i < ROWS; i++) {
		longs[i] = (struct option){
			.name = rows[i].word,
			.has_arg = rows[i].argument ? required_argument : no_argument,
			.val = rows[i].letter,
		};
		shorts[n++] = (char)rows[i].letter;
		if (rows[i].argument)
			shorts[n++] = ':';
	}
	while (status == GO_ON && (letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1)
		status = options_one(letter, server, w);
	return status == GO_ON ? options_check(argc - optind, argv + optind, w) : status;
}

static int options_configure(struct replyd *server, const struct wanted *w)
{
	rd_hup_keep(SIGHUP);
	if (w->test)
		server->heritage.unknown = true;
	if (replyd_configure(server, w->config) != 0) {
		rd_log_error("%s", replyd_error(server));
		return 1;
	}
	if (w->workers)
		options_set(server, "workers", w->workers);
	if (w->queue)
		options_set(server, "queue", w->queue);
	return GO_ON;
}

/* Whom it becomes, and the end of a test. */
static int options_confine(struct replyd *server, const struct wanted *w)
{
	if (rd_confine_plan(server) != 0) {
		rd_log_error("%s", replyd_error(server));
		return 1;
	}
	if (!w->test)
		return GO_ON;
	printf("%s: ok\n", w->config);
	rd_sandbox_report(server);
	return 0;
}

static int options_serve(struct replyd *server, const struct wanted *w, const char *directory)
{
	static const char *standard[] = { "localhost:8080" };
	const char **addresses = w->listen.count ? w->listen.text : standard;
	int count = w->listen.count ? w->listen.count : 1;
	int failed = w->protocol == REPLYD_LINE ? replyd_echo(server)
						: replyd_files(server, "/", directory, w->list);

	if (w->protocol != REPLYD_LINE)
		server->confine.sandbox.directory = directory;
	for (int i = 0; !failed && i < count; i++)
		failed = replyd_listen(server, addresses[i], w->protocol);
	if (!failed)
		return GO_ON;
	rd_log_error("%s", replyd_error(server));
	return 1;
}

static int options_control(struct replyd *server, const struct wanted *w)
{
	for (int i = 0; i < w->control.count; i++) {
		if (replyd_control(server, w->control.text[i]) == 0)
			continue;
		rd_log_error("%s", replyd_error(server));
		return 1;
	}
	return GO_ON;
}

/* Before a configuration is read: what it loads may have threads, and those no fork takes along. */
static int options_process(const struct wanted *w)
{
	if (w->test)
		return GO_ON;
	if (w->log || w->access_log || w->config)
		rd_hup_keep(SIGUSR1);
	if (rd_upgrade_succeeds()) {
		if (w->log && rd_log_open(w->log))
			rd_log_to_file();
		else if (w->background)
			rd_log_to_syslog();
		if (w->pid_file)
			rd_pidfile_inherit(w->pid_file, rd_upgrade_pid_fd());
		return GO_ON;
	}
	if (w->background && !rd_background_enter()) {
		rd_log_error("cannot leave the terminal: %s", strerror(errno));
		return 1;
	}
	if (w->log && !rd_log_open(w->log)) {
		rd_log_error("--log %s: %s", w->log, strerror(errno));
		return 1;
	}
	return !w->pid_file || rd_pidfile_take(w->pid_file) ? GO_ON : 1;
}

static int options_apply(int argc, char **argv, struct replyd *server, struct wanted *w)
{
	int status = options_read(argc, argv, server, w);

	if (status == GO_ON)
		status = options_process(w);
	rd_confine_want(server, w->user, w->group);
	server->confine.sandbox.pid_file = w->pid_file;
	server->confine.sandbox.log_file = w->log;
	server->confine.sandbox.syslog = w->background && !w->log;
	server->logging.file = w->access_log;
	if (status == GO_ON && w->config)
		status = options_configure(server, w);
	else if (status == GO_ON)
		status = options_serve(server, w, optind < argc ? argv[optind] : ".");
	if (status == GO_ON)
		status = options_confine(server, w);
	if (status == GO_ON)
		status = options_control(server, w);
	if (status == 2)
		fputs("Try 'replyd --help'.\n", stderr);
	return status;
}

int rd_options_apply(int argc, char **argv, struct replyd *server)
{
	struct wanted w = {
		.listen.text = calloc((size_t)argc, sizeof(char *)),
		.control.text = calloc((size_t)argc, sizeof(char *)),
	};
	int status = 1;

	if (!w.listen.text || !w.control.text)
		rd_log_error("no memory");
	else
		status = options_apply(argc, argv, server, &w);
	free(w.listen.text);
	free(w.control.text);
	return status;
}
