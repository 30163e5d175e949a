/*
 * pages - a host's own error pages, read once.
 * Thread:  made by one; then any worker's, which only read.
 * Owns:    the pages' bytes; replies point into them.
 */
#include "app/pages.h"

#include "app/exchange.h"
#include "base/slurp.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	PAGES_FIRST = 400,
	PAGES_LAST = 599,
	PAGES_MAX = 1024 * 1024, /* bytes of one */
};

struct page {
	char *bytes; /* NULL: none */
	size_t len;
};

struct rd_pages {
	struct page page[PAGES_LAST - PAGES_FIRST + 1];
};

struct rd_pages *rd_pages_new(void)
{
	return calloc(1, sizeof(struct rd_pages));
}

void rd_pages_free(struct rd_pages *pages)
{
	if (!pages)
		return;
	for (int i = 0; i <= PAGES_LAST - PAGES_FIRST; i++)
		free(pages->page[i].bytes);
	free(pages);
}

bool rd_pages_add(struct rd_pages *pages, int status, const char *path, char *why, size_t size)
{
	struct page *page;
	char *bytes;
	size_t len;

	if (status < PAGES_FIRST || status > PAGES_LAST) {
		snprintf(why, size, "%d is no status of an error: %d to %d", status, PAGES_FIRST,
			 PAGES_LAST);
		return false;
	}
	bytes = rd_slurp(path, PAGES_MAX, &len, why, size);
	if (!bytes)
		return false;
	page = &pages->page[status - PAGES_FIRST];
	free(page->bytes);
	*page = (struct page){ bytes, len };
	return true;
}

bool rd_pages_reply(const struct rd_pages *pages, struct rd_reply *reply, int status)
{
	const struct page *page;

	if (!pages || status < PAGES_FIRST || status > PAGES_LAST)
		return false;
	page = &pages->page[status - PAGES_FIRST];
	if (!page->bytes)
		return false;
	rd_reply_bytes(reply, status, "text/html; charset=utf-8", page->bytes, page->len, NULL,
		       NULL);
	return true;
}
