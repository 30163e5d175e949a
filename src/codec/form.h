/* form - names and values of a query or of an application/x-www-form-urlencoded body. */
#ifndef RD_CODEC_FORM_H
#define RD_CODEC_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/*
 * The part that is still to be read. It is decoded in place, and the byte at `end` is written too:
 * it has to be there.
 */
struct rd_form {
	char *at, *end;
};

/*
 * Takes the next pair off: "name=value", pairs being separated by '&' and empty ones passed over;
 * false at the end. Both are decoded ('+' is a space; a '%' without two digits after it stays) and
 * end in a NUL, which also %00 may put into them: len tells. The value of a name alone is empty.
 */
bool rd_form_next(struct rd_form *form, struct rd_span *name, struct rd_span *value);

#endif
