/*
 * listener - a listening socket and what is served on it.
 */
#ifndef RD_FLOW_LISTENER_H
#define RD_FLOW_LISTENER_H

#include "flow/protocol.h"
#include "flow/service.h"
#include "net/address.h"

#include <stdbool.h>
#include <stddef.h>

struct rd_access; /* codec/network.h */
struct rd_networks;

enum { RD_MAINS = 64 }; /* threads that accept, at most */

struct rd_listener {
	int fd[RD_MAINS]; /* [sockets], each with a backlog of its own; -1: closed */
	unsigned sockets;
	int from; /* it will be that of another, which is the one at this place; -1: of none */
	const struct rd_protocol *protocol;
	struct rd_limits_config limits;	     /* by address; a Unix socket has none */
	const struct rd_networks *balancers; /* who say whose connections theirs are; NULL: none */
	uint64_t whose_us;		     /* in which they have said so */
	const struct rd_access *access;	     /* who may come in; NULL: anyone */
	const void *serves; /* what the protocol serves with, in the generation it is made for */
	struct rd_service *service;		/* a user of it, once it is open */
	uint64_t socket_us, bind_us, listen_us; /* monotonic: when that was done; 0: by others */
	struct rd_sockaddr asked;
	struct rd_sockaddr bound; /* once open, with the port that the kernel chose */
	bool timed;		  /* the kernel says when what a client sends has come */
	bool reuseport;		  /* others may listen there too, and the kernel shares out */
	bool shared;		  /* it has several sockets, and so the kernel does */
	bool passed;		  /* its sockets were open before the server */
	bool private;		  /* a Unix socket that only its owner may connect to */
	bool lent;		  /* somebody else has it too: a Unix socket's name is his */
	bool follows;		  /* another address of the same name as the one before */
};

/*
 * socket, bind, listen: its first socket. False when it cannot be had: errno says why, and *step
 * names the call. A Unix socket whose server is gone is replaced; one that answers is EADDRINUSE.
 */
bool rd_listener_open(struct rd_listener *l, const struct rd_sockaddr *at, const char **step);

/* One more socket at `bound`, of a listener that is shared. False as above. */
bool rd_listener_open_more(struct rd_listener *l, const char **step);

/* Has it listen by `fd` too, which does so already, at `bound`. */
void rd_listener_adopt(struct rd_listener *l, int fd);

/* Takes over a socket of another, whose protocol may have been another. */
void rd_listener_inherit(struct rd_listener *l, struct rd_listener *was, unsigned socket);

/* The descriptor of who came next to a socket, and from where; -1 with errno: none came. */
int rd_listener_accept(int fd, struct rd_sockaddr *peer);

/* Connections that the kernel has completed and nobody has accepted yet, and how many may be. */
struct rd_backlog {
	unsigned length, limit;
};

/* Of all sockets. False: they are closed, or the kernel does not say, as of a Unix socket. */
bool rd_listener_backlog(const struct rd_listener *l, struct rd_backlog *backlog);

/* Accepts no more; a Unix socket loses its name, unless that is `lent` to somebody who stays. */
void rd_listener_close_socket(struct rd_listener *l, unsigned socket, bool lent);
/* All that are open; then it has none. */
void rd_listener_close(struct rd_listener *l, bool lent);

#endif
