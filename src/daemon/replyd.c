/*
 * replyd - the program: options, signals, the ready line.
 * Thread:  main.
 */
#include "base/log.h"
#include "daemon/background.h"
#include "daemon/hup.h"
#include "daemon/manager.h"
#include "daemon/options.h"
#include "daemon/passed.h"
#include "daemon/pidfile.h"
#include "daemon/upgrade.h"
#include "replyd.h"
#include "server/server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct replyd *server;

/* The first asks for a drain; the second is not to wait for it. */
static void program_stop(int signal)
{
	static volatile sig_atomic_t asked;

	(void)signal;
	if (asked)
		_exit(1);
	asked = 1;
	replyd_drain(server);
}

static void program_signals(void)
{
	struct sigaction stop = { .sa_handler = program_stop };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

/* Connections need descriptors: as many as this process is allowed. */
static void program_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		rd_log("cannot raise the limit of open files"); /* it serves with the one it has */
}

/* Standard error is the journal's: so systemd.exec(5) has a program find out. */
static bool program_in_journal(void)
{
	const char *said = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat is;

	return said && sscanf(said, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &is) == 0 && is.st_dev == device && is.st_ino == inode;
}

static bool program_ready(void)
{
	char addresses[4096];

	rd_server_urls(server, addresses, sizeof(addresses));
	printf("replyd: ready on%s\n", addresses);
	fflush(stdout);
	rd_log_to_file();
	return rd_background_ready();
}

static int program_serve(void)
{
	char signal[16];
	long cut;

	/* Here no one else uses it: the stack of a late handler goes to the log. */
	snprintf(signal, sizeof(signal), "%d", SIGRTMIN + 6);
	rd_upgrade_prepare(server);
	if (!rd_manager_prepare(server)) {
		rd_log_error("%s", strerror(errno));
		return EXIT_FAILURE;
	}
	if (replyd_set(server, "stack_signal", signal) != 0 || replyd_open(server) != 0) {
		rd_log_error("%s", replyd_error(server));
		return EXIT_FAILURE;
	}
	if (!rd_upgrade_ready(server)) {
		rd_log_error(
			"upgrade: not taken over: the server before this one serves on, or stops");
		return EXIT_FAILURE;
	}
	if (!rd_hup_start(server) || !rd_manager_start(server) || !rd_upgrade_start(server)) {
		rd_log_error("cannot start a thread: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	if (!program_ready()) {
		rd_log_error("cannot leave the terminal: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	cut = replyd_serve(server);
	rd_hup_stop();
	rd_upgrade_stop();
	rd_manager_stop(server);
	if (cut < 0) {
		rd_log_error("%s", replyd_error(server));
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	int status;

	if (program_in_journal())
		rd_log_to_journal();
	server = replyd_new();
	if (!server || !rd_upgrade_begin(argc, argv)) {
		rd_log_error("no memory");
		return EXIT_FAILURE;
	}
	program_descriptors();
	rd_passed_inherit(server, rd_upgrade_succeeds());
	status = rd_options_apply(argc, argv, server);
	if (status < 0) {
		program_signals();
		status = program_serve();
	}
	replyd_free(server);
	rd_upgrade_free();
	rd_pidfile_drop();
	rd_background_tell(status);
	return status;
}
