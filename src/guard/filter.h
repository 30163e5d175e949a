/*
 * filter - which system calls this process may still make, by the kernel's seccomp.
 */
#ifndef RD_GUARD_FILTER_H
#define RD_GUARD_FILTER_H

#include <stdbool.h>
#include <stddef.h>

struct rd_filter {
	bool calls;   /* those of tbl/call.h alone */
	bool memory;  /* nothing that can be written becomes executable ... */
	bool modules; /* ... but what is mapped from a file, for modules that are loaded later */
	bool connect; /* with calls: out to others */
};

/* NULL, or why there is none. */
const char *rd_filter_lacks(void);

/* For good, and for all threads. False with errno. */
bool rd_filter_load(const struct rd_filter *filter);

#endif
