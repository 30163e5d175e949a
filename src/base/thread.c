/*
 * thread - a thread that no signal interrupts: signals are the program's other threads'.
 * Thread:  any.
 */
#include "base/thread.h"

#include "base/must.h"

#include <signal.h>

int rd_thread_start(pthread_t *thread, size_t stack, void *(*run)(void *arg), void *arg)
{
	sigset_t all, before;
	pthread_attr_t attr;
	int error;

	PTH(pthread_attr_init(&attr));
	if (stack)
		PTH(pthread_attr_setstacksize(&attr, stack));
	sigfillset(&all);
	PTH(pthread_sigmask(SIG_SETMASK, &all, &before));
	error = pthread_create(thread, &attr, run, arg);
	PTH(pthread_sigmask(SIG_SETMASK, &before, NULL));
	PTH(pthread_attr_destroy(&attr));
	return error;
}
