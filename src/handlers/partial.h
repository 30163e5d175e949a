/*
 * partial - answers a request for parts of a file (RFC 9110 §14).
 */
#ifndef RD_HANDLERS_PARTIAL_H
#define RD_HANDLERS_PARTIAL_H

#include "handlers/file.h"

struct replyd_exchange;

/*
 * The Range field counts (rd_condition_range). 206: the reply is complete, and has the caller's
 * reference to the file. 200: the field is to be ignored. Else a status for its page; then, and
 * with 200, the reference is the caller's still.
 *
 * Of a variant that was coded here, and for several of one that was coded elsewhere, it is ignored.
 */
int rd_partial_reply(struct replyd_exchange *x, struct rd_file *file, const struct rd_variant *v);

#endif
