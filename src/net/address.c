/*
 * address - where to listen and where to connect, as text and as the kernel
 * has it.
 * Thread:  any; nothing here is shared.
 * Waits:   only rd_address_resolve, for a name server.
 * Never:   opens a socket.
 */
#include "net/address.h"

#include "base/must.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

static bool address_port(const char *text, uint16_t *port)
{
	unsigned value = 0;

	if (*text == '\0')
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (unsigned)(*text - '0');
		if (value > UINT16_MAX)
			return false;
	}
	*port = (uint16_t)value;
	return true;
}

static const char *address_parse_unix(const char *path, struct rd_address *address)
{
	size_t len = strlen(path);

	if (len == 0)
		return "a path follows \"unix:\", as in unix:/run/replyd.sock";
	if (*path == '@')
		return "an abstract socket has no permissions; give a path, as in unix:/run/it";
	if (len >= sizeof address->path)
		return "the path of a Unix socket has at most 107 bytes";
	address->kind = RD_ADDRESS_UNIX;
	memcpy(address->path, path, len + 1);
	return NULL;
}

/* RFC 4291 §2.2, with a zone of RFC 4007 §11 if any: fe80::1%eth0. */
static bool address_is_ipv6(const char *host)
{
	char number[INET6_ADDRSTRLEN];
	struct in6_addr in6;
	size_t len = strcspn(host, "%");

	if (len >= sizeof number)
		return false;
	memcpy(number, host, len);
	number[len] = '\0';
	return inet_pton(AF_INET6, number, &in6) == 1 &&
	       (host[len] == '\0' ||
		(host[len + 1] && host[len + 1 + strspn(host + len + 1, name_characters)] == '\0'));
}

static const char *address_parse_tcp(const char *text, struct rd_address *address)
{
	bool bracket = *text == '[';
	const char *host = text + bracket;
	const char *end, *colon;

	end = bracket ? strchr(text, ']') : strrchr(text, ':');
	if (end == NULL)
		return bracket ? "the ']' is missing, as in [::1]:8080"
			       : "give HOST:PORT, as in 127.0.0.1:8080, or unix:PATH";
	if (!bracket && strchr(text, ':') != end)
		return "an IPv6 address stands in brackets, as in [::1]:8080";
	if ((size_t)(end - host) >= sizeof address->host)
		return "a host name has at most 255 characters";
	memcpy(address->host, host, (size_t)(end - host));
	address->host[end - host] = '\0';
	if (bracket ? !address_is_ipv6(address->host)
		    : address->host[strspn(address->host, name_characters)] &&
			      strcmp(address->host, "*") != 0)
		return bracket ? "between brackets stands an IPv6 address, as in [::1]:8080"
			       : "a host name has letters, digits, '-', '.' and '_' only";
	colon = end + bracket;
	if (*colon != ':')
		return "a port follows the address, as in [::1]:8080";
	if (!address_port(colon + 1, &address->port))
		return "the port is a number from 0 to 65535";
	if (strcmp(address->host, "*") == 0)
		address->host[0] = '\0';
	address->kind = RD_ADDRESS_TCP;
	return NULL;
}

bool rd_address_parse(const char *text, struct rd_address *address, const char **why)
{
	memset(address, 0, sizeof *address);
	*why = strncmp(text, "unix:", 5) == 0 ? address_parse_unix(text + 5, address)
					      : address_parse_tcp(text, address);
	return *why == NULL;
}

/* FileDescriptorName= in systemd.socket(5). */
static const char *address_parse_passed(const char *name, struct rd_address *address)
{
	size_t len = strlen(name);

	if (len == 0 || len >= sizeof address->path || name[strcspn(name, ":")])
		return "a name follows \"systemd:\", as in systemd:http, of at most 107 bytes and "
		       "without ':'";
	address->kind = RD_ADDRESS_PASSED;
	memcpy(address->path, name, len + 1);
	return NULL;
}

bool rd_address_parse_listen(const char *text, struct rd_address *address, const char **why)
{
	if (strncmp(text, "systemd:", 8) != 0)
		return rd_address_parse(text, address, why);
	memset(address, 0, sizeof *address);
	*why = address_parse_passed(text + 8, address);
	return *why == NULL;
}

static bool address_listed(const struct rd_sockaddr *list, int count, const struct addrinfo *ai)
{
	for (int i = 0; i < count; i++)
		if (list[i].len == ai->ai_addrlen &&
		    memcmp(&list[i].storage, ai->ai_addr, ai->ai_addrlen) == 0)
			return true;
	return false;
}

static int address_resolve_tcp(const struct rd_address *address, bool passive,
			       struct rd_sockaddr *list, int max, const char **why)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : 0),
	};
	struct addrinfo *found, *ai;
	char port[sizeof "65535"];
	int count = 0, rc;

	snprintf(port, sizeof port, "%u", (unsigned)address->port);
	rc = getaddrinfo(address->host[0] ? address->host : NULL, port, &hints, &found);
	if (rc != 0) {
		*why = rc == EAI_SYSTEM ? strerror(errno) : gai_strerror(rc);
		return 0;
	}
	for (ai = found; ai && count < max; ai = ai->ai_next) {
		if (ai->ai_addrlen > sizeof list->storage || address_listed(list, count, ai))
			continue;
		memcpy(&list[count].storage, ai->ai_addr, ai->ai_addrlen);
		list[count++].len = ai->ai_addrlen;
	}
	freeaddrinfo(found);
	if (count == 0)
		*why = "no usable address";
	return count;
}

int rd_address_resolve(const struct rd_address *address, bool passive, struct rd_sockaddr *list,
		       int max, const char **why)
{
	size_t len = strlen(address->path);

	MUST(max > 0 && address->kind != RD_ADDRESS_PASSED);
	if (address->kind == RD_ADDRESS_TCP)
		return address_resolve_tcp(address, passive, list, max, why);
	memset(&list->storage, 0, sizeof list->storage);
	list->un.sun_family = AF_UNIX;
	memcpy(list->un.sun_path, address->path, len + 1);
	list->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + 1);
	return 1;
}

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

bool rd_address_ip(const struct rd_sockaddr *at, uint8_t ip[16])
{
	if (at->sa.sa_family == AF_INET6) {
		memcpy(ip, &at->in6.sin6_addr, 16);
		return true;
	}
	memcpy(ip, mapped, sizeof mapped);
	memcpy(ip + sizeof mapped, &at->in.sin_addr, 4);
	return at->sa.sa_family == AF_INET;
}

void rd_address_make(struct rd_sockaddr *at, const uint8_t ip[16], uint16_t port)
{
	memset(&at->storage, 0, sizeof at->storage);
	if (memcmp(ip, mapped, sizeof mapped) == 0) {
		at->in.sin_family = AF_INET;
		at->in.sin_port = htons(port);
		memcpy(&at->in.sin_addr, ip + sizeof mapped, 4);
		at->len = sizeof at->in;
		return;
	}
	at->in6.sin6_family = AF_INET6;
	at->in6.sin6_port = htons(port);
	memcpy(&at->in6.sin6_addr, ip, 16);
	at->len = sizeof at->in6;
}

bool rd_address_same(const struct rd_sockaddr *a, const struct rd_sockaddr *b)
{
	return a->len == b->len && memcmp(&a->storage, &b->storage, a->len) == 0;
}

static void address_format_unix(const struct sockaddr_un *un, socklen_t len, char *buf, size_t size)
{
	size_t head = offsetof(struct sockaddr_un, sun_path);
	size_t room = len > head ? len - head : 0;
	bool abstract = room > 0 && un->sun_path[0] == '\0';
	const char *name = un->sun_path + abstract;
	size_t count = abstract ? room - 1 : strnlen(name, room);
	int at = snprintf(buf, size, abstract ? "unix:@" : "unix:");

	for (size_t i = 0; i < count && (size_t)at + 1 < size; i++)
		buf[at++] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
	if ((size_t)at < size)
		buf[at] = '\0';
}

char *rd_address_format(const struct sockaddr *sa, socklen_t len, char *buf, size_t size)
{
	char host[INET6_ADDRSTRLEN + 24], port[sizeof "65535"];

	MUST(size > 0);
	if (len >= sizeof sa->sa_family && sa->sa_family == AF_UNIX)
		address_format_unix((const struct sockaddr_un *)sa, len, buf, size);
	else if (getnameinfo(sa, len, host, sizeof host, port, sizeof port,
			     NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(buf, size, sa->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	else
		snprintf(buf, size, "unknown");
	return buf;
}
