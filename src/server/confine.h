/*
 * confine - the program gives up what it needs no more, between its sockets and its threads.
 */
#ifndef RD_SERVER_CONFINE_H
#define RD_SERVER_CONFINE_H

#include "guard/privileges.h"
#include "server/sandbox.h"

struct replyd;

struct rd_confine {
	bool wanted;		  /* a program that embeds the server is left as it is */
	const char *user, *group; /* of the command line, which counts more than the file */
	struct rd_identity who;
	bool (*helper)(void); /* makes a process that may more than this one will; or NULL */
	struct rd_sandbox sandbox;
};

/* Before anything is named that is to be served. The texts live as long as the server. */
void rd_confine_want(struct replyd *server, const char *user, const char *group);

/* When all is said that is to be served: finds what was named. 0, or -1 with the fault. */
int rd_confine_plan(struct replyd *server);

/* Before anything is opened. -1 with the fault: it would serve as root, and nobody said so. */
int rd_confine_may(struct replyd *server);

/* All that needs a right is open, and there are no threads. 0, or -1 with the fault. */
int rd_confine(struct replyd *server);

/* In a child of this process, which executes another program to serve in its place. */
void rd_confine_hand_down(void);

#endif
