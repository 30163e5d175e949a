/*
 * span - a piece of somebody else's bytes: where it starts and how long it is.
 * Owns:    nothing; it is valid as long as the bytes are.
 * Never:   ends in a NUL that one may rely on; compares by locale.
 */
#ifndef RD_BASE_SPAN_H
#define RD_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* at == NULL says "there is none", which is not the same as an empty one. */
struct rd_span {
	const char *at;
	size_t len;
};

static inline struct rd_span rd_span_of(const char *text)
{
	return (struct rd_span){ text, strlen(text) };
}

static inline char rd_span_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static inline bool rd_span_same(struct rd_span a, struct rd_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool rd_span_eq(struct rd_span s, const char *text)
{
	return rd_span_same(s, rd_span_of(text));
}

/* Equal but for the case of ASCII letters. */
static inline bool rd_span_eq_nocase(struct rd_span s, const char *text)
{
	size_t i = 0;

	while (i < s.len && text[i] != '\0' && rd_span_lower(s.at[i]) == rd_span_lower(text[i]))
		i++;
	return i == s.len && text[i] == '\0';
}

/* Without the spaces and tabs at both ends (OWS, RFC 9110 §5.6.3). */
static inline struct rd_span rd_span_trim(struct rd_span s)
{
	while (s.len > 0 && (s.at[0] == ' ' || s.at[0] == '\t'))
		s.at++, s.len--;
	while (s.len > 0 && (s.at[s.len - 1] == ' ' || s.at[s.len - 1] == '\t'))
		s.len--;
	return s;
}

#endif
