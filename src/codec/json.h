/* json - text of any origin, as a JSON string. */
#ifndef RD_CODEC_JSON_H
#define RD_CODEC_JSON_H

#include <stdbool.h>

struct rd_buffer;

/*
 * Adds `text` in quotes: '"', '\' and controls are escaped, and a byte beyond ASCII becomes '?'.
 * False when there is no memory.
 */
bool rd_json_text(struct rd_buffer *out, const char *text);

#endif
