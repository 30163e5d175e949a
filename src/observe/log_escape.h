/*
 * log_escape - bytes of any origin, so that none of them ends a value or a line.
 */
#ifndef RD_OBSERVE_LOG_ESCAPE_H
#define RD_OBSERVE_LOG_ESCAPE_H

#include "base/buffer.h"
#include "base/span.h"

/*
 * As in a combined log: '"', '\', controls and bytes beyond ASCII are "\xHH"; where `space` is
 * true, spaces too. False when there is no memory.
 */
bool rd_log_escape_plain(struct rd_buffer *to, struct rd_span text, bool space);

#endif
