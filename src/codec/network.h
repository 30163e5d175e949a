/*
 * network - networks of addresses, as a configuration names them, and who is in them.
 *
 * An address is its 16 bytes, IPv4 as ::ffff:a.b.c.d; NULL is who comes by a Unix socket. An IPv4
 * address is in IPv4 networks alone, however it came.
 */
#ifndef RD_CODEC_NETWORK_H
#define RD_CODEC_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rd_network {
	enum {
		RD_NETWORK_ALL,
		RD_NETWORK_IP,
		RD_NETWORK_UNIX,
	} of;
	uint8_t ip[16]; /* its first address */
	unsigned bits;	/* of it, that all have; of 128 for IPv4 too */
};

struct rd_networks {
	struct rd_network *network;
	size_t count;
};

/* Who may come in. Zeroed, it is anyone. */
struct rd_access {
	struct rd_networks allow, deny;
};

/*
 * "192.0.2.0/24", "2001:db8::/32", an address alone, "unix", or "all". False, and *why says what
 * would be right (a constant text).
 */
bool rd_network_parse(const char *text, struct rd_network *network, const char **why);

/* How exact the most exact is that it is in; 0: it is in none. */
unsigned rd_network_find(const struct rd_networks *networks, const uint8_t *ip);

/*
 * The most exact network decides, and of two that are the same the one that denies. Who is in none
 * may come in where no other is allowed.
 */
bool rd_access_may(const struct rd_access *access, const uint8_t *ip);

#endif
