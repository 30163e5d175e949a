/*
 * request - an HTTP request as replyc sends it.
 */
#ifndef RD_CLIENT_REQUEST_H
#define RD_CLIENT_REQUEST_H

#include "base/buffer.h"
#include "client/url.h"

enum { RD_REQUEST_FIELDS = 64 };

struct rd_request {
	const char *method; /* NULL: GET, or POST when there is a body */
	const char
		*fields[RD_REQUEST_FIELDS]; /* "Name: value" each; in place of ours of that name */
	size_t field_count;
	struct rd_span body; /* at == NULL: none */
	bool close;	     /* it is the last on its connection */
};

/* Pure. NULL when `text` is a method, or a field; else what would be right, a constant text. */
const char *rd_request_check_method(const char *text);
const char *rd_request_check_field(const char *text);

/* Whether the reply to it has no body, whatever its head says (RFC 9110 §9.3.2). */
bool rd_request_bodiless(const struct rd_request *request);

/* Adds the whole request to `to`. False when there is no memory. */
bool rd_request_write(const struct rd_request *request, const struct rd_url *url,
		      struct rd_buffer *to);

#endif
