/*
 * served - a service of files and a toy, for tests of the whole way from a client's bytes to its
 * replies: each makes it anew, with served_setup and served_teardown as Check's fixture.
 */
#ifndef TESTS_UNIT_SERVED_H
#define TESTS_UNIT_SERVED_H

#include "stack.h"

#include "app/exchange.h"
#include "handlers/files.h"
#include "serve/http1.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOST "Host: h\r\n"

enum { SECOND_US = 1000 * 1000, LONG = 70 * 1000 };

static char root[] = "/tmp/served.XXXXXX";
static struct rd_app app;
static struct rd_http_service http = {
	.app = &app,
	.limits = RD_HEAD_LIMITS,
	.head_us = 10 * SECOND_US,
	.idle_us = 60 * SECOND_US,
	.body_us = 20 * SECOND_US,
	.body_rate = 1000,
	.write_us = 30 * SECOND_US,
	.place = { .directory = "/tmp" },
};
static struct stack stack;

/* What it was asked: method, path, body; then as many more bytes as the query says. */
static inline int toy_perform(struct replyd_exchange *x, void *data)
{
	size_t more = x->target.query.at ? strtoul(x->target.query.at, NULL, 10) : 0;
	char *text;
	int len = asprintf(&text, "%s %s [%.*s] %d\n", rd_method_word(x->head.method), x->path,
			   (int)x->content.len, x->content.at, (int)x->content_len);

	(void)data;
	MUST(len > 0 && (text = realloc(text, (size_t)len + more)));
	memset(text + len, 'm', more);
	rd_reply_bytes(&x->reply, 200, "text/plain", text, (size_t)len + more, free, text);
	return 0;
}

static const struct rd_handler toy = {
	.name = "toy",
	.methods = RD_METHODS_ANY,
	.perform = toy_perform,
};

static inline void write_file(const char *name, size_t len)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	MUST((f = fopen(path, "w")));
	for (size_t i = 0; i < len; i++)
		fputc("0123456789abcde\n"[i % 16], f);
	MUST(fclose(f) == 0);
}

static inline void remove_file(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	MUST(remove(path) == 0);
}

static inline void served_setup(void)
{
	struct rd_host *any = rd_app_host(&app, "");
	char path[64];

	MUST(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/dir", root);
	MUST(mkdir(path, 0755) == 0);
	write_file("index.html", 100);
	write_file("long.txt", LONG);
	MUST(rd_router_add(&any->router, 0, "/", true, &rd_files, rd_files_new(root, false, 16)));
	MUST(rd_router_add(&any->router, 0, "/toy", true, &toy, NULL));
}

static inline void served_teardown(void)
{
	stack_free(&stack);
	rd_app_free(&app);
	remove_file("index.html");
	remove_file("long.txt");
	remove_file("dir");
	MUST(rmdir(root) == 0);
}

static inline void sends_text(const char *text, enum rd_io end)
{
	stack_sends(&stack, text, strlen(text), SIZE_MAX, SIZE_MAX, end);
}

/* What was sent, with each Date field made the same. */
static inline struct rd_span got(void)
{
	struct rd_buffer *b = &stack.memory.sent;
	char *at = b->at;

	while (at && (at = memmem(at, (size_t)(b->at + b->len - at), "\r\nDate: ", 8)))
		at = (char *)memset(at + 8, 'D', 29) + 29;
	return (struct rd_span){ b->at, b->len };
}

/* The statuses in a stream of replies: "200 404 ". No body here has such a line. */
static inline const char *statuses(struct rd_span in)
{
	static const char mark[] = "HTTP/1.1 ";
	static char list[256];
	const char *at = in.at, *end = in.at + in.len;
	size_t n = 0;

	while (at && (at = memmem(at, (size_t)(end - at), mark, sizeof(mark) - 1))) {
		at += sizeof(mark) - 1;
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%.3s ", at);
	}
	list[n] = '\0';
	return list;
}

#endif
