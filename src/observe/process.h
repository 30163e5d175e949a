/*
 * process - what the kernel says of this process.
 */
#ifndef RD_OBSERVE_PROCESS_H
#define RD_OBSERVE_PROCESS_H

#include <stdint.h>

struct rd_process {
	uint64_t resident, address_space; /* bytes of memory */
	uint64_t descriptors, descriptors_max;
	uint64_t threads;
	uint64_t cpu_us; /* in all threads, since the start */
};

/* What all threads have spent since the start. */
struct rd_process_spent {
	uint64_t cpu_us;
	uint64_t
		waits; /* times that one gave its processor up, to wait; but for the caller's own */
};

/* Any thread. What the kernel does not tell is 0. */
void rd_process_look(struct rd_process *p);
/* The same, in a few microseconds. */
void rd_process_spent(struct rd_process_spent *spent);

#endif
