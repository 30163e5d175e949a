/*
 * log_escape - bytes of any origin, so that none of them ends a value or a line.
 */
#ifndef RD_OBSERVE_LOG_ESCAPE_H
#define RD_OBSERVE_LOG_ESCAPE_H

#include "base/buffer.h"
#include "base/span.h"

/* Each false when there is no memory. */

/*
 * As in a combined log: '"', '\', controls and bytes beyond ASCII are "\xHH"; where `space` is
 * true, spaces too.
 */
bool rd_log_escape_plain(struct rd_buffer *to, struct rd_span text, bool space);

/*
 * Inside the quotes of a JSON string (RFC 8259 §7), or of logfmt: '"', '\' and controls are
 * escaped; what is not UTF-8 is U+FFFD.
 */
bool rd_log_escape_json(struct rd_buffer *to, struct rd_span text);

#endif
