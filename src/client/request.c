/*
 * request - writes an HTTP request: the line, our fields and the user's, the body.
 * Never:   sends what would end a field or the head early.
 */
#include "config.h"

#include "client/request.h"

#include <stdio.h>

static bool request_token(const char *text, size_t len)
{
	static const char others[] = "!#$%&'*+-.^_`|~"; /* RFC 9110 §5.6.2 */

	for (size_t i = 0; i < len; i++) {
		char c = text[i], lower = rd_span_lower(c);

		if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') &&
		    !strchr(others, c))
			return false;
	}
	return len > 0;
}

const char *rd_request_check_method(const char *text)
{
	return request_token(text, strlen(text)) ? NULL : "a method is one word, such as POST";
}

static const char *const ours[] = { "Content-Length", "Transfer-Encoding", "Connection" };

const char *rd_request_check_field(const char *text)
{
	size_t len = strcspn(text, ":");

	if (text[len] != ':' || !request_token(text, len))
		return "a field is NAME: VALUE";
	for (const char *c = text + len; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' && *c != '\t')
			return "a field is one line";
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (rd_span_eq_nocase((struct rd_span){ text, len }, ours[i]))
			return "replyc itself says how long a request is, and which is the last";
	return NULL;
}

bool rd_request_bodiless(const struct rd_request *request)
{
	return request->method && strcmp(request->method, "HEAD") == 0;
}

static bool request_has(const struct rd_request *request, const char *name)
{
	for (size_t i = 0; i < request->field_count; i++) {
		const char *field = request->fields[i];

		if (rd_span_eq_nocase((struct rd_span){ field, strcspn(field, ":") }, name))
			return true;
	}
	return false;
}

static bool request_default(const struct rd_request *request, const char *name, const char *value,
			    struct rd_buffer *to)
{
	return request_has(request, name) || rd_buffer_print(to, "%s: %s\r\n", name, value);
}

static bool request_fields(const struct rd_request *request, struct rd_buffer *to)
{
	bool fits = true;

	for (size_t i = 0; i < request->field_count; i++)
		fits = fits && rd_buffer_print(to, "%s\r\n", request->fields[i]);
	if (request->body.at)
		fits = fits && rd_buffer_print(to, "Content-Length: %zu\r\n", request->body.len);
	return fits && (!request->close || rd_buffer_text(to, "Connection: close\r\n"));
}

bool rd_request_write(const struct rd_request *request, const struct rd_url *url,
		      struct rd_buffer *to)
{
	const char *method = request->method;

	if (!method)
		method = request->body.at ? "POST" : "GET";
	return rd_buffer_print(to, "%s %s%.*s HTTP/1.1\r\n", method,
			       url->target.len && url->target.at[0] == '/' ? "" : "/",
			       (int)url->target.len, url->target.at) &&
	       request_default(request, "Host", url->host, to) &&
	       request_default(request, "User-Agent", "replyc/" PACKAGE_VERSION, to) &&
	       request_default(request, "Accept", "*/*", to) && request_fields(request, to) &&
	       rd_buffer_text(to, "\r\n") &&
	       (!request->body.len || rd_buffer_add(to, request->body.at, request->body.len));
}
