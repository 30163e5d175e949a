/* json - text of any origin, in a JSON string. */
#ifndef RD_BASE_JSON_H
#define RD_BASE_JSON_H

#include "base/span.h"

struct rd_buffer;

/*
 * Adds what stands between the quotes of a JSON string: '"', '\' and controls, of ASCII and of
 * Latin-1, are escaped; what is not UTF-8 is U+FFFD. False when there is no memory.
 */
bool rd_json_escape(struct rd_buffer *to, struct rd_span text);

/* The same, in its quotes. */
bool rd_json_text(struct rd_buffer *to, const char *text);

#endif
