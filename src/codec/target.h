/* target - what a request line asks for (RFC 9112 §3.2), and paths as URLs write them. */
#ifndef RD_CODEC_TARGET_H
#define RD_CODEC_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum rd_target_form {
	RD_TARGET_ORIGIN,   /* /a/b?x */
	RD_TARGET_ABSOLUTE, /* http://host:port/a/b?x */
	RD_TARGET_ASTERISK, /* *, which only OPTIONS may ask for: the caller's to check */
};

/* The spans are pieces of the input, as they were sent. */
struct rd_target {
	enum rd_target_form form;
	struct rd_span scheme; /* absolute form only: http or https in any case */
	struct rd_span host;   /* absolute form only: host[:port], well-formed; it overrides Host */
	struct rd_span raw;    /* the path before decoding; empty in http://host */
	struct rd_span query;  /* what follows the '?'; none (at == NULL) without one */
	size_t path_len;       /* of the decoded path */
};

/*
 * Splits in[0..len) and writes the decoded path, NUL-terminated, to path[0..size); size is at
 * least 2, and len + 2 is always enough. 0, or a status: 414 when the path does not fit, else 400.
 *
 * The path is percent-decoded once, then "." and ".." segments are removed (RFC 3986 §5.2.4: ".."
 * at the root stays there), whether they came encoded or not, and runs of slashes become one. So it
 * begins with '/', and holds no control byte, no NUL, no "//" and no dot segment. Refused are an
 * encoded slash (%2F), encoded or raw control bytes, a '#', and a '%' that is not followed by
 * two digits. Bytes over 127 pass. For the asterisk it is "/". The query is not decoded.
 */
int rd_target_parse(const char *in, size_t len, char *path, size_t size, struct rd_target *t);

/*
 * Whether this is host[:port] as a Host field or an absolute target may have it: a name, an IPv4
 * address or an IPv6 address in brackets, and a port up to 65535 or empty. An empty host is not.
 */
bool rd_target_host(struct rd_span host);

/*
 * Writes path[0..len) percent-encoded, for a Location field or an href: all but letters, digits
 * and "-._~/!$()*+,=@". As snprintf: gives the whole length, writes what fits with a NUL after it,
 * and never half of an encoded byte.
 */
size_t rd_target_encode(const char *path, size_t len, char *out, size_t size);

#endif
