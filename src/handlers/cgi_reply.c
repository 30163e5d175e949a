/*
 * cgi_reply - what a program or a FastCGI server writes becomes the reply.
 * Thread:  the one that has the exchange.
 * Owns:    the head, while it is not whole.
 */
#include "handlers/cgi_reply.h"

#include "codec/cgi.h"
#include "codec/field.h"

#include <string.h>

static bool cgi_wrong(struct rd_cgi_reply *r, const char *fault)
{
	if (!r->fault)
		r->fault = fault;
	return false;
}

static const char *cgi_text(struct rd_cgi_reply *r, struct rd_span s)
{
	const char *text = s.at ? rd_arena_text(&r->x->memory, s.at, s.len) : NULL;

	if (s.at && !text)
		r->x->reply.fault = RD_NO_MEMORY;
	return text;
}

static bool cgi_begin(struct rd_cgi_reply *r, const struct rd_cgi *cgi)
{
	const char *location = cgi_text(r, cgi->location);

	r->begun = true;
	if (cgi->local) {
		r->local = location;
		return location;
	}
	r->x->reply.relayed = true;
	if (location)
		replyd_add_field(r->x, "Location", location);
	for (unsigned i = 0; i < cgi->fields; i++) {
		const char *name = cgi_text(r, cgi->field[i].name);
		const char *value = cgi_text(r, cgi->field[i].value);

		if (name && value && !(rd_field_rules(cgi->field[i].name) & RD_FIELD_FRAMES))
			replyd_add_field(r->x, name, value);
	}
	r->has_length = cgi->has_length;
	r->length = cgi->length;
	return replyd_begin(r->x, cgi->status, cgi_text(r, cgi->type)) == 0;
}

static bool cgi_body(struct rd_cgi_reply *r, const char *bytes, size_t len)
{
	if (r->local) /* it has nothing more to say */
		return true;
	r->len += len;
	if (r->has_length && r->len > r->length)
		return cgi_wrong(r, "it wrote more than the length that it said");
	return len == 0 || replyd_write(r->x, bytes, len) == 0;
}

static bool cgi_head(struct rd_cgi_reply *r, const char *bytes, size_t len)
{
	struct rd_cgi cgi;
	int head;

	if (!rd_buffer_add(&r->head, bytes, len)) {
		r->x->reply.fault = RD_NO_MEMORY;
		return false;
	}
	head = rd_cgi_parse(r->head.at, r->head.len, &cgi);
	if (head < 0)
		return cgi_wrong(r, "the head of its reply is malformed");
	if (head == 0)
		return true;
	return cgi_begin(r, &cgi) && cgi_body(r, r->head.at + head, r->head.len - (size_t)head);
}

bool rd_cgi_reply_take(struct rd_cgi_reply *r, const char *bytes, size_t len)
{
	if (r->begun)
		return cgi_body(r, bytes, len);
	if (!r->raw)
		return cgi_head(r, bytes, len);
	r->x->reply.raw = r->begun = true;
	return replyd_begin(r->x, 200, NULL) == 0 && cgi_body(r, bytes, len);
}

int rd_cgi_reply_end(struct rd_cgi_reply *r, bool whole, const char *who)
{
	bool head = rd_reply_has_body(r->x->head.method, r->x->reply.status);

	rd_buffer_free(&r->head);
	if (!r->begun)
		cgi_wrong(r, whole ? "it gave no reply" : "it ended before its reply was whole");
	else if (!whole)
		cgi_wrong(r, "it ended before its reply was whole");
	else if (r->has_length && r->len < r->length && (head || r->len > 0))
		cgi_wrong(r, "it wrote less than the length that it said");
	if (!r->fault) {
		r->x->reply.local = r->local;
		return 0;
	}
	replyd_log(r->x, "%s: %s", who, r->fault);
	return 502;
}
