/*
 * asking - a request's text made an exchange, as serve does it, and what its reply then says.
 */
#ifndef TESTS_UNIT_ASKING_H
#define TESTS_UNIT_ASKING_H

#include "app/app.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct replyd_exchange x;
static char request[16384];

/* A request with this first line ("GET /a") and these fields, each with its CRLF. */
static inline void ask(const char *line, const char *fields)
{
	int len = snprintf(request, sizeof(request), "%s HTTP/1.1\r\n%s\r\n", line, fields);

	rd_exchange_end(&x);
	rd_exchange_begin(&x);
	ck_assert_int_eq(rd_head_parse(request, (size_t)len, &RD_HEAD_LIMITS, &x.head), len);
	ck_assert_int_eq(rd_head_framing(&x.head, &x.framing), 0);
	ck_assert_int_eq(rd_target_parse(x.head.target.at, x.head.target.len, x.path,
					 sizeof(x.path), &x.target),
			 0);
	if (x.target.host.at)
		x.framing.host = x.target.host;
}

/* The reply's first field of that name, in any case; NULL when there is none. */
static inline const char *says(const char *name)
{
	static char value[RD_REPLY_FIELDS];
	size_t len = strlen(name);
	const char *at = x.reply.fields, *end = at + x.reply.fields_len;

	while (at < end) {
		const char *eol = memmem(at, (size_t)(end - at), "\r\n", 2);

		ck_assert_ptr_nonnull(eol);
		if (strncasecmp(at, name, len) == 0 && at[len] == ':') {
			at += len + 2;
			snprintf(value, sizeof(value), "%.*s", (int)(eol - at), at);
			return value;
		}
		at = eol + 2;
	}
	return NULL;
}

/* A file of its own with this text. */
static inline const char *file_of(const void *text, size_t len)
{
	static char path[] = "/tmp/replyd-test-XXXXXX";
	int fd;

	strcpy(path + sizeof(path) - 7, "XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	close(fd);
	return path;
}

static inline int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

#endif
