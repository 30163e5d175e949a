/*
 * admit - who comes in by a listener: whose connection it is, where a balancer passes on those of
 * others, and whether he may.
 */
#ifndef RD_GUARD_ADMIT_H
#define RD_GUARD_ADMIT_H

#include "net/address.h"
#include "net/transport.h"

#include <stdbool.h>

struct rd_networks; /* codec/network.h */
struct rd_access;

/* Whether a header is demanded of that peer, and then believed. */
bool rd_admit_believes(const struct rd_networks *balancers, const struct rd_sockaddr *peer);

bool rd_admit_may(const struct rd_access *access, const struct rd_sockaddr *client);

enum rd_whose {
	WHOSE_IS_TO_COME, /* the header is not complete */
	WHOSE_CLIENT,	  /* that of *client: the transport knows it too */
	WHOSE_BALANCER,	  /* the balancer's own, or it cannot say whose */
	WHOSE_WRONG,	  /* there is no header */
	WHOSE_GONE,	  /* the balancer has left, and said nothing */
	WHOSE_NO_MEMORY,
};

/* Looks for the header of the PROXY protocol, and takes it off; not a byte more. Never waits. */
enum rd_whose rd_admit_read(struct rd_transport *t, struct rd_sockaddr *client);

#endif
