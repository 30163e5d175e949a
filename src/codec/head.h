/*
 * head - a request head: the request line and the fields, as RFC 9112 has them, strictly.
 */
#ifndef RD_CODEC_HEAD_H
#define RD_CODEC_HEAD_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rd_method {
#define METHOD(name, safe) METHOD_##name,
#include "tbl/method.h"
#undef METHOD
	METHOD_UNKNOWN,
	METHOD_COUNT = METHOD_UNKNOWN,
};

enum rd_field_id {
	FIELD_OTHER,
#define FIELD(name, word, slot) FIELD_##name,
#include "tbl/field.h"
#undef FIELD
	FIELD_COUNT
};

enum {
	RD_HEAD_LINE = 32768, /* the most that a limit may allow: bytes of the request line */
	RD_HEAD_FIELDS = 500, /* ... and fields */
};

struct rd_head_limits {
	size_t line;	 /* bytes of the request line, at most RD_HEAD_LINE */
	size_t field;	 /* bytes of one field line */
	size_t head;	 /* bytes of the whole head */
	unsigned fields; /* field lines, at most RD_HEAD_FIELDS */
};

#define RD_HEAD_LIMITS \
	((struct rd_head_limits){ .line = 8192, .field = 8192, .head = 32768, .fields = 100 })

struct rd_field {
	struct rd_span name, value; /* the value without the white space around it */
	enum rd_field_id id;
};

/* All spans point into the parsed bytes. */
struct rd_head {
	enum rd_method method;
	struct rd_span method_text, target;
	unsigned minor; /* of HTTP/1.x: 0, or 1 for 1 and all above */
	unsigned fields;
	uint16_t first[FIELD_COUNT]; /* 1 + the index of the first field of that name, 0: none */
	struct rd_field field[RD_HEAD_FIELDS];
};

/*
 * A request head in buf[0..len): its length; 0 for "more is needed"; or minus a status: 400 what
 * is malformed, 414 request line too long, 431 a field, their number or the head over a limit,
 * 501 a method longer than any, 505 another major version. One empty line before it is skipped
 * (RFC 9112 §2.2). `limits` are at least 64 each. What is wrong is said at the byte that makes it
 * so, before the head is complete; what comes behind that byte changes nothing. The method is
 * known as soon as its word is, whatever is returned; until then it is METHOD_UNKNOWN.
 */
int rd_head_parse(const char *buf, size_t len, const struct rd_head_limits *limits,
		  struct rd_head *head);

/* The value of the first field of that name; at is NULL when there is none. */
struct rd_span rd_head_field(const struct rd_head *head, enum rd_field_id id);

/* The next field of that name from index *i on, which is moved past it; NULL after the last. */
const struct rd_field *rd_head_next(const struct rd_head *head, enum rd_field_id id, unsigned *i);

/* Which of the known names this is, in any case. */
enum rd_field_id rd_field_id(const char *name, size_t len);

/* How the message after the head is framed, and what becomes of the connection. */
struct rd_framing {
	bool chunked;
	bool has_length;
	uint64_t length;      /* of the body: Content-Length, or 0 */
	bool keep_alive;      /* the client allows another request */
	bool expect_continue; /* it waits for 100 before it sends the body */
	struct rd_span host;  /* as Host, or an absolute target, has it; at is NULL without */
};

/*
 * What the fields say together (RFC 9112 §3.2, §6, §9.3; RFC 9110 §10.1.1). 0, or a status: 400,
 * 417 an expectation that is not 100-continue, 501 a transfer coding that is not known, wherever it
 * stands. Where a message ends that was refused is not known: what follows is no request.
 */
int rd_head_framing(const struct rd_head *head, struct rd_framing *framing);

/* "GET"; "" for METHOD_UNKNOWN. */
const char *rd_method_word(enum rd_method method);

#endif
