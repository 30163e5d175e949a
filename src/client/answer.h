/*
 * answer - an HTTP reply as it comes in, on the client's side: the head, then pieces of the body.
 */
#ifndef RD_CLIENT_ANSWER_H
#define RD_CLIENT_ANSWER_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

enum { RD_ANSWER_MAX = 65536 }; /* the longest head, and the longest line after it */

enum rd_answer_part {
	ANSWER_MORE, /* nothing yet: more bytes are needed */
	ANSWER_HEAD, /* the final head with its empty line; status is set */
	ANSWER_BODY, /* a piece of the body, never empty */
	ANSWER_END,  /* the reply is whole */
	ANSWER_BAD,  /* it is none; why is set */
	ANSWER_NONE, /* answer.c only: something that nobody asks for was taken */
};

/* All zero is a reply of which nothing has come. */
struct rd_answer {
	bool bodiless; /* to be set: it answers HEAD, and has no body whatever its head says */
	bool last;     /* no other comes on this connection; set with the head */
	int status;
	uint64_t length; /* of the body, set with the head; 0: there is none, or its end is seen */
	const char *why; /* constant text */
	/* answer.c only */
	enum {
		ANSWER_IN_HEAD,
		ANSWER_IN_LENGTH,
		ANSWER_IN_CLOSE,
		ANSWER_IN_SIZE,
		ANSWER_IN_CHUNK,
		ANSWER_IN_CHUNK_END,
		ANSWER_IN_TRAILER,
		ANSWER_COMPLETE,
		ANSWER_REFUSED,
	} state;
	uint64_t left; /* bytes of the body or of the chunk */
};

/*
 * Pure. Takes the next part from the front of *rest. *rest is what has come and was not taken;
 * after ANSWER_MORE it is to be given again with more behind it, and holds less than
 * RD_ANSWER_MAX bytes: a buffer of that size never fills. *part is set for a head and for a piece
 * of the body. Interim replies (1xx) are taken silently. END and BAD stay.
 */
enum rd_answer_part rd_answer_next(struct rd_answer *a, struct rd_span *rest, struct rd_span *part);

/* The peer has closed, all that came was taken. True when the reply is whole; else why is set. */
bool rd_answer_close(struct rd_answer *a);

#endif
