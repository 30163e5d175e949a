/*
 * reply - what a handler answers, and its head as HTTP has it.
 * Thread:  the worker's.
 * Owns:    the reply's body, until it is handed to the output or released.
 */
#include "app/exchange.h"

#include "base/must.h"
#include "codec/field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rd_body_release(struct rd_body *b)
{
	void (*release)(void *) = b->release;
	void *owner = b->owner;

	*b = (struct rd_body){ .file = -1 };
	if (release)
		release(owner);
}

void rd_reply_begin(struct rd_reply *r)
{
	r->status = 0;
	r->close = r->raw = false;
	r->state = PIECES_NONE;
	r->cut = r->relayed = false;
	r->pieces = (struct rd_buffer){ 0 };
	r->fault = r->local = NULL;
	r->ready = (struct rd_span){ NULL, 0 };
	r->length = 0;
	r->body = (struct rd_body){ .file = -1 };
	r->fields_len = 0;
}

void rd_reply_reset(struct rd_reply *r)
{
	bool close = r->close;

	rd_body_release(&r->body);
	rd_buffer_free(&r->pieces);
	rd_reply_begin(r);
	r->close = close;
}

static bool reply_field_ok(const char *name, const char *value)
{
	if (!*name)
		return false;
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 127 || *p == ':')
			return false;
	for (const char *p = value; *p; p++)
		if (((unsigned char)*p < ' ' && *p != '\t') || *p == 127)
			return false;
	return true;
}

/* Takes a line off, with its end; at is NULL when there is none. */
static struct rd_span reply_line(struct rd_span *lines)
{
	const char *end = lines->len ? memchr(lines->at, '\n', lines->len) : NULL;
	struct rd_span line = { NULL, 0 };

	if (!end)
		return line;
	line = (struct rd_span){ lines->at, (size_t)(end + 1 - lines->at) };
	*lines = (struct rd_span){ end + 1, lines->len - line.len };
	return line;
}

/* Of a line "Name: value". */
static struct rd_span reply_line_name(struct rd_span line)
{
	const char *colon = memchr(line.at, ':', line.len);

	return (struct rd_span){ line.at, colon ? (size_t)(colon - line.at) : 0 };
}

static struct rd_span reply_find(struct rd_span lines, const char *name, size_t len)
{
	struct rd_span line;

	while ((line = reply_line(&lines)).at)
		if (line.len > len && line.at[len] == ':' && strncasecmp(line.at, name, len) == 0)
			break;
	return line;
}

/* Its line; at is NULL where there is none. */
static struct rd_span reply_said(const struct rd_reply *r, struct rd_span name)
{
	struct rd_span line = reply_find(r->ready, name.at, name.len);

	if (line.at)
		return line;
	return reply_find((struct rd_span){ r->fields, r->fields_len }, name.at, name.len);
}

bool rd_reply_says(const struct rd_reply *r, const char *name)
{
	return reply_said(r, rd_span_of(name)).at;
}

/* Is it said, and may not be said again? */
static bool reply_said_once(const struct rd_reply *r, struct rd_span name)
{
	return rd_field_rules(name) & RD_FIELD_ONCE && reply_said(r, name).at;
}

void rd_reply_field(struct rd_reply *r, const char *name, const char *value)
{
	size_t room = sizeof(r->fields) - r->fields_len;
	char *to = r->fields + r->fields_len;

	if (!reply_field_ok(name, value)) {
		r->fault = "a field is not well-formed";
		return;
	}
	if (reply_said_once(r, rd_span_of(name))) {
		r->fault = "it added twice a field that a reply has once";
		return;
	}
	if (strlen(name) + strlen(value) + strlen(": \r\n") > room) {
		r->fault = "too many fields";
		return;
	}
	to = mempcpy(mempcpy(to, name, strlen(name)), ": ", 2);
	to = mempcpy(mempcpy(to, value, strlen(value)), "\r\n", 2);
	r->fields_len = (size_t)(to - r->fields);
}

void rd_reply_lines(struct rd_reply *r, const char *lines)
{
	struct rd_span rest = rd_span_of(lines), line;

	while ((line = reply_line(&rest)).at) {
		if (reply_said_once(r, reply_line_name(line)))
			continue;
		if (line.len > sizeof(r->fields) - r->fields_len) {
			r->fault = "too many fields";
			return;
		}
		memcpy(r->fields + r->fields_len, line.at, line.len);
		r->fields_len += line.len;
	}
}

void rd_reply_drop_content(struct rd_reply *r)
{
	struct rd_span rest = { r->fields, r->fields_len }, line;

	r->fields_len = 0;
	while ((line = reply_line(&rest)).at) {
		if (rd_field_rules(reply_line_name(line)) & RD_FIELD_CONTENT)
			continue;
		memmove(r->fields + r->fields_len, line.at, line.len);
		r->fields_len += line.len;
	}
	rd_body_release(&r->body);
}

/* "Content-Type: multipart/byteranges; ...": each part says its own range. */
static bool reply_multipart(const struct rd_reply *r)
{
	static const char type[] = "multipart/byteranges";
	struct rd_span line = reply_said(r, rd_span_of("Content-Type"));

	if (!line.at)
		return false;
	line.at += sizeof("Content-Type"), line.len -= sizeof("Content-Type");
	line = rd_span_trim(line);
	return line.len > sizeof(type) && strncasecmp(line.at, type, sizeof(type) - 1) == 0;
}

const char *rd_reply_lacks(const struct rd_reply *r)
{
	const char *needed = rd_field_needed(r->status);

	if (!needed || rd_reply_says(r, needed) || (r->status == 206 && reply_multipart(r)))
		return NULL;
	return "its status needs a field that it did not add";
}

void rd_reply_bytes(struct rd_reply *r, int status, const char *type, const char *bytes, size_t len,
		    void (*release)(void *), void *owner)
{
	r->status = status;
	r->ready = (struct rd_span){ NULL, 0 };
	r->length = len;
	r->body = (struct rd_body){
		.bytes = bytes, .file = -1, .left = len, .release = release, .owner = owner
	};
	if (type)
		rd_reply_field(r, "Content-Type", type);
}

void rd_reply_gather(struct rd_reply *r)
{
	struct rd_buffer pieces = r->pieces;

	r->state = PIECES_NONE;
	r->pieces = (struct rd_buffer){ 0 };
	rd_reply_bytes(r, r->status, NULL, pieces.at ? pieces.at : "", pieces.len, free, pieces.at);
}

struct status {
	int code;
	const char *reason, *text;
};

static const struct status *reply_status(int code)
{
	static const struct status statuses[] = {
#define STATUS(code, reason, text) { code, reason, text },
#include "tbl/status.h"
#undef STATUS
	};
	static const struct status other = { 0, "Status", "" };

	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (statuses[i].code == code)
			return &statuses[i];
	return &other;
}

const char *rd_status_reason(int code)
{
	return reply_status(code)->reason;
}

bool rd_reply_has_body(enum rd_method method, int status)
{
	return method != METHOD_HEAD && status >= 200 && status != 204 && status != 205 &&
	       status != 304;
}

bool rd_reply_chunked(const struct rd_reply *r, unsigned minor)
{
	return r->state == PIECES_SENT && !r->raw && minor > 0 &&
	       rd_reply_has_body(METHOD_GET, r->status);
}

/* What Content-Length says; false: there is none. RFC 9110 §8.6, §15.3.6. */
static bool reply_length(const struct rd_reply *r, uint64_t *length)
{
	*length = r->status == 205 ? 0 : r->length;
	if (!rd_reply_has_body(METHOD_GET, r->status))
		return r->status == 205;
	return r->state != PIECES_SENT;
}

void rd_reply_page(struct rd_reply *r, int status)
{
	static const char form[] = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
				   "<title>%d %s</title>\n<h1>%d %s</h1>\n<p>%s</p>\n</html>\n";
	const struct status *s = reply_status(status);
	char *page = NULL;
	int len = asprintf(&page, form, status, s->reason, status, s->reason, s->text);

	if (len < 0) { /* no memory: the status alone */
		rd_reply_bytes(r, status, NULL, "", 0, NULL, NULL);
		return;
	}
	rd_reply_bytes(r, status, "text/html; charset=utf-8", page, (size_t)len, free, page);
}

size_t rd_reply_ready(const struct rd_reply *r, char *out, size_t size)
{
	uint64_t length;
	int n = snprintf(out, size, "HTTP/1.1 %d %s\r\nServer: replyd\r\n%.*s", r->status,
			 rd_status_reason(r->status), (int)r->fields_len, r->fields);

	if (n < 0 || (size_t)n >= size)
		return 0;
	if (reply_length(r, &length)) {
		int m = snprintf(out + n, size - (size_t)n, "Content-Length: %llu\r\n",
				 (unsigned long long)length);

		if (m < 0 || (size_t)m >= size - (size_t)n)
			return 0;
		n += m;
	}
	return (size_t)n;
}

size_t rd_reply_head(const struct rd_reply *r, unsigned minor, const char *date, char *out,
		     size_t size)
{
	size_t len = r->ready.len;
	char *at;

	if (!r->ready.at) {
		len = rd_reply_ready(r, out, size);
	} else if (len + r->fields_len <= size) {
		memcpy(out, r->ready.at, len);
		memcpy(out + len, r->fields, r->fields_len);
		len += r->fields_len;
	} else {
		return 0;
	}
	if (len == 0 || size - len < 128)
		return 0;
	at = out + len;
	at = stpcpy(stpcpy(stpcpy(at, "Date: "), date), "\r\n");
	if (rd_reply_chunked(r, minor))
		at = stpcpy(at, "Transfer-Encoding: chunked\r\n");
	if (r->close)
		at = stpcpy(at, "Connection: close\r\n");
	else if (minor == 0)
		at = stpcpy(at, "Connection: keep-alive\r\n");
	at = stpcpy(at, "\r\n");
	return (size_t)(at - out);
}
