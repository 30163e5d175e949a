/*
 * utf8 - text that may or may not be UTF-8 (RFC 3629 §4).
 */
#include "base/utf8.h"

size_t rd_utf8_next(struct rd_span text, unsigned *point)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *at = (const unsigned char *)text.at;
	size_t len = at[0] < 0x80 ? 1 : at[0] < 0xc0 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;

	if (len == 0 || len > text.len || at[0] > 0xf4)
		return 0;
	*point = len == 1 ? at[0] : at[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (at[i] & 0x3f);
	}
	if (*point < least[len] || *point > 0x10ffff || (*point >= 0xd800 && *point < 0xe000))
		return 0;
	return len;
}

bool rd_utf8_control(unsigned point)
{
	return point < ' ' || (point >= 127 && point < 160);
}

void rd_utf8_clean(char *text, size_t len)
{
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		unsigned point;

		n = rd_utf8_next((struct rd_span){ text + i, len - i }, &point);
		if (n > 0 && !rd_utf8_control(point))
			continue;
		n = n ? n : 1;
		memset(text + i, '?', n);
	}
}
