/* listing - a folder as an HTML page. */
#ifndef RD_CODEC_LISTING_H
#define RD_CODEC_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rd_buffer;

struct rd_listing_entry {
	const char *name; /* one segment of a path: not empty, no '/' */
	uint64_t size;	  /* bytes; of a folder not shown */
	int64_t mtime;	  /* seconds since 1970 */
	bool is_dir;
};

/* For qsort: folders first, then by name, with numbers in it by their value. */
int rd_listing_compare(const void *a, const void *b);

/*
 * Adds the page for the folder `path` (decoded, "/" or "/a/b/") with the entries in this order.
 * Links are relative, so the page's own address has to end in a slash. False when there is no
 * memory; the buffer then holds a part of the page.
 */
bool rd_listing_page(struct rd_buffer *out, const char *path,
		     const struct rd_listing_entry *entries, size_t count);

/* A size to read at a glance: "0", "1023", "1.0K", "12M". */
#define RD_LISTING_SIZE 16
void rd_listing_size(uint64_t bytes, char out[RD_LISTING_SIZE]);

#endif
