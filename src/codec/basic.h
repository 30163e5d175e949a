/* basic - a name and a password as the Authorization field has them (RFC 7617). */
#ifndef RD_CODEC_BASIC_H
#define RD_CODEC_BASIC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum { RD_BASIC_MAX = 1024 }; /* bytes of name, colon and password, with a NUL */

/*
 * The field's value is "Basic", white space, and base64 without a flaw of what is UTF-8 and has a
 * colon and no control byte. Decoded into out[0..RD_BASIC_MAX), where a NUL takes the place of the
 * colon and ends the password: so *name and *password are also strings. False when it is anything
 * else, or too long; out then may hold a part of it.
 */
bool rd_basic_parse(struct rd_span value, char *out, struct rd_span *name,
		    struct rd_span *password);

#endif
