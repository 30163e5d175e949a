/*
 * span - a run of bytes that belongs to someone else. Not terminated, may hold any byte.
 * at == NULL means "there is none", which differs from an empty one.
 */
#ifndef RD_BASE_SPAN_H
#define RD_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct rd_span {
	const char *at;
	size_t len;
};

static inline struct rd_span rd_span_of(const char *text)
{
	return (struct rd_span){text, strlen(text)};
}

static inline bool rd_span_eq(struct rd_span s, const char *text)
{
	return s.at && s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

static inline bool rd_span_eq_nocase(struct rd_span s, const char *text)
{
	return s.at && s.len == strlen(text) && strncasecmp(s.at, text, s.len) == 0;
}

#endif
