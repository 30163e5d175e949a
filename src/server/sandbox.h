/*
 * sandbox - what the server may reach once it serves: its files, the system calls that it makes, no
 * memory that becomes executable. What a part needs of the kernel it may lack; it can be required.
 */
#ifndef RD_SERVER_SANDBOX_H
#define RD_SERVER_SANDBOX_H

#include "guard/filter.h"
#include "guard/landlock.h"

struct replyd;
struct rd_setup;

enum rd_sandbox_part { SANDBOX_FILES, SANDBOX_CALLS, SANDBOX_MEMORY, SANDBOX_PARTS };

/* A path without links, and what may be done below it. */
struct rd_sandbox_path {
	char *path;
	unsigned uses;
};

struct rd_sandbox {
	bool on[SANDBOX_PARTS];
	const char *directory, *pid_file, *log_file; /* of the command line; or NULL */
	bool syslog;				     /* where the log goes */
	struct rd_sandbox_path *path;		     /* [paths] */
	size_t paths;
	struct rd_landlock landlock;
	struct rd_filter filter;
	bool connects; /* to application servers */
	bool entered;
};

/* Decides on the parts. 0, or -1 with the fault: one that is required cannot be had. */
int rd_sandbox_plan(struct replyd *server);

/* Prints a line for each part: whether it is on, or why not. */
void rd_sandbox_report(const struct replyd *server);

/* Looks up what is to be reached, by the rights that there still are. 0, or -1 with the fault. */
int rd_sandbox_prepare(struct replyd *server);

/* For good; before there are threads of the server's. 0, or -1 with the fault. */
int rd_sandbox_enter(struct replyd *server);

/* What a configuration that is read anew needs can be had. 0, or -1 with its fault. */
int rd_sandbox_covers(const struct replyd *server, struct rd_setup *next);

/* At the end of all. */
void rd_sandbox_free(struct rd_sandbox *sandbox);

#endif
