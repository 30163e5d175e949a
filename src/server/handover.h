/*
 * handover - the listeners of a server that serves go to another process, which serves on.
 */
#ifndef RD_SERVER_HANDOVER_H
#define RD_SERVER_HANDOVER_H

#include "server/open.h"

struct replyd;

enum {
	RD_HANDOVER_LISTENERS = RD_SOCKETS + RD_LISTENERS
}; /* the clients' and the control lane's */

struct rd_handover {
	int fd[RD_HANDOVER_LISTENERS]; /* copies, close-on-exec */
	size_t count;
	char *names; /* of them, as LISTEN_FDNAMES has them */
	unsigned generation;
	uint64_t ready_us; /* that the other process may take */
};

/* Copies what is listened on now; any thread that may wait. False with errno. */
bool rd_handover_take(struct replyd *server, struct rd_handover *h);

void rd_handover_free(struct rd_handover *h);

enum rd_handover_end {
	RD_HANDOVER_DONE,
	RD_HANDOVER_CHANGED,  /* a reload came between: the other may have read what was before */
	RD_HANDOVER_STOPPING, /* the server ends */
	RD_HANDOVER_REFUSED,  /* commit said no */
};

/*
 * Has the server end, when commit says that the other process serves from now on: no connection is
 * accepted any more, each reply is the last on its connection, and who has asked nothing yet is
 * waited for, as long as a drain may take. No reload comes between that and the commit.
 */
enum rd_handover_end rd_handover_give(struct replyd *server, const struct rd_handover *h,
				      bool (*commit)(void *arg), void *arg);

/* Whether it ends, and has not handed over. */
bool rd_handover_stopping(struct replyd *server);

/* The server before this one has handed over to it: the names of Unix sockets are its own. */
void rd_handover_accept(struct replyd *server);

#endif
