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

/* Any thread. What the kernel does not tell is 0. */
void rd_process_look(struct rd_process *p);

#endif
