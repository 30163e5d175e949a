/* field - which fields a reply may have, and which it must. */
#ifndef RD_CODEC_FIELD_H
#define RD_CODEC_FIELD_H

#include "base/span.h"

enum { /* as tbl/reply_field.h has them */
       RD_FIELD_FRAMES = 1,
       RD_FIELD_ONCE = 2,
       RD_FIELD_MADE = 4,
       RD_FIELD_CONTENT = 8,
};

/* The rules of a field of this name, in any case; 0 for most. */
unsigned rd_field_rules(struct rd_span name);

/* The name of the field that a reply of this status must have; NULL for most. */
const char *rd_field_needed(int status);

#endif
