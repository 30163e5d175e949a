/*
 * pattern - which paths a route answers for.
 * Thread:  made by one; then any worker's.
 * Owns:    the text.
 */
#include "app/pattern.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Takes the next segment, "/x", off; none (at is NULL) at the end. */
static struct rd_span pattern_next(const char **at, const char *end)
{
	struct rd_span segment = { *at, 0 };
	const char *slash;

	if (*at == end)
		return (struct rd_span){ NULL, 0 };
	slash = memchr(*at + 1, '/', (size_t)(end - *at - 1));
	*at = slash ? slash : end;
	segment.len = (size_t)(*at - segment.at);
	return segment;
}

static bool pattern_is_name(struct rd_span segment)
{
	return segment.len > 1 && segment.at[1] == '{';
}

/* Of "/{name}". */
static struct rd_span pattern_name(struct rd_span segment)
{
	return (struct rd_span){ segment.at + 2, segment.len - 3 };
}

/* One that a path can have (RFC 3986 §5.2.4), and no name in a part of it. */
static bool pattern_literal_ok(struct rd_span segment)
{
	return segment.len > 1 && !rd_span_eq(segment, "/.") && !rd_span_eq(segment, "/..") &&
	       !memchr(segment.at, '{', segment.len) && !memchr(segment.at, '}', segment.len);
}

static bool pattern_segment_ok(struct rd_span segment)
{
	struct rd_span name = pattern_name(segment);

	if (!pattern_is_name(segment))
		return pattern_literal_ok(segment);
	if (segment.len < 4 || segment.at[segment.len - 1] != '}')
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!isalnum((unsigned char)name.at[i]) && name.at[i] != '_')
			return false;
	return true;
}

static bool pattern_ok(struct rd_pattern *p)
{
	const char *at = p->text, *end = p->text + p->len;
	struct rd_span segment;

	p->literal = p->len;
	while ((segment = pattern_next(&at, end)).at) {
		if (!pattern_segment_ok(segment))
			return false;
		if (!pattern_is_name(segment))
			continue;
		if (p->literal == p->len)
			p->literal = (size_t)(segment.at - p->text);
		for (const char *later = at; later < end;) { /* each name once */
			struct rd_span other = pattern_next(&later, end);

			if (rd_span_same(other, segment))
				return false;
		}
	}
	return true;
}

bool rd_pattern_make(struct rd_pattern *p, const char *text, bool below)
{
	size_t len = strlen(text);

	if (len > 0 && text[len - 1] == '/')
		len--;
	*p = (struct rd_pattern){ .text = strndup(text, len), .len = len, .below = below };
	if (!p->text)
		return false;
	if ((len == 0 || *text == '/') && pattern_ok(p))
		return true;
	rd_pattern_free(p);
	errno = EINVAL;
	return false;
}

void rd_pattern_free(struct rd_pattern *p)
{
	free(p->text);
	*p = (struct rd_pattern){ 0 };
}

/* The segments from the first {name} on. */
static bool pattern_fits_names(const struct rd_pattern *p, const char *path, size_t len,
			       size_t *rest)
{
	const char *at = p->text + p->literal, *end = p->text + p->len;
	const char *asked = path + p->literal, *last = path + len;
	struct rd_span segment;

	while ((segment = pattern_next(&at, end)).at) {
		struct rd_span other = pattern_next(&asked, last);

		if (other.len < 2 || *other.at != '/') /* nothing, or behind a part of one */
			return false;
		if (!pattern_is_name(segment) && !rd_span_same(segment, other))
			return false;
	}
	*rest = (size_t)(asked - path);
	return true;
}

bool rd_pattern_fits(const struct rd_pattern *p, const char *path, size_t len, size_t *rest)
{
	if (len < p->literal || memcmp(path, p->text, p->literal) != 0)
		return false;
	*rest = p->literal;
	if (p->literal < p->len && !pattern_fits_names(p, path, len, rest))
		return false;
	if (p->below)
		return *rest == len || path[*rest] == '/';
	if (p->len == 0 && len == 1) /* the root is a slash */
		*rest = len;
	return *rest == len;
}

struct rd_span rd_pattern_param(const struct rd_pattern *p, const char *path, size_t len,
				const char *name)
{
	const char *at = p->text + p->literal, *end = p->text + p->len;
	const char *asked = path + p->literal, *last = path + len;
	struct rd_span segment;

	while ((segment = pattern_next(&at, end)).at) {
		struct rd_span other = pattern_next(&asked, last);

		if (pattern_is_name(segment) && rd_span_eq(pattern_name(segment), name))
			return (struct rd_span){ other.at + 1, other.len - 1 };
	}
	return (struct rd_span){ NULL, 0 };
}

int rd_pattern_compare(const struct rd_pattern *a, const struct rd_pattern *b)
{
	const char *at = a->text, *bt = b->text;

	for (;;) {
		struct rd_span x = pattern_next(&at, a->text + a->len);
		struct rd_span y = pattern_next(&bt, b->text + b->len);
		int order;

		if (!x.at || !y.at)
			return !x.at && !y.at ? a->below - b->below : !x.at - !y.at;
		if (pattern_is_name(x) || pattern_is_name(y)) {
			order = pattern_is_name(x) - pattern_is_name(y);
		} else {
			order = memcmp(x.at, y.at, x.len < y.len ? x.len : y.len);
			if (order == 0)
				order = (int)x.len - (int)y.len;
		}
		if (order != 0)
			return order;
	}
}
