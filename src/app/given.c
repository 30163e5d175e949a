/*
 * given - how a handler replies: the functions below "The reply" of replyd/handler.h. What a
 * handler does wrong is kept in the reply's `fault`, and rd_app_end answers in its stead.
 * Thread:  the one that has the exchange.
 * Owns:    the body that was given, until the output has it; the pieces.
 */
#include "app/exchange.h"

#include "base/must.h"
#include "codec/field.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECES = 64 * 1024 }; /* bytes that come together before they are sent */

static int given_fault(struct rd_reply *r, const char *fault)
{
	if (!r->fault)
		r->fault = fault;
	return 500;
}

void replyd_add_field(struct replyd_exchange *x, const char *name, const char *value)
{
	if (rd_field_rules(rd_span_of(name)) & RD_FIELD_FRAMES)
		given_fault(&x->reply, "it added a field that frames the message");
	else if (x->reply.state == PIECES_SENT)
		given_fault(&x->reply, "it added a field when the head was sent");
	else
		rd_reply_field(&x->reply, name, value);
}

/* Whether a reply may be given: none was, and the handler has done nothing wrong. */
static bool given_may(struct rd_reply *r, int status)
{
	if (r->status || r->state != PIECES_NONE)
		given_fault(r, "it replied twice");
	else if (status < 200 || status > 599)
		given_fault(r, "its reply has a status that is not from 200 to 599");
	return !r->fault;
}

/* The text that was printed, which is the reply's from here on. */
static int given_printed(struct replyd_exchange *x, int status, const char *type, char *text,
			 int len)
{
	if (len < 0)
		return given_fault(&x->reply, RD_NO_MEMORY);
	return replyd_lend(x, status, type, text, (size_t)len, free, text);
}

int replyd_text(struct replyd_exchange *x, int status, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	return given_printed(x, status, "text/plain; charset=utf-8", text, len);
}

int replyd_format(struct replyd_exchange *x, int status, const char *type, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	return given_printed(x, status, type, text, len);
}

int replyd_bytes(struct replyd_exchange *x, int status, const char *type, const void *bytes,
		 size_t len)
{
	char *copy = malloc(len ? len : 1);

	if (!copy)
		return given_fault(&x->reply, RD_NO_MEMORY);
	if (len > 0)
		memcpy(copy, bytes, len);
	return replyd_lend(x, status, type, copy, len, free, copy);
}

int replyd_lend(struct replyd_exchange *x, int status, const char *type, const void *bytes,
		size_t len, void (*release)(void *owner), void *owner)
{
	if (given_may(&x->reply, status)) {
		rd_reply_bytes(&x->reply, status, type, len > 0 ? bytes : "", len, release, owner);
		return 0;
	}
	if (release)
		release(owner);
	return 500;
}

static void given_close(void *fd)
{
	close((int)(intptr_t)fd);
}

/* What is wrong with this part of this file; NULL: nothing. *len is then its length. */
static const char *given_file_wrong(int fd, int64_t offset, int64_t *len)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return "it gave what is no regular file";
	if (offset < 0 || offset > st.st_size || *len > st.st_size - offset)
		return "it gave a file that is shorter than it said";
	if (*len < 0)
		*len = st.st_size - offset;
	return NULL;
}

int replyd_file(struct replyd_exchange *x, int status, const char *type, int fd, int64_t offset,
		int64_t len)
{
	const char *wrong = given_file_wrong(fd, offset, &len);

	if (wrong)
		given_fault(&x->reply, wrong);
	if (!given_may(&x->reply, status)) {
		if (fd >= 0)
			close(fd);
		return 500;
	}
	rd_reply_bytes(&x->reply, status, type, NULL, (size_t)len, given_close,
		       (void *)(intptr_t)fd);
	x->reply.body.file = fd;
	x->reply.body.offset = offset;
	return 0;
}

int replyd_begin(struct replyd_exchange *x, int status, const char *type)
{
	struct rd_reply *r = &x->reply;

	if (!given_may(r, status)) {
		errno = EINVAL;
		return -1;
	}
	r->status = status;
	r->state = PIECES_KEPT;
	if (type)
		rd_reply_field(r, "Content-Type", type);
	return 0;
}

int replyd_flush(struct replyd_exchange *x)
{
	struct rd_reply *r = &x->reply;
	int error;

	if (r->fault || r->state == PIECES_NONE) {
		given_fault(r, "it wrote what it had not begun");
		errno = EINVAL;
		return -1;
	}
	if (!x->link || !x->link->send)
		return 0; /* all goes at the end */
	error = x->link->send(x, r->pieces.at, r->pieces.len);
	if (r->fault) { /* the head could not be sent: all is as it was */
		errno = EINVAL;
		return -1;
	}
	r->pieces.len = 0;
	r->state = PIECES_SENT;
	if (!error)
		return 0;
	r->cut = true;
	errno = error;
	return -1;
}

/* More has come together. */
static int given_more(struct replyd_exchange *x, bool added)
{
	struct rd_reply *r = &x->reply;

	if (!added) {
		if (r->state == PIECES_KEPT) /* then it can still be said */
			given_fault(r, RD_NO_MEMORY);
		r->cut = true;
		errno = ENOMEM;
		return -1;
	}
	if (x->link && x->link->lost && x->link->lost(x)) {
		r->cut = true;
		errno = ECANCELED;
		return -1;
	}
	if (r->cut) {
		errno = EPIPE;
		return -1;
	}
	return r->pieces.len < PIECES && !r->fault ? 0 : replyd_flush(x);
}

int replyd_write(struct replyd_exchange *x, const void *bytes, size_t len)
{
	struct rd_reply *r = &x->reply;

	if (r->state == PIECES_NONE)
		return replyd_flush(x);
	return given_more(x, rd_buffer_add(&r->pieces, bytes, len));
}

int replyd_print(struct replyd_exchange *x, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int len, failed;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		return given_more(x, false);
	failed = replyd_write(x, text, (size_t)len);
	free(text);
	return failed;
}
