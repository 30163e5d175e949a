/*
 * network - networks of addresses, and who is in them.
 * Thread:  any.
 */
#include "codec/network.h"

#include <arpa/inet.h>
#include <string.h>

enum { IPV4_AT = 96 }; /* bits before an IPv4 address */

static const uint8_t mapped[IPV4_AT / 8] = { [10] = 0xff, [11] = 0xff };

static bool network_is_ipv4(const uint8_t *ip)
{
	return memcmp(ip, mapped, sizeof(mapped)) == 0;
}

/* The first `bits` of both are the same. */
static bool network_same(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned bytes = bits / 8, rest = bits % 8;

	return memcmp(a, b, bytes) == 0 &&
	       (rest == 0 || ((a[bytes] ^ b[bytes]) >> (8 - rest)) == 0);
}

static bool network_ip(const char *text, size_t len, struct rd_network *n, unsigned *most)
{
	char copy[INET6_ADDRSTRLEN];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	*most = 128;
	if (inet_pton(AF_INET6, copy, n->ip) == 1)
		return true;
	*most = 32;
	memcpy(n->ip, mapped, sizeof(mapped));
	return inet_pton(AF_INET, copy, n->ip + sizeof(mapped)) == 1;
}

/* "24", not more than `most`. */
static bool network_bits(const char *text, unsigned most, unsigned *bits)
{
	size_t len = strspn(text, "0123456789");

	*bits = 0;
	if (len < 1 || len > 3 || text[len] || (len > 1 && *text == '0'))
		return false;
	for (; *text; text++)
		*bits = *bits * 10 + (unsigned)(*text - '0');
	return *bits <= most;
}

/* Nothing is said behind the bits that all have. */
static bool network_is_first(const struct rd_network *n)
{
	for (unsigned bit = n->bits; bit < 128; bit++)
		if (n->ip[bit / 8] & 0x80 >> bit % 8)
			return false;
	return true;
}

bool rd_network_parse(const char *text, struct rd_network *n, const char **why)
{
	const char *slash = strchr(text, '/');
	unsigned most;

	*n = (struct rd_network){ .of = RD_NETWORK_IP };
	*why = "a network is as 192.0.2.0/24, 2001:db8::/32, an address, unix, or all";
	if (strcmp(text, "all") == 0 || strcmp(text, "unix") == 0) {
		n->of = *text == 'a' ? RD_NETWORK_ALL : RD_NETWORK_UNIX;
		return true;
	}
	if (!network_ip(text, slash ? (size_t)(slash - text) : strlen(text), n, &most))
		return false;
	n->bits = most;
	if (slash && !network_bits(slash + 1, most, &n->bits))
		return false;
	n->bits += 128 - most;
	*why = "behind the bits that all of a network have there are zeros, as in 10.0.0.0/8";
	return network_is_first(n);
}

/* 0: it is not in it. "all" is less than any network, and Unix is exact. */
static unsigned network_exactness(const struct rd_network *n, const uint8_t *ip)
{
	if (n->of == RD_NETWORK_ALL)
		return 1;
	if (n->of == RD_NETWORK_UNIX)
		return ip ? 0 : 2;
	if (!ip || network_is_ipv4(ip) != (n->bits >= IPV4_AT && network_is_ipv4(n->ip)))
		return 0;
	return network_same(n->ip, ip, n->bits) ? n->bits + 2 : 0;
}

unsigned rd_network_find(const struct rd_networks *networks, const uint8_t *ip)
{
	unsigned best = 0;

	for (size_t i = 0; i < networks->count; i++) {
		unsigned exactness = network_exactness(&networks->network[i], ip);

		if (exactness > best)
			best = exactness;
	}
	return best;
}

bool rd_access_may(const struct rd_access *a, const uint8_t *ip)
{
	unsigned allowed = rd_network_find(&a->allow, ip), denied = rd_network_find(&a->deny, ip);

	if (allowed == 0 && denied == 0)
		return a->allow.count == 0;
	return allowed > denied;
}
