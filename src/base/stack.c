/*
 * stack - where another thread of this program is, for the log.
 * Thread:  stack_answer is the asked one's, in the middle of anything.
 * Never:   looks a name up, or writes, in the signal handler.
 */
#include "base/stack.h"

#include "base/log.h"
#include "base/must.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>

enum { OWN = 2 }; /* frames: stack_answer, and what the kernel returns by */

static _Thread_local struct rd_stack *own;

static void stack_answer(int signal)
{
	struct rd_stack *s = own;
	int saved = errno;

	(void)signal;
	if (s && atomic_load_explicit(&s->depth, memory_order_relaxed) == 0)
		atomic_store_explicit(&s->depth, backtrace(s->at, RD_STACK_FRAMES),
				      memory_order_release);
	errno = saved;
}

bool rd_stack_prepare(int signal)
{
	struct sigaction action = { .sa_handler = stack_answer, .sa_flags = SA_RESTART };
	void *at[1];

	(void)backtrace(at, 1); /* loads what it needs, which a signal handler may not */
	return sigaction(signal, &action, NULL) == 0;
}

void rd_stack_own(struct rd_stack *stack, int signal)
{
	sigset_t one;

	own = stack;
	if (signal == 0)
		return;
	sigemptyset(&one);
	sigaddset(&one, signal);
	PTH(pthread_sigmask(SIG_UNBLOCK, &one, NULL));
}

void rd_stack_ask(struct rd_stack *stack, pthread_t thread, int signal)
{
	atomic_store_explicit(&stack->depth, 0, memory_order_release);
	PTH(pthread_kill(thread, signal));
}

bool rd_stack_log(const struct rd_stack *stack)
{
	int depth = atomic_load_explicit(&stack->depth, memory_order_acquire);

	for (int i = OWN; i < depth; i++) {
		Dl_info info = { 0 };
		uintptr_t at =
			(uintptr_t)stack->at[i] - (i > OWN); /* the call, not what follows it */

		if (!dladdr((void *)at, &info) || !info.dli_fname)
			rd_log("  %#lx", (unsigned long)at);
		else
			rd_log("  %s+%#lx%s%s", info.dli_fname,
			       (unsigned long)(at - (uintptr_t)info.dli_fbase),
			       info.dli_sname ? " " : "", info.dli_sname ? info.dli_sname : "");
	}
	return depth > 0;
}
