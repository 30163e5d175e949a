/*
 * fuzz_head - whatever comes, what the parser gives lies within the bytes and is what they say;
 * and there is one byte with which it is said: before it more is needed, after it nothing changes.
 */
#include "base/must.h"
#include "codec/head.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct rd_span span, const char *in, size_t len)
{
	MUST(span.at >= in && span.len <= len && span.at + span.len <= in + len);
	for (size_t i = 0; i < span.len; i++)
		MUST(span.at[i] == '\t' || ((unsigned char)span.at[i] >= ' ' && span.at[i] != 127));
}

static void head_is_sound(const struct rd_head *h, const char *in, size_t len)
{
	inside(h->method_text, in, len);
	inside(h->target, in, len);
	MUST(h->method_text.len > 0 && h->target.len > 0 && h->minor <= 1);
	MUST(h->fields <= RD_HEAD_FIELDS);
	for (unsigned i = 0; i < h->fields; i++) {
		const struct rd_field *f = &h->field[i];

		inside(f->name, in, len);
		inside(f->value, in, len);
		MUST(f->name.len > 0 && rd_span_trim(f->value).len == f->value.len);
		MUST(f->id == rd_field_id(f->name.at, f->name.len));
		MUST(f->id == FIELD_OTHER || (h->first[f->id] && h->first[f->id] <= i + 1));
	}
}

static void framing_is_sound(const struct rd_head *h)
{
	struct rd_framing f;
	int status = rd_head_framing(h, &f);

	MUST(status == 0 || status == 400 || status == 417 || status == 501);
	if (status)
		return;
	MUST(!(f.chunked && f.has_length) && (f.has_length || f.length == 0));
	MUST(f.host.at ? f.host.len > 0 : h->minor == 0);
}

/* On the heap, so that a byte read beyond the end is seen. */
static int parse(const char *in, size_t len, const struct rd_head_limits *limits,
		 struct rd_head *head)
{
	char *copy = malloc(len + !len);
	int got;

	memcpy(copy, in, len);
	got = rd_head_parse(copy, len, limits, head);
	MUST(got <= 0 || (size_t)got <= len);
	if (got > 0) {
		head_is_sound(head, copy, len);
		framing_is_sound(head);
	}
	free(copy);
	return got;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct rd_head_limits limits[] = { RD_HEAD_LIMITS, { 64, 64, 128, 4 } };
	struct rd_head head;

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		int said = 0;

		for (size_t len = 1; len <= size; len++) {
			int got = parse((const char *)data, len, &limits[i], &head);

			MUST(got >= 0 || got == -400 || got == -414 || got == -431 || got == -501 ||
			     got == -505);
			MUST(said == 0 ? got <= 0 || (size_t)got == len : got == said);
			said = got;
		}
	}
	return 0;
}
