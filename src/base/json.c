/*
 * json - text of any origin, in a JSON string (RFC 8259 §7).
 * Never:   lets a byte through that ends the string, its line or its encoding, or a control.
 */
#include "base/json.h"

#include "base/buffer.h"
#include "base/utf8.h"

static bool json_point(struct rd_buffer *to, unsigned point)
{
	if (point == '"' || point == '\\')
		return rd_buffer_print(to, "\\%c", (int)point);
	return rd_buffer_print(to, "\\u%04x", point);
}

bool rd_json_escape(struct rd_buffer *to, struct rd_span text)
{
	size_t clean = 0, len;

	for (size_t i = 0; i < text.len; i += len) {
		unsigned point;

		len = rd_utf8_next((struct rd_span){ text.at + i, text.len - i }, &point);
		if (len == 0)
			len = 1, point = 0xfffd;
		else if (!rd_utf8_control(point) && point != '"' && point != '\\')
			continue;
		if (!rd_buffer_add(to, text.at + clean, i - clean) || !json_point(to, point))
			return false;
		clean = i + len;
	}
	return rd_buffer_add(to, text.at + clean, text.len - clean);
}

bool rd_json_text(struct rd_buffer *to, const char *text)
{
	return rd_buffer_text(to, "\"") && rd_json_escape(to, rd_span_of(text)) &&
	       rd_buffer_text(to, "\"");
}
