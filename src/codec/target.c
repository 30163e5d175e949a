/*
 * target - what a request line asks for, and paths as URLs write them.
 * Never:   decodes a byte twice, lets a path leave its root.
 */
#include "codec/target.h"

#include "base/must.h"
#include "codec/hex.h"

#include <arpa/inet.h>
#include <stdint.h>

enum {
	OPEN = 1,  /* rd_target_encode leaves it as it is */
	NAMED = 2, /* a reg-name may hold it (RFC 3986 §3.2.2) */
};

/* clang-format off */
static const unsigned char classes[256] = {
	['0' ... '9'] = OPEN | NAMED,
	['A' ... 'Z'] = OPEN | NAMED,
	['a' ... 'z'] = OPEN | NAMED,
	['-'] = OPEN | NAMED, ['.'] = OPEN | NAMED, ['_'] = OPEN | NAMED, ['~'] = OPEN | NAMED,
	['!'] = OPEN | NAMED, ['$'] = OPEN | NAMED, ['('] = OPEN | NAMED, [')'] = OPEN | NAMED,
	['*'] = OPEN | NAMED, ['+'] = OPEN | NAMED, [','] = OPEN | NAMED, ['='] = OPEN | NAMED,
	['/'] = OPEN, ['@'] = OPEN,
	['&'] = NAMED, ['\''] = NAMED, [';'] = NAMED,
};
/* clang-format on */

static bool target_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

static bool target_name(const char *at, const char *end)
{
	if (at == end)
		return false;
	for (; at < end; at++) {
		if (*at == '%' && end - at > 2 && rd_hex_pair(at + 1) >= 0)
			at += 2;
		else if (!(classes[(unsigned char)*at] & NAMED))
			return false;
	}
	return true;
}

static bool target_ipv6(const char *at, size_t len)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (len >= sizeof text)
		return false;
	memcpy(text, at, len);
	text[len] = '\0';
	return strlen(text) == len && inet_pton(AF_INET6, text, &address) == 1;
}

static bool target_port(const char *at, const char *end)
{
	unsigned port = 0;

	for (; at < end; at++) {
		if (*at < '0' || *at > '9')
			return false;
		port = port * 10 + (unsigned)(*at - '0');
		if (port > UINT16_MAX)
			return false;
	}
	return true;
}

bool rd_target_host(struct rd_span host)
{
	const char *at = host.at, *end = at + host.len, *stop;

	if (host.len == 0)
		return false;
	if (*at == '[') {
		stop = memchr(at, ']', host.len);
		if (stop == NULL || !target_ipv6(at + 1, (size_t)(stop - at) - 1))
			return false;
		stop++;
		return stop == end || (*stop == ':' && target_port(stop + 1, end));
	}
	stop = memchr(at, ':', host.len);
	if (stop == NULL)
		return target_name(at, end);
	return target_name(at, stop) && target_port(stop + 1, end);
}

/*
 * Ends the segment path[seg..n), the last one: gives the length of the path after it, which is
 * less than n when the segment was one of dots.
 */
static size_t target_fold(const char *path, size_t seg, size_t n)
{
	if (n - seg == 1 && path[seg] == '.')
		return seg;
	if (n - seg == 2 && path[seg] == '.' && path[seg + 1] == '.') {
		if (seg > 1)
			do
				seg--;
			while (path[seg - 1] != '/');
		return seg;
	}
	return n;
}

/* Decodes raw, which begins with '/', to path. 0 or a status. */
static int target_path(struct rd_span raw, char *path, size_t size, size_t *path_len)
{
	const char *at = raw.at + 1, *end = raw.at + raw.len;
	size_t n = 1, seg = 1; /* the path so far, and where its last segment begins */

	path[0] = '/';
	for (; at < end; at++) {
		char c = *at;

		if (c == '%') {
			int byte = end - at > 2 ? rd_hex_pair(at + 1) : -1;
			if (byte < 0 || byte == '/')
				return 400;
			c = (char)byte;
			at += 2;
		} else if (c == '/') {
			n = target_fold(path, seg, n);
			if (n <= seg) { /* it was empty, or dots */
				seg = n;
				continue;
			}
			seg = n + 1;
		} else if (c == '#') {
			return 400;
		}
		if (target_control(c))
			return 400;
		if (n + 1 >= size)
			return 414;
		path[n++] = c;
	}
	n = target_fold(path, seg, n);
	path[n] = '\0';
	*path_len = n;
	return 0;
}

/* Takes "http://host:port" off *rest. 0 or a status. */
static int target_absolute(struct rd_span *rest, struct rd_target *t)
{
	const char *colon = memchr(rest->at, ':', rest->len);
	const char *end = rest->at + rest->len, *at;

	if (colon == NULL || end - colon < 3 || colon[1] != '/' || colon[2] != '/')
		return 400;
	t->scheme = (struct rd_span){ rest->at, (size_t)(colon - rest->at) };
	if (!rd_span_eq_nocase(t->scheme, "http") && !rd_span_eq_nocase(t->scheme, "https"))
		return 400;

	t->host.at = at = colon + 3;
	while (at < end && *at != '/' && *at != '?')
		at++;
	t->host.len = (size_t)(at - t->host.at);
	*rest = (struct rd_span){ at, (size_t)(end - at) };
	return rd_target_host(t->host) ? 0 : 400;
}

int rd_target_parse(const char *in, size_t len, char *path, size_t size, struct rd_target *t)
{
	struct rd_span rest = { in, len };
	const char *mark;
	int status;

	MUST(size >= 2);
	*t = (struct rd_target){ .form = RD_TARGET_ORIGIN, .path_len = 1 };
	memcpy(path, "/", 2);
	if (len == 0)
		return 400;

	if (in[0] != '/') {
		if (len == 1 && in[0] == '*') {
			t->form = RD_TARGET_ASTERISK;
			t->raw = rest;
			return 0;
		}
		t->form = RD_TARGET_ABSOLUTE;
		status = target_absolute(&rest, t);
		if (status)
			return status;
	}

	t->raw = rest;
	mark = rest.len ? memchr(rest.at, '?', rest.len) : NULL;
	if (mark) {
		t->raw.len = (size_t)(mark - rest.at);
		t->query = (struct rd_span){ mark + 1, rest.len - t->raw.len - 1 };
		for (size_t i = 0; i < t->query.len; i++)
			if (target_control(t->query.at[i]) || t->query.at[i] == '#')
				return 400;
	}
	return t->raw.len ? target_path(t->raw, path, size, &t->path_len) : 0;
}

size_t rd_target_encode(const char *path, size_t len, char *out, size_t size)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t wanted = 0, written = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)path[i];
		char code[3] = { '%', digits[c >> 4], digits[c & 15] };
		bool open = classes[c] & OPEN;
		size_t n = open ? 1 : 3;

		if (wanted + n < size) {
			memcpy(out + wanted, open ? path + i : code, n);
			written = wanted + n;
		}
		wanted += n;
	}
	if (size > 0)
		out[written] = '\0';
	return wanted;
}
