/*
 * redirect - sends clients elsewhere.
 */
#ifndef RD_HANDLERS_REDIRECT_H
#define RD_HANDLERS_REDIRECT_H

#include "app/handler.h"

#include <stdbool.h>

struct rd_redirect;

/*
 * `status` is 301, 302, 303, 307 or 308; `to` is a URI or a path, encoded as URIs are. With `rest`,
 * what follows the route's prefix in the path that was asked for comes behind it, and the query;
 * `to` then has none of its own, and no fragment. NULL with errno: EINVAL for what is none of this.
 */
struct rd_redirect *rd_redirect_new(int status, const char *to, bool rest);

/* data is a struct rd_redirect, which release frees. */
extern const struct rd_handler rd_redirect;

#endif
