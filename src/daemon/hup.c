/*
 * hup - SIGHUP: the configuration is read anew.
 * Thread:  one of its own, which waits for the signal, and may wait for files.
 */
#include "daemon/hup.h"

#include "base/must.h"
#include "daemon/upgrade.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

static pthread_t thread;
static bool blocked, started;
static _Atomic bool stopping;

static sigset_t hup_set(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	return set;
}

void rd_hup_block(void)
{
	sigset_t set = hup_set();

	PTH(pthread_sigmask(SIG_BLOCK, &set, NULL));
	blocked = true;
}

static void *hup_main(void *server)
{
	sigset_t set = hup_set();
	int number;

	for (;;) {
		PTH(sigwait(&set, &number));
		if (atomic_load(&stopping))
			return NULL;
		if (replyd_reload(server, NULL, 0) != 0)
			rd_upgrade_pass(SIGHUP); /* which serves, if there is one */
	}
}

bool rd_hup_start(struct replyd *server)
{
	sigset_t all, before;
	int error;

	if (!blocked)
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
	PTH(pthread_kill(thread, SIGHUP));
	PTH(pthread_join(thread, NULL));
	started = false;
}
