/*
 * client - by what a client is known when something is shared among clients or limited for each:
 * IPv4 by the whole address, IPv6 by the first 64 bits, since a host has all the others; who comes
 * by a Unix socket is one client.
 */
#ifndef RD_NET_CLIENT_H
#define RD_NET_CLIENT_H

#include "net/address.h"

/* The client of that peer. Two of different kinds never have the same number. */
uint64_t rd_client_of(const struct rd_sockaddr *peer);

/* Whether that is all of its address. */
bool rd_client_whole(uint64_t client);

enum { RD_CLIENT_TEXT = 48 };

/* "192.0.2.1", "2001:db8::/64" or "unix"; returns buf. */
char *rd_client_format(uint64_t client, char buf[RD_CLIENT_TEXT]);

#endif
