/*
 * url - an http URL, taken apart for one request.
 */
#ifndef RD_CLIENT_URL_H
#define RD_CLIENT_URL_H

#include "base/span.h"
#include "net/address.h"

#include <stdbool.h>

struct rd_url {
	struct rd_address address; /* where to connect */
	char host[280];		   /* what the Host field says */
	struct rd_span target;	   /* path and query, in the text; may lack its first '/' */
};

/* Whether `text` looks like a URL, of whatever scheme, and not like an address. */
bool rd_url_is(const char *text);

/*
 * Pure. False when `text` is not http://HOST[:PORT][/PATH][?QUERY][#FRAGMENT]; *why then says
 * what would be right (a constant text), and *url is undefined. The fragment is left out: it is
 * not sent (RFC 9110 §7.1).
 */
bool rd_url_parse(const char *text, struct rd_url *url, const char **why);

#endif
