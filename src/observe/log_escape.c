/*
 * log_escape - bytes of any origin, so that none of them ends a value or a line.
 * Never:   lets a control through, of ASCII or of Latin-1 (a terminal may obey it).
 */
#include "observe/log_escape.h"

static bool escape_plain(unsigned char byte, bool space)
{
	return byte < ' ' || byte >= 127 || byte == '"' || byte == '\\' || (byte == ' ' && space);
}

bool rd_log_escape_plain(struct rd_buffer *to, struct rd_span text, bool space)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t clean = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.at[i];
		const char escaped[4] = { '\\', 'x', hex[byte >> 4], hex[byte & 15] };

		if (!escape_plain(byte, space))
			continue;
		if (!rd_buffer_add(to, text.at + clean, i - clean) ||
		    !rd_buffer_add(to, escaped, sizeof(escaped)))
			return false;
		clean = i + 1;
	}
	return rd_buffer_add(to, text.at + clean, text.len - clean);
}

/* The bytes of the UTF-8 sequence that begins there (RFC 3629 §4), and what it says; 0: none. */
static size_t escape_utf8(const unsigned char *at, size_t left, unsigned *point)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = at[0] < 0x80 ? 1 : at[0] < 0xc0 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;

	if (len == 0 || len > left || at[0] > 0xf4)
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

static bool escape_point(struct rd_buffer *to, unsigned point)
{
	if (point == '"' || point == '\\')
		return rd_buffer_print(to, "\\%c", (int)point);
	return rd_buffer_print(to, "\\u%04x", point);
}

bool rd_log_escape_json(struct rd_buffer *to, struct rd_span text)
{
	const unsigned char *at = (const unsigned char *)text.at;
	size_t clean = 0, len;

	for (size_t i = 0; i < text.len; i += len) {
		unsigned point;

		len = escape_utf8(at + i, text.len - i, &point);
		if (len == 0)
			len = 1, point = 0xfffd;
		else if (point >= ' ' && point != '"' && point != '\\' &&
			 (point < 127 || point >= 160))
			continue;
		if (!rd_buffer_add(to, text.at + clean, i - clean) || !escape_point(to, point))
			return false;
		clean = i + len;
	}
	return rd_buffer_add(to, text.at + clean, text.len - clean);
}
