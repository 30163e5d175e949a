/*
 * fuzz_stack - a client's bytes through HTTP and the line protocol: whole, then cut and taken in
 * small pieces as the first two bytes say. The replies are the same, and begin as replies do.
 */
#include "../unit/stack.h"

#include "app/exchange.h"
#include "handlers/echo.h"
#include "handlers/text.h"
#include "serve/http1.h"
#include "serve/line.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SECOND_US = 1000 * 1000 };

static struct rd_app app;
static struct rd_router router;
static struct rd_line_service line = {
	.line_us = 10 * SECOND_US,
	.write_us = 30 * SECOND_US,
};
static struct rd_http_service http = {
	.app = &app,
	.limits = { 128, 128, 512, 8 },
	.head_us = 10 * SECOND_US,
	.idle_us = 60 * SECOND_US,
	.body_us = 20 * SECOND_US,
	.body_rate = 1000,
	.write_us = 30 * SECOND_US,
	.place = { .directory = "/tmp" },
};
static struct stack stack;

static void once(void)
{
	static struct rd_handler echo_any;
	struct rd_host *host;

	if (app.hosts > 0)
		return;
	echo_any = rd_echo;
	echo_any.methods = RD_METHODS_ANY;
	MUST((host = rd_app_host(&app, "")));
	MUST(rd_router_add(&host->router, 0, "/", true, &rd_text,
			   rd_text_new(200, NULL, "a text that is not short")));
	MUST(rd_router_add(&host->router, 0, "/e", true, &echo_any, NULL));
	MUST((line.route = rd_router_add(&router, 0, "", true, &rd_echo, NULL)));
}

/* What comes back, when it is cut at every `each` bytes and `window` are taken at a time. */
static struct rd_buffer replies(const struct rd_protocol *protocol, const void *service,
				const char *in, size_t len, size_t each, size_t window)
{
	struct rd_buffer sent;

	stack_sends(&stack, in, len, each, each, IO_EOF);
	stack_open(&stack, protocol, service, window);
	stack_run(&stack);
	sent = stack.memory.sent;
	stack.memory.sent = (struct rd_buffer){ 0 };
	if (!sent.at)
		return sent;
	for (char *at = sent.at, *end = at + sent.len;
	     (at = memmem(at, (size_t)(end - at), "\r\nDate: ", 8)); at += 8)
		memset(at + 8, 'D', end - at - 8 < 29 ? (size_t)(end - at - 8) : 29);
	return sent;
}

static void same(const struct rd_protocol *protocol, const void *service, const char *in,
		 size_t len, const uint8_t *how)
{
	struct rd_buffer whole = replies(protocol, service, in, len, SIZE_MAX, SIZE_MAX);
	struct rd_buffer cut =
		replies(protocol, service, in, len, 1 + how[0] % 64u, how[1] ? how[1] : SIZE_MAX);

	/* Whether 100 is said depends on what has come already. */
	if (!memmem(whole.at ? whole.at : "", whole.len, "HTTP/1.1 100 ", 13) &&
	    !memmem(cut.at ? cut.at : "", cut.len, "HTTP/1.1 100 ", 13)) {
		MUST(whole.len == cut.len);
		MUST(whole.len == 0 || memcmp(whole.at, cut.at, whole.len) == 0);
	}
	if (protocol == &rd_http1 && whole.len > 0)
		MUST(memcmp(whole.at, "HTTP/1.1 ", 9) == 0);
	rd_buffer_free(&whole);
	rd_buffer_free(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	once();
	if (size < 2 || size > STACK_PIECES)
		return 0;
	same(&rd_http1, &http, (const char *)data + 2, size - 2, data);
	same(&rd_line, &line, (const char *)data + 2, size - 2, data);
	return 0;
}
