/*
 * thread - a thread that no signal interrupts.
 */
#ifndef RD_BASE_THREAD_H
#define RD_BASE_THREAD_H

#include <pthread.h>

/* `stack` bytes of it; 0: as many as the system gives. 0, or an error number. */
int rd_thread_start(pthread_t *thread, size_t stack, void *(*run)(void *arg), void *arg);

#endif
