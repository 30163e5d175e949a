/*
 * text - always the same reply.
 */
#ifndef RD_HANDLERS_TEXT_H
#define RD_HANDLERS_TEXT_H

#include "app/handler.h"

struct rd_text;

/*
 * `status` is 200 to 599; `type` is the text's, or NULL for plain UTF-8. Copies both. NULL with
 * errno: EINVAL for another status, or a type with a control byte in it.
 */
struct rd_text *rd_text_new(int status, const char *type, const char *text);

/* data is a struct rd_text, which release frees. */
extern const struct rd_handler rd_text;

#endif
