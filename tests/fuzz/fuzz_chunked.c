/*
 * fuzz_chunked - a body comes apart the same in one piece and in the pieces that its first byte
 * says; and what came out, put into one chunk again, is the same body.
 */
#include "base/buffer.h"
#include "base/must.h"
#include "codec/chunked.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	struct rd_buffer data, trailer;
	size_t used;
	int end;
};

/* Takes `in` in pieces of `step` bytes, each alone on the heap. */
static void run(struct outcome *o, const char *in, size_t len, size_t step)
{
	const struct rd_chunked_limits limits = { .extension = 32,
						  .extensions = 64,
						  .trailer = 128 };
	struct rd_chunked c;

	*o = (struct outcome){ .end = RD_CHUNKED_MORE };
	rd_chunked_begin(&c, &limits);
	for (size_t from = 0; from < len && o->end == RD_CHUNKED_MORE; from += step) {
		size_t n = len - from < step ? len - from : step, at = 0;
		char *piece = malloc(n);

		memcpy(piece, in + from, n);
		do {
			struct rd_span part;
			size_t used;

			o->end = rd_chunked_next(&c, piece + at, n - at, &used, &part);
			MUST(used <= n - at);
			MUST(part.len == 0 ||
			     (part.at >= piece + at && part.at + part.len <= piece + at + used));
			if (o->end == RD_CHUNKED_DATA)
				MUST(part.len > 0 && rd_buffer_add(&o->data, part.at, part.len));
			if (o->end == RD_CHUNKED_TRAILER)
				MUST(part.len > 0 && rd_buffer_add(&o->trailer, part.at, part.len));
			at += used;
		} while (o->end == RD_CHUNKED_DATA || o->end == RD_CHUNKED_TRAILER);
		MUST(o->end != RD_CHUNKED_MORE || at == n);
		o->used += at;
		free(piece);
	}
}

static void same(const struct rd_buffer *a, const struct rd_buffer *b)
{
	MUST(a->len == b->len && (a->len == 0 || memcmp(a->at, b->at, a->len) == 0));
}

static void forget(struct outcome *o)
{
	rd_buffer_free(&o->data);
	rd_buffer_free(&o->trailer);
}

static void again(struct outcome *o)
{
	struct rd_buffer body = { 0 };
	struct outcome back;

	if (o->data.len > 0) {
		MUST(rd_buffer_print(&body, "%zx\r\n", o->data.len));
		MUST(rd_buffer_add(&body, o->data.at, o->data.len));
		MUST(rd_buffer_text(&body, "\r\n"));
	}
	MUST(rd_buffer_text(&body, "0\r\n"));
	MUST(rd_buffer_add(&body, o->trailer.at, o->trailer.len));
	MUST(rd_buffer_text(&body, "\r\n"));
	run(&back, body.at, body.len, body.len);
	MUST(back.end == RD_CHUNKED_DONE && back.used == body.len);
	same(&o->data, &back.data);
	same(&o->trailer, &back.trailer);
	forget(&back);
	rd_buffer_free(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, pieces;

	if (size == 0)
		return 0;
	run(&whole, (const char *)data + 1, size - 1, size);
	run(&pieces, (const char *)data + 1, size - 1, data[0] % 7 + 1);
	MUST(whole.end == pieces.end);
	same(&whole.data, &pieces.data);
	if (whole.end >= 0) {
		MUST(whole.used == pieces.used);
		same(&whole.trailer, &pieces.trailer);
	}
	if (whole.end == RD_CHUNKED_DONE)
		again(&whole);
	forget(&whole);
	forget(&pieces);
	return 0;
}
