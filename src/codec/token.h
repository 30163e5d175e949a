/* token - names as HTTP allows them (RFC 9110 §5.6.2). */
#ifndef RD_CODEC_TOKEN_H
#define RD_CODEC_TOKEN_H

#include <stdbool.h>
#include <string.h>

#include "base/span.h"

static inline bool rd_token_byte(char c)
{
	char lower = rd_span_lower(c);

	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static inline bool rd_token(struct rd_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!rd_token_byte(s.at[i]))
			return false;
	return s.len > 0;
}

#endif
