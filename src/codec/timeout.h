/* timeout - how long a client says that it waits: the field Request-Timeout. */
#ifndef RD_CODEC_TIMEOUT_H
#define RD_CODEC_TIMEOUT_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Seconds, as an integer or a decimal of RFC 9651 §3.3: up to 15 digits, or up to 12 and a fraction
 * of up to 3; not negative, with no parameters. False: it is not that.
 */
bool rd_timeout_parse(struct rd_span text, uint64_t *us);

#endif
