/*
 * cgi - the head of a CGI reply (RFC 3875 §6.2, §6.3): what a program or a FastCGI server writes
 * before the body.
 */
#ifndef RD_CODEC_CGI_H
#define RD_CODEC_CGI_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RD_CGI_HEAD = 32 * 1024, /* bytes of a head, at most */
	RD_CGI_FIELDS = 64,
};

/* All spans point into the parsed bytes. */
struct rd_cgi {
	int status;	 /* 200; 302 where there is a location and no status */
	bool has_length; /* of the body */
	uint64_t length;
	struct rd_span type; /* at is NULL where it says none */
	struct rd_span location;
	bool local; /* it is a path of this server, and nothing else is said (RFC 3875 §6.2.2) */
	unsigned fields; /* others, in their order */
	struct {
		struct rd_span name, value;
	} field[RD_CGI_FIELDS];
};

/*
 * A head in buf[0..len), whose lines end with LF or CRLF: its length; 0 for "more is needed"; -1
 * malformed: a line that is no field, a status that is none from 200 to 599, a length that is no
 * number, a field of these three twice, none of type, location and status, or too much of all.
 */
int rd_cgi_parse(const char *buf, size_t len, struct rd_cgi *out);

#endif
