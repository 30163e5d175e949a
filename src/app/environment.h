/*
 * environment - an exchange as the meta-variables of CGI/1.1 (RFC 3875 §4.1), for programs and for
 * FastCGI servers.
 */
#ifndef RD_APP_ENVIRONMENT_H
#define RD_APP_ENVIRONMENT_H

#include "app/exchange.h"
#include "base/buffer.h"

/* What a handler says besides; each may be NULL. */
struct rd_environment {
	const char *root;	 /* DOCUMENT_ROOT */
	const char *script;	 /* SCRIPT_NAME; NULL: the path up to what is below the route's */
	const char *filename;	 /* SCRIPT_FILENAME */
	const char *info;	 /* PATH_INFO; NULL: what is below the route's */
	const char *const *more; /* "NAME=VALUE" ..., NULL: these replace the others */
	bool authorization;	 /* pass on the field Authorization */
};

/*
 * Adds "NAME=VALUE" strings, each with its NUL. Fields become HTTP_*, but for: Proxy, which
 * programs would take for their own setting; Authorization, unless it is wanted; Connection,
 * Content-Length and Content-Type; and names with a '_', which could not be told from those with a
 * '-'. False when there is no memory.
 */
bool rd_environment_add(struct replyd_exchange *x, const struct rd_environment *e,
			struct rd_buffer *to);

#endif
