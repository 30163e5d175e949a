/* accept - which coding of a representation a client wants (RFC 9110 §12.5.3). */
#ifndef RD_CODEC_ACCEPT_H
#define RD_CODEC_ACCEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* The server's preference between codings that the client wants alike: the first. */
enum rd_coding {
	RD_CODING_BR,
	RD_CODING_ZSTD,
	RD_CODING_GZIP,
	RD_CODING_IDENTITY, /* the bytes as they are */
	RD_CODING_COUNT,
};

/* What the Accept-Encoding fields of a request say; all zero before the first. */
struct rd_accept {
	uint16_t weight[RD_CODING_COUNT]; /* 1 + thousandths; 0: not named */
	uint16_t others;		  /* the same for '*' */
	bool present, malformed;
};

/* Takes in the value of one field; all of them count together. */
void rd_accept_field(struct rd_accept *accept, struct rd_span value);

/*
 * The coding to send, of those in `available` (bits 1 << RD_CODING_...); -1 when the client refuses
 * them all. Without a field, or when one is malformed, it is identity if available.
 */
int rd_accept_choose(const struct rd_accept *accept, unsigned available);

/* As Content-Encoding says it: "br"; NULL for identity. */
const char *rd_accept_word(enum rd_coding coding);

#endif
