/*
 * fastcgi - the records of FastCGI 1.0, for one request at a time on a connection: those that a
 * web server writes, and those that an application server answers with.
 */
#ifndef RD_CODEC_FASTCGI_H
#define RD_CODEC_FASTCGI_H

#include "base/buffer.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RD_FASTCGI_HEADER = 8,	    /* bytes before the content of a record */
	RD_FASTCGI_CONTENT = 65535, /* bytes of a record's content, at most */
};

/*
 * Adds what a request begins with: that it asks for a response, and whether the connection is to
 * stay open after it; then block[0..len), strings "NAME=VALUE" each with its NUL, as its
 * parameters, to their end. A parameter that fits a record is in one. False when there is no
 * memory.
 */
bool rd_fastcgi_begin(bool keep, const char *block, size_t len, struct rd_buffer *to);

/* The header of a record of the body with `len` bytes of content; with none, the body ends. */
void rd_fastcgi_body(unsigned char to[RD_FASTCGI_HEADER], size_t len);

/* The decoder's own, but for what stands under END. All zero at first. */
struct rd_fastcgi {
	unsigned char bytes[RD_FASTCGI_HEADER]; /* of a header, or of an end's content */
	uint8_t have;				/* of them */
	uint8_t type;				/* of the record; 0: its header is not whole */
	uint16_t content;			/* bytes that are still to come */
	uint8_t padding;
	bool output_ended;
	/* END */
	uint32_t status;   /* that the application ended with */
	uint8_t protocol;  /* enum rd_fastcgi_status */
	const char *wrong; /* WRONG: what is */
};

enum rd_fastcgi_status {
	RD_FASTCGI_COMPLETE,
	RD_FASTCGI_ONE_ONLY, /* it takes no second request on a connection */
	RD_FASTCGI_OVERLOADED,
	RD_FASTCGI_NO_ROLE, /* it does not respond, but does other work */
};

enum rd_fastcgi_step {
	RD_FASTCGI_MORE,   /* all was used; it goes on */
	RD_FASTCGI_OUTPUT, /* *part is of the reply */
	RD_FASTCGI_ERRORS, /* *part is for the log */
	RD_FASTCGI_END,	   /* the request has ended, and the record with its padding */
	RD_FASTCGI_WRONG,  /* a record that may not be here */
};

/*
 * Takes one step through in[0..len). *used says how many bytes of `in` it took, also with MORE and
 * END; call again with the rest. *part lies in `in`, and is not empty where the step has one. After
 * END or WRONG the decoder has ended. Wrong are: another version, a request that was not asked, a
 * type that an application server does not write for it, output behind the output's end, an end
 * that is not 8 bytes or has a status that FastCGI does not know.
 */
enum rd_fastcgi_step rd_fastcgi_next(struct rd_fastcgi *f, const char *in, size_t len, size_t *used,
				     struct rd_span *part);

#endif
