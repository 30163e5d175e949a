/*
 * pages - a host's own error pages, read once.
 */
#ifndef RD_APP_PAGES_H
#define RD_APP_PAGES_H

#include <stdbool.h>
#include <stddef.h>

struct rd_pages;
struct rd_reply;

/* NULL when there is no memory. */
struct rd_pages *rd_pages_new(void);
/* NULL is allowed. No reply may still be on its way. */
void rd_pages_free(struct rd_pages *pages);

/*
 * Reads `path`, an HTML file in UTF-8 of at most 1 MiB, for that status, 400 to 599, in place of
 * what was read for it before. False, and why says what is wrong.
 */
bool rd_pages_add(struct rd_pages *pages, int status, const char *path, char *why, size_t size);

/* Makes the reply the page of that status; false when there is none. pages may be NULL. */
bool rd_pages_reply(const struct rd_pages *pages, struct rd_reply *reply, int status);

#endif
