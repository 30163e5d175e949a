/*
 * configure - what a configuration makes of a server.
 */
#ifndef RD_SERVER_CONFIGURE_H
#define RD_SERVER_CONFIGURE_H

#include "config/config.h"

struct rd_access; /* codec/network.h */
struct rd_setup;
struct rd_host;

/* For all: 0, or -1 with the fault, which names the line. */

/* Reads a file for a setup that is empty ... */
int rd_configure_read(struct rd_setup *setup, const char *file);
/* ... and adds all that it says. */
int rd_configure(struct rd_setup *setup);

/* The log has each number that another setup has changed, and that a reload leaves as it is. */
void rd_configure_kept(const struct rd_setup *was, const struct rd_setup *next);

/* Who may come in, as the section `access` of a listen or a route says; NULL: it says nothing. */
int rd_configure_access(struct rd_setup *setup, const struct rd_section *section,
			const struct rd_access **access);

/* Adds the routes and pages that `section`, the file or a host in it, says. */
int rd_routes_add(struct rd_setup *setup, struct rd_host *host, const struct rd_section *section,
		  size_t kept);

/* Keeps what is wrong with an option's value, or with the section for OPTION_COUNT; -1. */
int rd_configure_wrong(struct rd_setup *setup, const struct rd_section *section,
		       enum rd_option option, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
