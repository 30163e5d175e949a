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

static bool client_is_ipv4(uint64_t client)
{
	return client >> 32 == CLIENT_IPV4 >> 32;
}

bool rd_client_whole(uint64_t client)
{
	return client == CLIENT_UNIX || client_is_ipv4(client);
}

/* Each line of an access log has one: inet_ntop takes ten times as long. */
static void client_format_ipv4(uint32_t address, char *to)
{
	for (int shift = 24; shift >= 0; shift -= 8) {
		unsigned byte = address >> shift & 255;

		if (byte >= 100)
			*to++ = (char)('0' + byte / 100);
		if (byte >= 10)
			*to++ = (char)('0' + byte / 10 % 10);
		*to++ = (char)('0' + byte % 10);
		*to++ = shift > 0 ? '.' : '\0';
	}
}

char *rd_client_format(uint64_t client, char buf[RD_CLIENT_TEXT])
{
	uint64_t prefix[2] = { htobe64(client), 0 };
	char text[INET6_ADDRSTRLEN];

	if (client == CLIENT_UNIX)
		snprintf(buf, RD_CLIENT_TEXT, "unix");
	else if (client_is_ipv4(client))
		client_format_ipv4((uint32_t)client, buf);
	else
		snprintf(buf, RD_CLIENT_TEXT, "%s/64",
			 inet_ntop(AF_INET6, prefix, text, sizeof(text)));
	return buf;
}
