/* etag - the names of a file's versions, and lists of them (RFC 9110 §8.8.3). */
#ifndef RD_CODEC_ETAG_H
#define RD_CODEC_ETAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define RD_ETAG_SIZE 72 /* holds any that is formatted here, and a NUL */

/*
 * Writes the strong tag of a file as it is now: "<mtime, ns>-<size>[-<ino>][-coding]" with its
 * quotes, the numbers in hexadecimal. The inode tells files apart that were given the same time; 0
 * leaves it out. `coding` is at most 8 letters and digits, or NULL for the bytes as they are. Gives
 * the length.
 */
size_t rd_etag_format(char out[RD_ETAG_SIZE], int64_t mtime_s, long mtime_ns, uint64_t size,
		      uint64_t ino, const char *coding);

/*
 * Takes the next tag, W/ and quotes included, off a list as If-Match and If-None-Match have it.
 * False at the end, and at what is no tag; then list->len tells which: it is 0 at the end.
 */
bool rd_etag_next(struct rd_span *list, struct rd_span *tag);

/* The two comparisons of RFC 9110 §8.8.3.2, of well-formed tags. */
bool rd_etag_same_strong(struct rd_span a, struct rd_span b);
bool rd_etag_same_weak(struct rd_span a, struct rd_span b);

#endif
