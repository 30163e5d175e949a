/*
 * intake - a request whose body is still coming.
 * Thread:  the worker's that holds the connection.
 * Owns:    the kept head and the body so far.
 */
#include "serve/intake.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct rd_intake *rd_intake_new(const char *head, size_t head_len, const struct rd_framing *framing,
				uint64_t most, uint64_t now_us)
{
	struct rd_intake *i = malloc(sizeof(*i) + head_len);

	if (!i)
		return NULL;
	*i = (struct rd_intake){
		.chunked = framing->chunked,
		.left = framing->length,
		.most = most,
		.began_us = now_us,
		.store = { .file = -1 },
		.head_len = head_len,
	};
	rd_chunked_begin(&i->decoder, &RD_CHUNKED_LIMITS);
	if (head_len > 0)
		memcpy(i->head, head, head_len);
	return i;
}

void rd_intake_free(struct rd_intake *i)
{
	if (!i)
		return;
	rd_store_free(&i->store);
	free(i);
}

/* 0, or minus a status. */
static int intake_take(struct rd_intake *i, const char *bytes, size_t len,
		       const struct rd_place *place)
{
	int error;

	if (len > i->most - i->taken)
		return -413;
	i->taken += len;
	if (i->discard)
		return 0;
	error = rd_store_add(&i->store, bytes, len, place);
	if (error == 0)
		return 0;
	if (error == ENOBUFS)
		return -503;
	rd_log("a request's body cannot be kept in %s: %s", place->directory, strerror(error));
	return error == ENOSPC || error == EDQUOT ? -507 : -500;
}

static int intake_feed_length(struct rd_intake *i, const char *in, size_t len,
			      const struct rd_place *place, size_t *used)
{
	size_t n = len < i->left ? len : i->left;
	int status = intake_take(i, in, n, place);

	*used = n;
	i->left -= n;
	return status ? status : i->left == 0;
}

static int intake_feed_chunked(struct rd_intake *i, const char *in, size_t len,
			       const struct rd_place *place, size_t *used)
{
	*used = 0;
	for (;;) {
		struct rd_span part;
		size_t n;
		int step = rd_chunked_next(&i->decoder, in + *used, len - *used, &n, &part);
		int status = 0;

		*used += n;
		if (step < 0)
			return step;
		if (step == RD_CHUNKED_DATA)
			status = intake_take(i, part.at, part.len, place);
		if (status)
			return status;
		if (step == RD_CHUNKED_DONE)
			return 1;
		if (step == RD_CHUNKED_MORE)
			return 0;
	}
}

int rd_intake_feed(struct rd_intake *i, const char *in, size_t len, const struct rd_place *place,
		   size_t *used)
{
	int done = i->chunked ? intake_feed_chunked(i, in, len, place, used)
			      : intake_feed_length(i, in, len, place, used);

	i->received += *used;
	return done;
}
