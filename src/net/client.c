/*
 * client - by what a client is known.
 * Never:   opens a socket.
 */
#include "net/client.h"

#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>
#include <string.h>

/* Prefixes of IPv6 that are given to nobody (RFC 4291 §2.4, 0000::/8). */
#define CLIENT_UNIX UINT64_C(1)
#define CLIENT_IPV4 (UINT64_C(1) << 32)

static uint64_t client_ipv4(const void *address)
{
	uint32_t number;

	memcpy(&number, address, sizeof(number));
	return CLIENT_IPV4 | be32toh(number);
}

uint64_t rd_client_of(const struct rd_sockaddr *peer)
{
	const struct in6_addr *in6 = &peer->in6.sin6_addr;
	uint64_t prefix;

	if (peer->sa.sa_family == AF_INET)
		return client_ipv4(&peer->in.sin_addr);
	if (peer->sa.sa_family != AF_INET6)
		return CLIENT_UNIX;
	if (IN6_IS_ADDR_V4MAPPED(in6))
		return client_ipv4(&in6->s6_addr[12]);
	memcpy(&prefix, in6->s6_addr, sizeof(prefix));
	return be64toh(prefix);
}

char *rd_client_format(uint64_t client, char buf[RD_CLIENT_TEXT])
{
	uint64_t prefix[2] = { htobe64(client), 0 };
	uint32_t ipv4 = htobe32((uint32_t)client);
	char text[INET6_ADDRSTRLEN];

	if (client == CLIENT_UNIX)
		snprintf(buf, RD_CLIENT_TEXT, "unix");
	else if (client >> 32 == CLIENT_IPV4 >> 32)
		snprintf(buf, RD_CLIENT_TEXT, "%s", inet_ntop(AF_INET, &ipv4, text, sizeof(text)));
	else
		snprintf(buf, RD_CLIENT_TEXT, "%s/64",
			 inet_ntop(AF_INET6, prefix, text, sizeof(text)));
	return buf;
}
