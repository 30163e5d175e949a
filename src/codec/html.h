/* html - text of any origin, made safe inside a page. */
#ifndef RD_CODEC_HTML_H
#define RD_CODEC_HTML_H

#include <stdbool.h>
#include <stddef.h>

struct rd_buffer;

/*
 * Adds text[0..len) to `out` as it may stand in HTML text and in a quoted attribute: & < > " ' are
 * escaped; a byte that is not valid UTF-8, and a character that a page may not hold (controls, line
 * ends and tabs among them), becomes U+FFFD. False when there is no memory.
 */
bool rd_html_escape(struct rd_buffer *out, const char *text, size_t len);

#endif
