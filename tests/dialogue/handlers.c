/*
 * handlers - the test host's handlers that are written to replyd/handler.h.
 * Thread:  any worker's; handlers_complete is the input's.
 * Owns:    the detached exchanges, until they are completed.
 */
#include "handlers.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DETACHED = 4096 };

static _Atomic unsigned ended, left, inside;

static struct {
	pthread_mutex_t lock;
	struct replyd_exchange *x[DETACHED];
	unsigned first, count;
} later = { .lock = PTHREAD_MUTEX_INITIALIZER };

unsigned handlers_ended(void)
{
	return atomic_load(&ended);
}

unsigned handlers_left(void)
{
	return atomic_load(&left);
}

unsigned handlers_inside(void)
{
	return atomic_load(&inside);
}

unsigned handlers_detached(void)
{
	unsigned count;

	pthread_mutex_lock(&later.lock);
	count = later.count;
	pthread_mutex_unlock(&later.lock);
	return count;
}

static void ask_pairs(struct replyd_exchange *x, const char *what,
		      bool (*at)(struct replyd_exchange *, size_t, const char **, const char **))
{
	const char *name, *value;

	for (size_t i = 0; at(x, i, &name, &value); i++)
		replyd_print(x, "%s %s=%s\n", what, name, value);
}

static const char *or_none(const char *text)
{
	return text ? text : "(none)";
}

/* All that can be asked, a line each. */
int ask_perform(struct replyd_exchange *x, void *data)
{
	const char *body;
	size_t len;

	(void)data;
	replyd_begin(x, 200, "text/plain");
	replyd_print(x, "method %s\ntarget %s\npath %s\n", replyd_method(x), replyd_target(x),
		     replyd_path(x));
	ask_pairs(x, "query", replyd_query_at);
	ask_pairs(x, "form", replyd_form_at);
	ask_pairs(x, "field", replyd_field_at);
	replyd_print(x, "q %s\n", replyd_query(x, "q", "(none)"));
	replyd_print(x, "x-list %s\n", or_none(replyd_field(x, "x-list")));
	replyd_print(x, "client %s\nid %s\n", replyd_client(x), replyd_id(x));
	replyd_print(x, "user %s\n", or_none(replyd_user(x)));
	body = replyd_body(x, &len);
	if (!body || body[len] != '\0' || (int64_t)len != replyd_body_length(x))
		return 500;
	replyd_print(x, "body %zu %.20s\n", len, body);
	return 0;
}

/* /pieces/N: N numbered lines; each tenth is sent at once. */
int pieces_perform(struct replyd_exchange *x, void *data)
{
	unsigned long n = strtoul(replyd_path(x) + strlen("/pieces/"), NULL, 10);

	(void)data;
	replyd_add_field(x, "X-Pieces", "yes");
	replyd_begin(x, 200, "text/plain");
	for (unsigned long i = 0; i < n; i++) {
		replyd_print(x, "%015lu\n", i % 1000000000);
		if (i % 10 == 9)
			replyd_flush(x);
	}
	return 0;
}

/* Until it can be sent and kept no more. */
int endless_perform(struct replyd_exchange *x, void *data)
{
	static char piece[32 * 1024];

	(void)data;
	replyd_begin(x, 200, "application/octet-stream");
	while (replyd_write(x, piece, sizeof(piece)) == 0)
		continue;
	atomic_fetch_add(&ended, 1);
	return 0;
}

/* How long the body was, read in small parts. */
int count_perform(struct replyd_exchange *x, void *data)
{
	char part[1000];
	unsigned long long sum = 0;
	ssize_t n;

	(void)data;
	atomic_fetch_add(&inside, 1);
	while ((n = replyd_read(x, part, sizeof(part))) > 0)
		sum += (unsigned long long)n;
	atomic_fetch_sub(&inside, 1);
	if (n < 0)
		return errno == EFBIG ? 413 : 400;
	return replyd_text(x, 200, "%llu bytes of %lld\n", sum, (long long)replyd_body_length(x));
}

/* The body's first bytes; the rest is left where it is. */
int part_perform(struct replyd_exchange *x, void *data)
{
	char part[10];
	size_t len = 0;
	ssize_t n;

	(void)data;
	while (len < sizeof(part) && (n = replyd_read(x, part + len, sizeof(part) - len)) != 0) {
		if (n < 0)
			return 400;
		len += (size_t)n;
	}
	return replyd_text(x, 200, "%.*s\n", (int)len, part);
}

/* Until its client has left. */
int watch_perform(struct replyd_exchange *x, void *data)
{
	struct pollfd p = { .fd = replyd_cancel_fd(x), .events = POLLIN };

	(void)data;
	atomic_fetch_add(&inside, 1);
	while (!replyd_cancelled(x))
		poll(&p, 1, -1);
	atomic_fetch_sub(&inside, 1);
	atomic_fetch_add(&left, 1);
	return 503;
}

int later_perform(struct replyd_exchange *x, void *data)
{
	struct replyd_exchange *own = replyd_detach(x);

	(void)data;
	if (!own)
		return 503;
	pthread_mutex_lock(&later.lock);
	later.x[(later.first + later.count++) % DETACHED] = own;
	pthread_mutex_unlock(&later.lock);
	return 0;
}

bool handlers_complete(void)
{
	struct replyd_exchange *x = NULL;
	const char *body;
	size_t len = 0;

	pthread_mutex_lock(&later.lock);
	if (later.count > 0) {
		x = later.x[later.first++ % DETACHED];
		later.count--;
	}
	pthread_mutex_unlock(&later.lock);
	if (!x)
		return false;
	body = replyd_body(x, &len);
	if (strcmp(replyd_path(x), "/later/404") == 0)
		replyd_format(x, 404, "text/plain", "not found, later\n");
	else if (strcmp(replyd_path(x), "/later/nothing") != 0)
		replyd_text(x, 200, "later %s %s %.10s%s\n", replyd_target(x),
			    or_none(replyd_field(x, "X-Ask")), or_none(body),
			    replyd_cancelled(x) ? " cancelled" : "");
	atomic_fetch_add(&ended, 1);
	replyd_complete(x);
	return true;
}

/* /file/FROM: a part of a file of ten bytes. */
int file_perform(struct replyd_exchange *x, void *data)
{
	long from = strtol(replyd_path(x) + strlen("/file/"), NULL, 10);
	FILE *file = tmpfile();
	int fd;

	(void)data;
	if (!file)
		return 500;
	fputs("0123456789", file);
	fflush(file);
	fd = dup(fileno(file));
	fclose(file);
	return replyd_file(x, 200, "text/plain", fd, from, from > 10 ? 1 : -1);
}

/* /status/N: a text with this status; /status/N/pieces: in pieces. */
int status_perform(struct replyd_exchange *x, void *data)
{
	char *end;
	int status = (int)strtol(replyd_path(x) + strlen("/status/"), &end, 10);

	(void)data;
	replyd_add_field(x, "X-Status", "own");
	if (!*end)
		return replyd_text(x, status, "a text\n");
	replyd_begin(x, status, "text/plain");
	for (int i = 0; i < 3; i++) {
		replyd_print(x, "piece %d\n", i);
		replyd_flush(x);
	}
	return 0;
}

/* /fault/NAME: what a handler must not do. */
int fault_perform(struct replyd_exchange *x, void *data)
{
	const char *name = replyd_path(x) + strlen("/fault/");

	(void)data;
	if (strcmp(name, "nothing") == 0)
		return 0;
	if (strcmp(name, "negative") == 0)
		return -1;
	if (strcmp(name, "twice") == 0)
		replyd_text(x, 200, "one\n");
	if (strcmp(name, "newline") == 0)
		replyd_add_field(x, "X-Forged", "a\r\nSet-Cookie: b");
	if (strcmp(name, "name") == 0)
		replyd_add_field(x, "X Forged", "a");
	if (strcmp(name, "length") == 0)
		replyd_add_field(x, "Content-Length", "3");
	if (strcmp(name, "etag") == 0) {
		replyd_add_field(x, "ETag", "\"a\"");
		replyd_add_field(x, "etag", "\"b\"");
	}
	if (strcmp(name, "type") == 0)
		replyd_add_field(x, "content-type", "text/html");
	if (strcmp(name, "challenge") == 0)
		return 401;
	if (strcmp(name, "status") == 0)
		return replyd_text(x, 99, "no\n");
	if (strcmp(name, "unbegun") == 0)
		replyd_print(x, "no\n");
	if (strcmp(name, "long") == 0)
		for (int i = 0; i < 10000; i++)
			replyd_add_field(x, "X-Long", "and so on and on and on");
	if (strcmp(name, "middle") == 0) {
		replyd_begin(x, 200, NULL);
		replyd_print(x, "half\n");
		replyd_flush(x);
		return 500;
	}
	return replyd_text(x, 200, "the reply\n");
}
