/*
 * heritage - descriptors that were open before the server: of who started it, or of the server
 * before this one.
 */
#ifndef RD_SERVER_HERITAGE_H
#define RD_SERVER_HERITAGE_H

#include "flow/acceptor.h"
#include "server/fault.h"

enum {
	RD_HEIRLOOMS = 2 * RD_SERVICES + 112, /* listening sockets, at most: clients' and control */
	RD_HERITAGE_NAME = 256,
};

struct rd_heirloom {
	int fd;		/* -1: a listener has it */
	bool lent;	/* its giver has it too, and the name of a Unix socket is the giver's */
	bool free_port; /* it was asked for by port 0 */
	char name[RD_HERITAGE_NAME]; /* that it was given with */
	struct rd_sockaddr at;
};

struct rd_heritage {
	struct rd_heirloom listening[RD_HEIRLOOMS];
	size_t count;
	struct rd_given *conn; /* [conns]: clients, the acceptor's once it runs */
	size_t conns;
	bool shared;  /* the server before this one serves yet: all is lent until it hands over */
	bool unknown; /* nothing is given yet: it is only asked whether all would be right */
};

/*
 * Before anything is named: takes fd, which listens, or is connected to a client that is between
 * two requests. A listener is used where its address, or "systemd:NAME", is named. False with
 * errno, and it is closed, where it is of no use: ENOTSOCK, EPROTOTYPE (no stream), EMFILE (too
 * many).
 */
bool rd_heritage_add(struct rd_heritage *h, int fd, const char *name, bool lent);

/* What the server before this one asked for by port 0 has this name. */
#define RD_HERITAGE_FREE "replyd-free"
#define RD_HERITAGE_OWN	 "replyd-own"

/*
 * The addresses, each once, of those with that name, taken or not, at most `max`; how many. One if
 * unknown.
 */
int rd_heritage_find(const struct rd_heritage *h, const char *name, struct rd_sockaddr *list,
		     int max);

/*
 * The listener has one more with its address from now on; port 0 is that of one that was asked for
 * so. False: there is none.
 */
bool rd_heritage_take(struct rd_heritage *h, struct rd_listener *l);

/*
 * With all listeners open: closes what nobody took. -1 with the fault where that was lent: its
 * giver would send clients to nobody.
 */
int rd_heritage_settle(struct rd_heritage *h, struct rd_fault *fault);

/* Has the clients served by that of the listeners [n] that they came by; closes the others. */
void rd_heritage_serve(struct rd_heritage *h, const struct rd_listener *l, size_t n);

/* The name that the one with this address was lent with; NULL: it was not. */
const char *rd_heritage_lender(const struct rd_heritage *h, const struct rd_sockaddr *at);

/* The server before this one has handed over: of the listeners [n] only the lent are lent. */
void rd_heritage_own(const struct rd_heritage *h, struct rd_listener *l, size_t n);

void rd_heritage_free(struct rd_heritage *h);

#endif
