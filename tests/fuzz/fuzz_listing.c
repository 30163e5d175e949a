/*
 * fuzz_listing - a page of any names in any order: a row for each, and no markup but its own. The
 * input is the names, slashes between them, the first of them being the folder's; each name's
 * length decides the rest of its entry.
 */
#include "base/buffer.h"
#include "base/must.h"
#include "codec/listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 64 };

static size_t count(const struct rd_buffer *page, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < page->len; i++)
		n += page->at[i] == c;
	return n;
}

static void sorted(struct rd_listing_entry *entries, size_t n)
{
	qsort(entries, n, sizeof *entries, rd_listing_compare);
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++) {
			int order = rd_listing_compare(&entries[i], &entries[j]);
			int back = rd_listing_compare(&entries[j], &entries[i]);
			MUST(order <= 0 && back >= 0 && (order == 0) == (back == 0));
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd_listing_entry entries[MOST];
	struct rd_buffer empty = { 0 }, page = { 0 };
	char *text = malloc(size + 3), *path, *name, *save;
	size_t n = 0, folders = 0;

	text[0] = '/';
	memcpy(text + 1, data, size);
	text[size + 1] = '\0';
	name = strtok_r(text, "/", &save);
	path = strdup(name ? name : "/");
	while (n < MOST && (name = strtok_r(NULL, "/", &save)) != NULL) {
		size_t len = strlen(name);
		entries[n] = (struct rd_listing_entry){ .name = name,
							.is_dir = len % 3 == 0,
							.size = UINT64_MAX >> len % 64,
							.mtime = INT64_MIN >> len % 64 };
		folders += entries[n++].is_dir;
	}
	sorted(entries, n);

	MUST(rd_listing_page(&empty, path, NULL, 0));
	MUST(rd_listing_page(&page, path, entries, n));
	MUST(page.len > empty.len || n == 0);
	MUST(count(&page, '<') == count(&empty, '<') + 12 * n);
	MUST(count(&page, '>') == count(&empty, '>') + 12 * n);
	MUST(count(&page, '"') == count(&empty, '"') + 4 * n - 2 * folders);
	free(path);
	free(text);
	rd_buffer_free(&empty);
	rd_buffer_free(&page);
	return 0;
}
