/* chunked - a body that comes in chunks, taken apart as it arrives (RFC 9112 §7.1). */
#ifndef RD_CODEC_CHUNKED_H
#define RD_CODEC_CHUNKED_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct rd_chunked_limits {
	uint32_t extension;  /* bytes of one chunk's extensions; a longer one is 400 */
	uint32_t extensions; /* bytes of all of them; more is 400 */
	uint32_t trailer;    /* bytes of the trailer section; more is 431 */
};

#define RD_CHUNKED_LIMITS \
	((struct rd_chunked_limits){ .extension = 1024, .extensions = 16384, .trailer = 8192 })

/* The decoder's own. */
struct rd_chunked {
	struct rd_chunked_limits limits; /* the last two: what is left of them */
	uint64_t left;			 /* of this chunk's data; until then, its size so far */
	uint32_t seen;			 /* digits of the size, then bytes of its extensions */
	uint8_t state;
};

enum rd_chunked_step {
	RD_CHUNKED_MORE,    /* all was used; it goes on */
	RD_CHUNKED_DATA,    /* *part is data of the body */
	RD_CHUNKED_TRAILER, /* *part is a piece of the trailer section, line ends included */
	RD_CHUNKED_DONE,    /* the body is complete; what was not used comes after it */
};

void rd_chunked_begin(struct rd_chunked *c, const struct rd_chunked_limits *limits);

/*
 * Takes one step through in[0..len): a step as above, or minus a status: 400 what is malformed or
 * has a size of more than 16 digits, 413 a chunk of 2^63 bytes or more, 431 a long trailer. *used
 * says how many bytes of `in` it took, also with MORE and DONE; call again with the rest. *part
 * lies in `in`, and is not empty where the step has one. Lines end in CRLF and nothing else; what
 * extensions say is passed over; trailer fields are well-formed lines, not folded, and come
 * piecemeal. After DONE or an error the decoder has ended.
 */
int rd_chunked_next(struct rd_chunked *c, const char *in, size_t len, size_t *used,
		    struct rd_span *part);

#endif
