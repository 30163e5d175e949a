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

struct rd_listener {
	int fd;	  /* -1: closed */
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
	bool private;		  /* a Unix socket that only its owner may connect to */
	bool lent;		  /* somebody else has it too: a Unix socket's name is his */
	bool follows;		  /* another address of the same name as the one before */
};

/*
 * socket, bind, listen. False when it cannot be had: errno says why, and *step names the call.
 * A Unix socket whose server is gone is replaced; one that answers is EADDRINUSE.
 */
bool rd_listener_open(struct rd_listener *l, const struct rd_sockaddr *at, const char **step);

/* Has it listen by `fd`, which does so already, at `bound`. */
void rd_listener_adopt(struct rd_listener *l, int fd);

/* Takes over the socket of another, whose protocol may have been another. */
void rd_listener_inherit(struct rd_listener *l, struct rd_listener *was);

/* The descriptor of who came next, and from where; -1 with errno: none came. */
int rd_listener_accept(const struct rd_listener *l, struct rd_sockaddr *peer);

/* Connections that the kernel has completed and nobody has accepted yet, and how many may be. */
struct rd_backlog {
	unsigned length, limit;
};

/* False: it is closed, or the kernel does not say, as of a Unix socket. */
bool rd_listener_backlog(const struct rd_listener *l, struct rd_backlog *backlog);

/* Accepts no more; a Unix socket loses its name, unless that is `lent` to somebody who stays. */
void rd_listener_close(struct rd_listener *l, bool lent);

#endif
