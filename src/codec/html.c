/*
 * html - text of any origin, made safe inside a page.
 * Never:   lets a byte through that ends the text, the attribute or the encoding it stands in.
 */
#include "codec/html.h"

#include "base/buffer.h"

#include <string.h>

/* The code of the UTF-8 character at `at`, and its length; -1 when it is none (RFC 3629 §4). */
static int html_utf8(const unsigned char *at, const unsigned char *end, size_t *len)
{
	static const int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	int code;

	*len = 1;
	if ((at[0] >= 0x80 && at[0] < 0xc0) || at[0] > 0xf7 || (size_t)(end - at) < n)
		return -1;
	code = n == 1 ? at[0] : at[0] & (0xff >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return -1;
		code = code << 6 | (at[i] & 0x3f);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return -1;
	*len = n;
	return code;
}

/* What a character is written as instead, or NULL when it can stand as it is. */
static const char *html_instead(int code)
{
	switch (code) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0xfdd0 && code < 0xfdf0) ||
	    (code & 0xfffe) == 0xfffe)
		return "\xef\xbf\xbd";
	return NULL;
}

bool rd_html_escape(struct rd_buffer *out, const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text, *from = at, *end;

	if (len == 0)
		return true;
	end = at + len;
	for (size_t n; at < end; at += n) {
		const char *instead = html_instead(html_utf8(at, end, &n));

		if (instead == NULL)
			continue;
		if (!rd_buffer_add(out, from, (size_t)(at - from)) || !rd_buffer_text(out, instead))
			return false;
		from = at + n;
	}
	return rd_buffer_add(out, from, (size_t)(at - from));
}
