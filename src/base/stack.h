/*
 * stack - where another thread of this program is, for the log. It is asked by a signal; SA_RESTART
 * lets most system calls go on after it (signal(7) names those that end with EINTR).
 */
#ifndef RD_BASE_STACK_H
#define RD_BASE_STACK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { RD_STACK_FRAMES = 48 };

struct rd_stack {
	void *at[RD_STACK_FRAMES];
	_Atomic int depth; /* 0: it has not answered */
};

/* Takes the signal for this, in the whole program. False with errno. */
bool rd_stack_prepare(int signal);

/* This thread answers the signal (0: none) into *stack from now on. */
void rd_stack_own(struct rd_stack *stack, int signal);

/* Of a thread that is not joined. */
void rd_stack_ask(struct rd_stack *stack, pthread_t thread, int signal);

/* Writes it to the log, a line a frame. False: it has not answered. */
bool rd_stack_log(const struct rd_stack *stack);

#endif
