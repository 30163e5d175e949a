/*
 * fuzz_form - the pairs lie in the text one after the other, end in a NUL, and are the same when
 * they are encoded and read again.
 */
#include "base/buffer.h"
#include "base/must.h"
#include "codec/form.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void encode(struct rd_buffer *out, struct rd_span s, char after)
{
	for (size_t i = 0; i < s.len; i++)
		MUST(rd_buffer_print(out, "%%%02x", (unsigned char)s.at[i]));
	MUST(rd_buffer_add(out, &after, 1));
}

/* Reads the form, and writes its pairs to `out`, all encoded. */
static void read_all(char *text, size_t len, struct rd_buffer *out)
{
	struct rd_form form = { text, text + len };
	struct rd_span name, value;
	const char *at = text;

	while (rd_form_next(&form, &name, &value)) {
		MUST(name.at >= at && name.at[name.len] == '\0');
		MUST(value.at >= name.at + name.len && value.at[value.len] == '\0');
		MUST(value.at + value.len <= text + len);
		at = value.at + value.len;
		encode(out, name, '=');
		encode(out, value, '&');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd_buffer once = { 0 }, twice = { 0 };
	char *text = malloc(size + 1), *copy;

	if (size)
		memcpy(text, data, size);
	read_all(text, size, &once);

	copy = malloc(once.len + 1);
	if (once.len)
		memcpy(copy, once.at, once.len);
	read_all(copy, once.len, &twice);
	MUST(once.len == twice.len);
	MUST(once.len == 0 || memcmp(once.at, twice.at, once.len) == 0);
	rd_buffer_free(&once);
	rd_buffer_free(&twice);
	free(copy);
	free(text);
	return 0;
}
