/* range - parts of a representation (RFC 9110 §14). */
#ifndef RD_CODEC_RANGE_H
#define RD_CODEC_RANGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum {
	RD_RANGE_MOST = 16,    /* ranges that one field may ask for */
	RD_RANGE_CONTENT = 72, /* holds any Content-Range and its NUL */
};

/* Both ends are in it: { 0, 0 } is the first byte. */
struct rd_range {
	uint64_t first, last;
};

/*
 * What a Range field asks of a representation of `length` bytes (below 2^63): 206 with *count
 * ranges, in the order asked for, no two of which share a byte; 416 when they all begin after its
 * end; or 200, the field is to be ignored: it is malformed or in other units, asks for more than
 * RD_RANGE_MOST ranges, or for more bytes together than there are (RFC 9110 §14.2, §17.15). Ranges
 * that overlap become one.
 */
int rd_range_parse(struct rd_span field, uint64_t length, struct rd_range ranges[RD_RANGE_MOST],
		   unsigned *count);

/* Writes a Content-Range: "bytes 0-4/100"; for a NULL range '*' in its place, as 416 says it. */
size_t rd_range_content(char out[RD_RANGE_CONTENT], const struct rd_range *range, uint64_t length);

/*
 * What comes before each part of a multipart/byteranges body, and for a NULL range what comes after
 * the last. As snprintf: gives the whole length, writes what fits and a NUL. `type` may be NULL.
 */
size_t rd_range_part(char *out, size_t size, const char *boundary, const char *type,
		     const struct rd_range *range, uint64_t length);

/* The length of the whole multipart body, with all the parts' bytes. */
uint64_t rd_range_multipart(const char *boundary, const char *type, const struct rd_range *ranges,
			    unsigned count, uint64_t length);

#endif
