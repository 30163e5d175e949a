/*
 * url - an http URL, taken apart for one request.
 * Never:   decodes or encodes: what stands in the URL is what is sent.
 */
#include "client/url.h"

#include <stdio.h>
#include <strings.h>

#define PORT 80 /* RFC 9110 §4.2.1 */

bool rd_url_is(const char *text)
{
	return strstr(text, "://") && strncmp(text, "unix:", 5) != 0;
}

static bool url_sendable(struct rd_span target)
{
	for (size_t i = 0; i < target.len; i++)
		if (target.at[i] <= ' ' || target.at[i] > '~')
			return false;
	return true;
}

static bool url_has_port(struct rd_span authority)
{
	const char *bracket = memchr(authority.at, ']', authority.len);
	const char *from = bracket ? bracket : authority.at;

	return memchr(from, ':', authority.len - (size_t)(from - authority.at)) != NULL;
}

/* A zone means nothing to the other side: it stays out of Host (RFC 6874 §4). */
static void url_set_host(struct rd_url *url)
{
	bool ipv6 = strchr(url->address.host, ':') != NULL;
	int len = (int)strcspn(url->address.host, "%");
	int at = snprintf(url->host, sizeof url->host, ipv6 ? "[%.*s]" : "%.*s", len,
			  url->address.host);

	if (url->address.port != PORT)
		snprintf(url->host + at, sizeof url->host - (size_t)at, ":%u", url->address.port);
}

static const char *url_parse_authority(struct rd_span authority, struct rd_address *address)
{
	char text[sizeof address->host + sizeof "[]:65535"];
	const char *why;

	if (memchr(authority.at, '@', authority.len))
		return "a user in the URL is not supported";
	if (authority.len >= sizeof address->host)
		return "a host name has at most 255 characters";
	snprintf(text, sizeof text, url_has_port(authority) ? "%.*s" : "%.*s:80",
		 (int)authority.len, authority.at);
	if (!rd_address_parse(text, address, &why))
		return why;
	if (address->kind != RD_ADDRESS_TCP || address->host[0] == '\0')
		return "a host follows \"http://\", as in http://localhost:8080/";
	return address->port ? NULL : "the port is a number from 1 to 65535";
}

bool rd_url_parse(const char *text, struct rd_url *url, const char **why)
{
	struct rd_span authority;

	if (strncasecmp(text, "http://", 7) != 0) {
		*why = "the only scheme supported is http://";
		return false;
	}
	authority.at = text + 7;
	authority.len = strcspn(authority.at, "/?#");
	url->target.at = authority.at + authority.len;
	url->target.len = strcspn(url->target.at, "#");
	*why = url_parse_authority(authority, &url->address);
	if (!*why && !url_sendable(url->target))
		*why = "only printable ASCII may be sent; write other bytes as %HH, a space as %20";
	if (*why)
		return false;
	url_set_host(url);
	return true;
}
