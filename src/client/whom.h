/*
 * whom - replyc's operands: whom to ask, and what.
 */
#ifndef RD_CLIENT_WHOM_H
#define RD_CLIENT_WHOM_H

#include "base/buffer.h"
#include "client/request.h"
#include "client/url.h"

struct rd_whom {
	bool http;
	struct rd_url url; /* of a line service, only the address */
	char name[300];	   /* the address as messages call it */
};

/* Ends the program when the operands (NULL behind the last) are none; `command` as in say.h. */
void rd_whom_read(const char *command, char *const *operands, struct rd_whom *whom);

/* What is to be sent: the text, or by HTTP what `http` says. Ends the program when it cannot. */
void rd_whom_request(char *const *operands, const struct rd_whom *whom,
		     const struct rd_request *http, struct rd_buffer *to);

#endif
