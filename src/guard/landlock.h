/*
 * landlock - which files this process may still have, by the kernel's Landlock.
 */
#ifndef RD_GUARD_LANDLOCK_H
#define RD_GUARD_LANDLOCK_H

#include <stdbool.h>

/* What may be done with a directory and all below it, or with a file. */
enum rd_landlock_use {
	RD_MAY_READ = 1,
	RD_MAY_WRITE = 2,  /* read, make, change, rename and remove files */
	RD_MAY_SPOOL = 8,  /* make files without a name, and use them */
	RD_MAY_LISTEN = 4, /* make Unix sockets, remove files */
};

/* The kernel's version of it; 0 where it has none that this needs. */
int rd_landlock_version(void);

struct rd_landlock {
	int version, fd;
};

/* For all: false with errno. */
/* Without `connects`, and where the kernel can say so, there is no TCP connection to others. */
bool rd_landlock_begin(struct rd_landlock *l, bool connects);
bool rd_landlock_allow(const struct rd_landlock *l, const char *path, unsigned uses);

/* From here on this thread, and those that it starts, have nothing but what was allowed. */
bool rd_landlock_enforce(const struct rd_landlock *l);

void rd_landlock_end(struct rd_landlock *l);

#endif
