/*
 * exchange - one request and its reply: what is behind replyd/handler.h, and what built-in handlers
 * use besides.
 */
#ifndef RD_APP_EXCHANGE_H
#define RD_APP_EXCHANGE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "codec/head.h"
#include "codec/target.h"
#include "replyd/handler.h"

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
struct rd_sockaddr; /* net/address.h */

extern const char RD_NO_MEMORY[]; /* a fault that is answered 503 */

struct rd_reply {
	int status; /* 0: the handler gave none */
	bool close; /* the last on its connection */
	bool raw;   /* the pieces are the whole message, head and all; it is the last as well */
	enum {
		PIECES_NONE,
		PIECES_KEPT, /* begun: gathered in `pieces` */
		PIECES_SENT, /* the head is out, and what was gathered */
	} state;
	bool cut;		 /* a piece could not be sent: no more is */
	bool relayed;		 /* what a program says: its faults are those of a gateway */
	struct rd_buffer pieces; /* of a reply in pieces: what the link does not have yet */
	const char *fault;	 /* what the handler did wrong; NULL: nothing */
	const char *local;	 /* the reply is what a GET of this path and query gives; or NULL */
	struct rd_span ready;	 /* status line and fields made before; `fields` come behind */
	uint64_t length;	 /* of the body, also where it is not sent (HEAD) */
	struct rd_body body;
	size_t fields_len;
	char fields[RD_REPLY_FIELDS]; /* "Name: value\r\n" ... */
};

/*
 * What an exchange asks of the connection that it came by, while its handler runs. serve's; a test
 * may have one of its own.
 */
struct rd_link {
	/* The client's address, without a port. */
	const char *(*client)(struct replyd_exchange *x);
	/* The address that it came to: "127.0.0.1:8080", or "localhost". May be NULL. */
	const char *(*server)(struct replyd_exchange *x);
	/*
	 * Over a Unix socket: the user whose process connected. Elsewhere (uid_t)-1, which nobody
	 * is. NULL where nobody asks.
	 */
	uid_t (*peer)(struct replyd_exchange *x);
	/*
	 * Its descriptor, for one that talks to it by itself: blocking, and closed by its owner
	 * after the handler has returned.
	 */
	int (*descriptor)(struct replyd_exchange *x);
	/* With it: the address of its client, or what that came to. False: it is not known. */
	bool (*end)(struct replyd_exchange *x, bool peer, struct rd_sockaddr *at);
	/* replyd_read, of a body that its route streams. */
	ssize_t (*read)(struct replyd_exchange *x, void *to, size_t size);
	/* Sends pieces of the reply, behind its head. 0, or an error number (replyd_write). */
	int (*send)(struct replyd_exchange *x, const char *bytes, size_t len);
	/* Bytes of the pieces that were sent, which its client has still to take. */
	uint64_t (*unsent)(struct replyd_exchange *x);
	bool (*cancelled)(struct replyd_exchange *x);
	/* `timed`: also at the deadline, for who does not look at that by himself. */
	int (*cancel_fd)(struct replyd_exchange *x, bool timed);
	struct replyd_exchange *(*detach)(struct replyd_exchange *x);
	/* Whether its client was answered in the handler's stead: what it says is for nobody. */
	bool (*lost)(struct replyd_exchange *x);
	void (*complete)(struct replyd_exchange *x);
};

/* Names and values of a query or a form, decoded. */
struct rd_pairs {
	struct rd_pair {
		const char *name, *value;
	} * pair;
	size_t count;
	bool known; /* they were looked for */
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
	int content_file;      /* an unnamed file that is read from its start; -1: none */
	uint64_t content_read; /* so much of it was given by replyd_read */
	bool streamed;	       /* it is not here: the link reads it */
	size_t rest;	       /* where in the path begins what is below its route's */
	struct rd_host *host;  /* that is asked, and the route that answers, once they are known */
	struct rd_route *route;
	uint64_t until_us;	    /* monotonic; its client waits no longer; 0: it does not say */
	uint64_t deadline_us;	    /* monotonic; the reply is in vain after it; 0: never */
	const struct rd_link *link; /* NULL: a connection that can nothing of that */
	void *connection;	    /* the link's */
	struct rd_arena memory; /* of what handlers are given; begun and freed with the exchange */
	void *mapped;		/* the body, of content_len + 1 bytes; NULL: it is not */
	struct rd_pairs query, form;
	const char *id;
	struct rd_reply reply;
};

/*
 * Before an exchange's request is known, and after its reply is on its way: all that was given to
 * its handler is gone.
 */
void rd_exchange_begin(struct replyd_exchange *x);
void rd_exchange_end(struct replyd_exchange *x);

/* As replyd_cancel_fd, for who waits no longer than to x->deadline_us: it may not show that. */
int rd_exchange_cancel_fd(struct replyd_exchange *x);

/* Where a handler's work begins: status 0, no field, no body. */
void rd_reply_begin(struct rd_reply *r);

/* Drops what was given so far, with the body's owner. */
void rd_reply_reset(struct rd_reply *r);

/*
 * Adds a field. A name that is no token, a value with a control byte in it, or another of those
 * that a reply has once, is a fault (the client then reads 500): a value from outside cannot forge
 * a field.
 */
void rd_reply_field(struct rd_reply *r, const char *name, const char *value);

/*
 * Adds whole lines, "Name: value\r\n" ..., that were checked before; of what a reply has once, what
 * was said first stays.
 */
void rd_reply_lines(struct rd_reply *r, const char *lines);

/* Is there a field of that name? */
bool rd_reply_says(const struct rd_reply *r, const char *name);

/* Drops the body, and the fields that are about it: another comes in its place. */
void rd_reply_drop_content(struct rd_reply *r);

/* The fault of a reply that lacks a field without which its status is nothing; NULL: none. */
const char *rd_reply_lacks(const struct rd_reply *r);

/* Status, type and bytes that live until `release` is called with `owner`. type may be NULL. */
void rd_reply_bytes(struct rd_reply *r, int status, const char *type, const char *bytes, size_t len,
		    void (*release)(void *), void *owner);

/* A reply in pieces of which none was sent is one like others from here on. */
void rd_reply_gather(struct rd_reply *r);

/* The reply is a small HTML page that says what the status means. */
void rd_reply_page(struct rd_reply *r, int status);

/* "Not Found"; "Status" for a code that is not in tbl/status.h. */
const char *rd_status_reason(int status);

/* Is the body sent in chunks (RFC 9112 §7.1), to a client of HTTP/1.`minor`? */
bool rd_reply_chunked(const struct rd_reply *r, unsigned minor);

/* May a reply to this method with this status have a body (RFC 9110 §6.4.1)? */
bool rd_reply_has_body(enum rd_method method, int status);

/*
 * Writes the head: status line, Server, Date, the fields, Content-Length or
 * Transfer-Encoding, Connection, the empty line. `date` is an IMF-fixdate. Returns its length, or 0
 * when `size` (RD_REPLY_HEAD is always enough) is too small.
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
