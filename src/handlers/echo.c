/*
 * echo - answers with what was sent, and a newline.
 * Thread:  any worker.
 */
#include "handlers/echo.h"

#include "app/exchange.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int echo_perform(struct replyd_exchange *x, void *data)
{
	size_t len = x->content.len;
	char *copy = malloc(len + 1); /* what was read lives only until we return */

	(void)data;
	if (!copy)
		return 503;
	if (len > 0)
		memcpy(copy, x->content.at, len);
	copy[len] = '\n';
	rd_reply_bytes(&x->reply, 200, "text/plain; charset=utf-8", copy, len + 1, free, copy);
	return 0;
}

const struct rd_handler rd_echo = {
	.name = "echo",
	.perform = echo_perform,
};

/* Whose value is nobody's to see, a page's scripts included. */
static bool echo_secret(const char *name)
{
	return strcasecmp(name, "Authorization") == 0 || strcasecmp(name, "Cookie") == 0 ||
	       strcasecmp(name, "Proxy-Authorization") == 0;
}

/* The request's head, as TRACE would have it (RFC 9110 §9.3.8); HEAD has the length of GET. */
static int echo_head(struct replyd_exchange *x)
{
	bool head = x->head.method == METHOD_HEAD;
	const char *name, *value;

	replyd_begin(x, 200, "text/plain; charset=utf-8");
	replyd_print(x, "%s %s HTTP/1.%u\n", head ? "GET" : replyd_method(x), replyd_target(x),
		     x->head.minor);
	for (size_t i = 0; replyd_field_at(x, i, &name, &value); i++)
		replyd_print(x, "%s: %s\n", name, echo_secret(name) ? "..." : value);
	return 0;
}

static int echo_body(struct replyd_exchange *x)
{
	const char *type = replyd_field(x, "Content-Type");
	char bytes[16 * 1024];
	ssize_t n;

	replyd_begin(x, 200, type ? type : "application/octet-stream");
	while ((n = replyd_read(x, bytes, sizeof(bytes))) > 0)
		if (replyd_write(x, bytes, (size_t)n) != 0)
			return 0; /* the client has left */
	if (n == 0)
		return 0;
	return errno == EFBIG ? 413 : 400;
}

static int echo_http_perform(struct replyd_exchange *x, void *data)
{
	(void)data;
	replyd_add_field(x, "Cache-Control", "no-store");
	replyd_add_field(x, "X-Content-Type-Options", "nosniff"); /* it is no page of this site */
	return replyd_body_length(x) == 0 ? echo_head(x) : echo_body(x);
}

const struct rd_handler rd_echo_http = {
	.name = "echo",
	.methods = RD_METHODS_ANY,
	.perform = echo_http_perform,
};
