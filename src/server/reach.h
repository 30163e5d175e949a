/*
 * reach - which paths a configuration needs, and for what: those that it serves, keeps uploads and
 * bodies in, listens on, and is read from itself.
 */
#ifndef RD_SERVER_REACH_H
#define RD_SERVER_REACH_H

#include "config/config.h"

/* Who is told of each path: uses are of guard/landlock.h. 0, or -1 to end it. */
struct rd_reach {
	int (*path)(void *owner, const struct rd_section *section, enum rd_option option,
		    const char *path, unsigned uses);
	void *owner;
};

/* 0, or -1 where `to` said so. The option is OPTION_COUNT for the section's title or file. */
int rd_reach_walk(const struct rd_section *root, const struct rd_reach *to);

/* Of a file: the directory that it is in, since one that replaces it is another file. */
int rd_reach_beside(const struct rd_reach *to, const struct rd_section *section,
		    enum rd_option option, const char *file, unsigned uses);

#endif
