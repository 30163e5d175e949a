/*
 * fuzz_html - escaped text is plain printable UTF-8 with no character that means something in HTML
 * but whole entities, and clean text comes out as it went in.
 */
#include "base/buffer.h"
#include "base/must.h"
#include "codec/html.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_entity(const char *at, const char *end)
{
	static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

	for (int i = 0; i < 5; i++) {
		size_t n = strlen(entities[i]);
		if ((size_t)(end - at) >= n && memcmp(at, entities[i], n) == 0)
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd_buffer once = { 0 }, twice = { 0 };
	bool special = false;

	MUST(rd_html_escape(&once, (const char *)data, size));
	for (size_t i = 0; i < once.len; i++) {
		char c = once.at[i];

		MUST(c != '<' && c != '>' && c != '"' && c != '\'' && c != 0x7f);
		MUST((unsigned char)c >= 0x20);
		if (c == '&') {
			MUST(is_entity(once.at + i, once.at + once.len));
			special = true;
		}
	}
	if (!special) {
		MUST(rd_html_escape(&twice, once.at, once.len));
		MUST(twice.len == once.len);
		MUST(once.len == 0 || memcmp(once.at, twice.at, once.len) == 0);
	}
	rd_buffer_free(&once);
	rd_buffer_free(&twice);
	return 0;
}
