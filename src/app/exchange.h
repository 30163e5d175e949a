/*
 * exchange - one request and its reply, as a handler sees them.
 */
#ifndef RD_APP_EXCHANGE_H
#define RD_APP_EXCHANGE_H

#include "codec/head.h"
#include "codec/target.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	RD_PATH_MAX = RD_HEAD_LINE, /* of a decoded path, with its NUL */
	RD_REPLY_FIELDS = 8192,	    /* bytes of the fields that a handler may add */
};

/* A piece of a body: `bytes`, or where they are NULL so much of a file. */
struct rd_part {
	const char *bytes;
	int file;
	off_t offset;
	uint64_t left;
};

/*
 * What is sent after a head, or is left of it: `bytes`, or a part of a file where bytes is NULL;
 * then the parts from `next` on, up to an empty one. next is NULL where none follow, and where
 * left is 0. `release` is called once with `owner` when nothing of all this is needed any more; it
 * may be NULL.
 */
struct rd_body {
	const char *bytes;
	int file;
	off_t offset;
	uint64_t left;
	const struct rd_part *next;
	void (*release)(void *owner);
	void *owner;
};

/* Forgets what is left; the body is empty after. */
void rd_body_release(struct rd_body *body);

struct rd_host;
struct rd_route;

struct rd_reply {
	int status;  /* 0: the handler gave none */
	bool close;  /* the last on its connection */
	bool broken; /* a field was not well-formed, or there were too many bytes of them */
	struct rd_span ready; /* status line and fields made before; `fields` come behind */
	uint64_t length;      /* of the body, also where it is not sent (HEAD) */
	struct rd_body body;
	size_t fields_len;
	char fields[RD_REPLY_FIELDS]; /* "Name: value\r\n" ... */
};

/* Spans live as long as the exchange. */
struct replyd_exchange {
	struct rd_head head;
	struct rd_framing framing;
	struct rd_target target;
	char path[RD_PATH_MAX]; /* decoded, without dot segments */
	uint64_t now_us;	/* monotonic: when the handler began */
	/* The whole body; of a line service, the line. In memory, or where at is NULL in a file. */
	struct rd_span content;
	uint64_t content_len;
	int content_file;     /* an unnamed file that is read from its start; -1: none */
	struct rd_host *host; /* that is asked, and the route that answers, once they are known */
	struct rd_route *route;
	struct rd_reply reply;
};

/* Where a handler's work begins: status 0, no field, no body. */
void rd_reply_begin(struct rd_reply *r);

/* Drops what was given so far, with the body's owner. */
void rd_reply_reset(struct rd_reply *r);

/*
 * Adds a field. A name that is no token, or a value with a control byte in it, makes the reply
 * broken (the client then reads 500): a value from outside cannot forge a field.
 */
void rd_reply_field(struct rd_reply *r, const char *name, const char *value);

/* Adds whole lines, "Name: value\r\n" ..., that were checked before. */
void rd_reply_lines(struct rd_reply *r, const char *lines);

/* Status, type and bytes that live until `release` is called with `owner`. type may be NULL. */
void rd_reply_bytes(struct rd_reply *r, int status, const char *type, const char *bytes, size_t len,
		    void (*release)(void *), void *owner);

/* The reply is a small HTML page that says what the status means. */
void rd_reply_page(struct rd_reply *r, int status);

/* "Not Found"; "Status" for a code that is not in tbl/status.h. */
const char *rd_status_reason(int status);

/* May a reply to this method with this status have a body (RFC 9110 §6.4.1)? */
bool rd_reply_has_body(enum rd_method method, int status);

/*
 * Writes the head: status line, Server, Date, the fields, Content-Length, Connection, the empty
 * line. `date` is an IMF-fixdate. Returns its length, or 0 when `size` (RD_REPLY_HEAD is always
 * enough) is too small.
 */
enum { RD_REPLY_HEAD = RD_REPLY_FIELDS + 2048 };
size_t rd_reply_head(const struct rd_reply *r, unsigned minor, const char *date, char *out,
		     size_t size);

/*
 * The ready part of a head: as rd_reply_head writes it for status, type, length and fields, but
 * without Date, Connection and the empty line. Returns its length, 0 when size is too small.
 */
size_t rd_reply_ready(const struct rd_reply *r, char *out, size_t size);

#endif
