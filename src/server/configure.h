/*
 * configure - what a configuration makes of a server.
 */
#ifndef RD_SERVER_CONFIGURE_H
#define RD_SERVER_CONFIGURE_H

#include "config/config.h"

struct replyd;
struct rd_host;

/* For both: 0, or -1 with server->error, which names the line. */

/* Adds the routes and pages that `section`, the file or a host in it, says. */
int rd_routes_add(struct replyd *server, struct rd_host *host, const struct rd_section *section,
		  size_t kept);

/* Keeps what is wrong with an option's value, or with the section for OPTION_COUNT; -1. */
int rd_configure_wrong(struct replyd *server, const struct rd_section *section,
		       enum rd_option option, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
