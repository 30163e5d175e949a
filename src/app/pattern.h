/*
 * pattern - which paths a route answers for. A path is compared segment by segment: {name} is any
 * one segment, anything else is itself. A pattern fits the one path that it is, or that and all
 * below it.
 */
#ifndef RD_APP_PATTERN_H
#define RD_APP_PATTERN_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

struct rd_pattern {
	char *text; /* without a slash at its end: "" is the root */
	size_t len;
	size_t literal; /* bytes before the first {name}; len when there is none */
	bool below;	/* fits all below as well */
};

/*
 * From "" or "/a/{b}", with or without a slash at the end. False with errno: ENOMEM; EINVAL: a
 * segment that no path has, or what is in braces is no new name, or no whole segment.
 */
bool rd_pattern_make(struct rd_pattern *p, const char *text, bool below);
void rd_pattern_free(struct rd_pattern *p);

/* Whether it fits path[0..len); then *rest is where what is below it begins, at most len. */
bool rd_pattern_fits(const struct rd_pattern *p, const char *path, size_t len, size_t *rest);

/* Of a path that it fits, the segment in the place of {name}; at is NULL without such a name. */
struct rd_span rd_pattern_param(const struct rd_pattern *p, const char *path, size_t len,
				const char *name);

/*
 * Which one is asked first where both may fit: at the first segment that differs, a literal is
 * before a {name}, and any segment before the end. 0: they fit the same paths.
 */
int rd_pattern_compare(const struct rd_pattern *a, const struct rd_pattern *b);

#endif
