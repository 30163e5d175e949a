/*
 * hup - SIGHUP: the configuration is read anew. SIGUSR1: the logs are opened anew.
 * Thread:  one of its own, which waits for the signal, and may wait for files.
 */
#include "daemon/hup.h"

#include "base/log.h"
#include "base/must.h"
#include "daemon/upgrade.h"
#include "server/server.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

static pthread_t thread;
static sigset_t kept;
static int last; /* of those; 0: there is none */
static bool started;
static _Atomic bool stopping;

void rd_hup_keep(int number)
{
	if (!last)
		sigemptyset(&kept);
	sigaddset(&kept, number);
	last = number;
	PTH(pthread_sigmask(SIG_BLOCK, &kept, NULL));
}

static void hup_reopen(struct replyd *server)
{
	if (rd_log_fd() >= 0)
		rd_log_reopen();
	rd_logging_reopen(server);
}

static void *hup_main(void *server)
{
	int number;

	for (;;) {
		PTH(sigwait(&kept, &number));
		if (atomic_load(&stopping))
			return NULL;
		if (number == SIGUSR1)
			hup_reopen(server);
		else if (replyd_reload(server, NULL, 0) != 0)
			rd_upgrade_pass(SIGHUP); /* which serves, if there is one */
	}
}

bool rd_hup_start(struct replyd *server)
{
	sigset_t all, before;
	int error;

	if (!last)
		return true;
	sigfillset(&all);
	PTH(pthread_sigmask(SIG_SETMASK, &all, &before));
	error = pthread_create(&thread, NULL, hup_main, server);
	PTH(pthread_sigmask(SIG_SETMASK, &before, NULL));
	started = error == 0;
	errno = error;
	return started;
}

void rd_hup_stop(void)
{
	if (!started)
		return;
	atomic_store(&stopping, true);
	PTH(pthread_kill(thread, last));
	PTH(pthread_join(thread, NULL));
	started = false;
}
