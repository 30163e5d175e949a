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

		if (!escape_plain(byte, space))
			continue;
		if (!rd_buffer_add(to, text.at + clean, i - clean) ||
		    !rd_buffer_add(to, (char[]){ '\\', 'x', hex[byte >> 4], hex[byte & 15] }, 4))
			return false;
		clean = i + 1;
	}
	return rd_buffer_add(to, text.at + clean, text.len - clean);
}
