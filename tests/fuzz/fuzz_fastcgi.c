/*
 * fuzz_fastcgi - records come apart the same in one piece and in the pieces that the first byte
 * says; and what was input, as parameters, is in records again, each byte once.
 */
#include "base/buffer.h"
#include "base/must.h"
#include "codec/fastcgi.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	struct rd_buffer output, errors;
	size_t used;
	struct rd_fastcgi f;
	enum rd_fastcgi_step end;
};

/* Takes `in` in pieces of `step` bytes, each alone on the heap. */
static void run(struct outcome *o, const char *in, size_t len, size_t step)
{
	*o = (struct outcome){ .end = RD_FASTCGI_MORE };
	for (size_t from = 0; from < len && o->end == RD_FASTCGI_MORE; from += step) {
		size_t n = len - from < step ? len - from : step, at = 0;
		char *piece = malloc(n);

		memcpy(piece, in + from, n);
		do {
			struct rd_span part;
			size_t used;

			o->end = rd_fastcgi_next(&o->f, piece + at, n - at, &used, &part);
			MUST(used <= n - at);
			MUST(part.len == 0 ||
			     (part.at >= piece + at && part.at + part.len <= piece + at + used));
			if (o->end == RD_FASTCGI_OUTPUT)
				MUST(part.len > 0 && rd_buffer_add(&o->output, part.at, part.len));
			if (o->end == RD_FASTCGI_ERRORS)
				MUST(part.len > 0 && rd_buffer_add(&o->errors, part.at, part.len));
			at += used;
		} while (o->end == RD_FASTCGI_OUTPUT || o->end == RD_FASTCGI_ERRORS);
		MUST(o->end != RD_FASTCGI_MORE || at == n);
		MUST((o->end == RD_FASTCGI_WRONG) == (o->f.wrong != NULL));
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
	rd_buffer_free(&o->output);
	rd_buffer_free(&o->errors);
}

/* The strings of block[0..len), each with its NUL. */
static void parameters(const char *block, size_t len)
{
	struct rd_buffer b = { 0 };
	size_t strings = 0, bytes = 0, equals = 0, sum = 0;

	for (size_t at = 0; at < len; at += strlen(block + at) + 1) {
		strings++;
		bytes += strlen(block + at);
		equals += strchr(block + at, '=') != NULL;
	}
	MUST(rd_fastcgi_begin(true, block, len, &b));
	for (size_t at = 16; at < b.len;) {
		const unsigned char *h = (const unsigned char *)b.at + at;
		size_t content = (size_t)h[4] << 8 | h[5];

		MUST(at + RD_FASTCGI_HEADER + content <= b.len && h[0] == 1 && h[1] == 4);
		MUST((content == 0) == (at + RD_FASTCGI_HEADER + content == b.len));
		sum += content;
		at += RD_FASTCGI_HEADER + content;
	}
	MUST(sum >= bytes - equals + 2 * strings && sum <= bytes - equals + 8 * strings);
	rd_buffer_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, pieces;
	char *block;

	if (size == 0)
		return 0;
	run(&whole, (const char *)data + 1, size - 1, size);
	run(&pieces, (const char *)data + 1, size - 1, data[0] % 7 + 1);
	MUST(whole.end == pieces.end && whole.used == pieces.used);
	MUST(whole.f.status == pieces.f.status && whole.f.wrong == pieces.f.wrong);
	same(&whole.output, &pieces.output);
	same(&whole.errors, &pieces.errors);
	forget(&whole);
	forget(&pieces);
	block = malloc(size);
	memcpy(block, data + 1, size - 1);
	block[size - 1] = '\0';
	parameters(block, size);
	free(block);
	return 0;
}
