/*
 * address - where to listen and where to connect, as text and as the kernel
 * has it.
 *
 * The text forms, in options, in the configuration and in every message:
 *
 *	127.0.0.1:8080	[::1]:8080	localhost:8080	a TCP address
 *	:8080		*:8080				every address of the host
 *	unix:/run/replyd.sock				a Unix socket
 *	systemd:NAME					to listen: what was passed by that name
 *
 * The port always stands there; 0 lets the kernel choose one.
 */
#ifndef RD_NET_ADDRESS_H
#define RD_NET_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
	RD_ADDRESS_MAX = 16,   /* addresses of one name that are tried */
	RD_ADDRESS_TEXT = 128, /* holds any formatted address and its NUL */
};

enum rd_address_kind { RD_ADDRESS_TCP, RD_ADDRESS_UNIX, RD_ADDRESS_PASSED };

/* What a text says. Nothing of it has been looked up. */
struct rd_address {
	enum rd_address_kind kind;
	char host[256]; /* TCP: name or number, no brackets; "" is every address */
	uint16_t port;	/* TCP */
	char path[108]; /* Unix; a name where it was passed */
};

/* What bind, connect, accept and getsockname speak of. */
struct rd_sockaddr {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
		struct sockaddr_storage storage;
	};
	socklen_t len;
};

/*
 * Pure. False when `text` is none of the forms above; *why then says what
 * would be right (a constant text, no newline), and *address is undefined.
 */
bool rd_address_parse(const char *text, struct rd_address *address, const char **why);

/* The same for an address to listen on: there the last of the forms is one too. */
bool rd_address_parse_listen(const char *text, struct rd_address *address, const char **why);

/*
 * The kernel's addresses of `address`, each once and in the order in which to
 * try them; at most `max` of them. `passive` is for bind, and then the empty
 * host gives the wildcards of IPv4 and IPv6 (a listener of both sets
 * IPV6_V6ONLY); for connect the empty host gives the loopbacks. May wait for
 * a name server. 0 when there is none; *why then says why, in a text that is
 * good until the thread's next call of strerror.
 */
int rd_address_resolve(const struct rd_address *address, bool passive, struct rd_sockaddr *list,
		       int max, const char **why);

/* The 16 bytes of an address, IPv4 as ::ffff:a.b.c.d. False: it is that of a Unix socket. */
bool rd_address_ip(const struct rd_sockaddr *at, uint8_t ip[16]);

/* The address of those bytes and that port; an IPv4 address where they are mapped. */
void rd_address_make(struct rd_sockaddr *at, const uint8_t ip[16], uint16_t port);

bool rd_address_same(const struct rd_sockaddr *a, const struct rd_sockaddr *b);

/*
 * Writes "127.0.0.1:8080", "[::1]:80", "unix:/path", "unix:@name" for an
 * abstract name, or "unix:" for a peer that is not bound; any byte that is not
 * printable ASCII becomes '?', so that the text is safe in a log. Cut to
 * `size`, always with a NUL. Returns buf. A family that replyd does not use
 * gives "unknown".
 */
char *rd_address_format(const struct sockaddr *sa, socklen_t len, char *buf, size_t size);

#endif
