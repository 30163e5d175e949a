/*
 * json - text of any origin, as a JSON string (RFC 8259 §7).
 * Never:   lets a byte through that ends the string or its encoding.
 */
#include "codec/json.h"

#include "base/buffer.h"

bool rd_json_text(struct rd_buffer *out, const char *text)
{
	bool added = rd_buffer_text(out, "\"");

	for (; added && *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte < ' ' || byte == 127)
			added = rd_buffer_print(out, "\\u%04x", byte);
		else if (byte == '"' || byte == '\\')
			added = rd_buffer_print(out, "\\%c", byte);
		else
			added = rd_buffer_add(out, byte < 127 ? text : "?", 1);
	}
	return added && rd_buffer_text(out, "\"");
}
