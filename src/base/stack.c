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
#include <string.h>
#include <unistd.h>

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

/* A module is loaded from a copy, by its descriptor: the name that the copy was given. */
static const char *stack_file(const char *name, char *to, size_t size)
{
	static const char by_fd[] = "/proc/self/fd/", copy[] = "/memfd:";
	size_t skip = sizeof(copy) - 1;
	char *deleted;
	ssize_t n;

	if (strncmp(name, by_fd, sizeof(by_fd) - 1) != 0)
		return name;
	n = readlink(name, to, size - 1);
	if (n < 0)
		return name;
	to[n] = '\0';
	if (strncmp(to, copy, skip) != 0)
		return to;
	deleted = strstr(to, " (deleted)");
	if (deleted)
		*deleted = '\0';
	return to + skip;
}

bool rd_stack_log(const struct rd_stack *stack)
{
	char copied[256];
	int depth = atomic_load_explicit(&stack->depth, memory_order_acquire);

	for (int i = OWN; i < depth; i++) {
		Dl_info info = { 0 };
		uintptr_t at =
			(uintptr_t)stack->at[i] - (i > OWN); /* the call, not what follows it */

		if (!dladdr((void *)at, &info) || !info.dli_fname)
			rd_log("  %#lx", (unsigned long)at);
		else
			rd_log("  %s+%#lx%s%s", stack_file(info.dli_fname, copied, sizeof(copied)),
			       (unsigned long)(at - (uintptr_t)info.dli_fbase),
			       info.dli_sname ? " " : "", info.dli_sname ? info.dli_sname : "");
	}
	return depth > 0;
}
