/*
 * fuzz_cgi - the head of a CGI reply: what is found lies in the head and is well-formed, what is
 * cut off is the same as long as it is decided, and a head that is written again says the same.
 */
#include "base/buffer.h"
#include "base/must.h"
#include "codec/cgi.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct rd_span s, const char *head, size_t len)
{
	if (!s.at)
		return;
	MUST(s.len > 0 && s.at >= head && s.at + s.len <= head + len);
	for (size_t i = 0; i < s.len; i++)
		MUST(s.at[i] != '\n' && s.at[i] != '\r' && s.at[i] != '\0');
}

static void check(const struct rd_cgi *cgi, const char *head, size_t len)
{
	MUST(cgi->status >= 200 && cgi->status <= 599);
	MUST(cgi->fields <= RD_CGI_FIELDS);
	MUST(!cgi->local || (cgi->location.at && *cgi->location.at == '/' && !cgi->type.at));
	inside(cgi->type, head, len);
	inside(cgi->location, head, len);
	for (unsigned i = 0; i < cgi->fields; i++) {
		inside(cgi->field[i].name, head, len);
		inside(cgi->field[i].value, head, len);
	}
}

static void add(struct rd_buffer *b, const char *name, struct rd_span value)
{
	if (value.at)
		MUST(rd_buffer_print(b, "%s: %.*s\r\n", name, (int)value.len, value.at));
}

static void again(const struct rd_cgi *cgi)
{
	struct rd_buffer b = { 0 };
	struct rd_cgi other;

	if (!cgi->local)
		MUST(rd_buffer_print(&b, "Status: %d\n", cgi->status));
	add(&b, "Content-Type", cgi->type);
	add(&b, "Location", cgi->location);
	if (cgi->has_length)
		MUST(rd_buffer_print(&b, "Content-Length: %llu\n",
				     (unsigned long long)cgi->length));
	for (unsigned i = 0; i < cgi->fields; i++) {
		MUST(rd_buffer_add(&b, cgi->field[i].name.at, cgi->field[i].name.len));
		add(&b, "", cgi->field[i].value);
	}
	MUST(rd_buffer_text(&b, "\n"));
	if (b.len < RD_CGI_HEAD) {
		MUST(rd_cgi_parse(b.at, b.len, &other) == (int)b.len);
		MUST(other.status == cgi->status && other.local == cgi->local);
		MUST(other.fields == cgi->fields && other.length == cgi->length);
		MUST(rd_span_same(other.type, cgi->type));
		MUST(rd_span_same(other.location, cgi->location));
	}
	rd_buffer_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *head = malloc(size ? size : 1);
	struct rd_cgi cgi;
	int len;

	if (size)
		memcpy(head, data, size);
	len = rd_cgi_parse(head, size, &cgi);
	MUST(len >= -1 && (len < 0 || (size_t)len <= size));
	if (len > 0) {
		check(&cgi, head, (size_t)len);
		again(&cgi);
		for (size_t part = (size_t)len - 1; part > 0 && (size_t)len - part < 64; part--)
			MUST(rd_cgi_parse(head, part, &cgi) == 0);
	}
	free(head);
	return 0;
}
