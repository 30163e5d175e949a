/*
 * test_request - what replyc sends: its own fields, the user's in their place, the body.
 */
#include "config.h"

#include "client/request.h"

#include <check.h>

#define AGENT "User-Agent: replyc/" PACKAGE_VERSION "\r\n"
#define BODY(text)                    \
	{                             \
		text, sizeof text - 1 \
	}

static const struct {
	const char *url;
	struct rd_request request;
	const char *bytes;
} cases[] = {
	{ "http://a/x?y", { 0 }, "GET /x?y HTTP/1.1\r\nHost: a\r\n" AGENT "Accept: */*\r\n\r\n" },
	{ "http://a:81?y",
	  { .close = true },
	  "GET /?y HTTP/1.1\r\nHost: a:81\r\n" AGENT "Accept: */*\r\nConnection: close\r\n\r\n" },
	{ "http://a/",
	  { .method = "HEAD", .fields = { "accept: text/html", "X: y" }, .field_count = 2 },
	  "HEAD / HTTP/1.1\r\nHost: a\r\n" AGENT "accept: text/html\r\nX: y\r\n\r\n" },
	{ "http://a/",
	  { .body = BODY("one\0two"), .fields = { "Host: b" }, .field_count = 1 },
	  "POST / HTTP/1.1\r\n" AGENT
	  "Accept: */*\r\nHost: b\r\nContent-Length: 7\r\n\r\none\0two" },
	{ "http://a/",
	  { .method = "PUT", .body = BODY("") },
	  "PUT / HTTP/1.1\r\nHost: a\r\n" AGENT "Accept: */*\r\nContent-Length: 0\r\n\r\n" },
};

START_TEST(written)
{
	const char *bytes = cases[_i].bytes, *why;
	size_t len = strlen(bytes);
	struct rd_buffer to = { 0 };
	struct rd_url url;

	if (cases[_i].request.body.len)
		len += cases[_i].request.body.len - strlen(cases[_i].request.body.at);
	ck_assert(rd_url_parse(cases[_i].url, &url, &why));
	ck_assert(rd_request_write(&cases[_i].request, &url, &to));
	ck_assert_msg(to.len == len && memcmp(to.at, bytes, len) == 0, "%.*s", (int)to.len, to.at);
	rd_buffer_free(&to);
}
END_TEST

START_TEST(refused)
{
	ck_assert_ptr_null(rd_request_check_method("PROPFIND"));
	ck_assert_ptr_nonnull(rd_request_check_method(""));
	ck_assert_ptr_nonnull(rd_request_check_method("GET /"));
	ck_assert_ptr_null(rd_request_check_field("X-A:b: c\td"));
	ck_assert_ptr_null(rd_request_check_field("X:"));
	ck_assert_ptr_nonnull(rd_request_check_field("X"));
	ck_assert_ptr_nonnull(rd_request_check_field(": b"));
	ck_assert_ptr_nonnull(rd_request_check_field("X : b"));
	ck_assert_ptr_nonnull(rd_request_check_field("X: b\r\nY: c"));
	ck_assert_ptr_nonnull(rd_request_check_field("content-length: 1"));
	ck_assert_ptr_nonnull(rd_request_check_field("Connection: close"));
}
END_TEST

START_TEST(bodiless)
{
	ck_assert(!rd_request_bodiless(&(struct rd_request){ 0 }));
	ck_assert(rd_request_bodiless(&(struct rd_request){ .method = "HEAD" }));
	ck_assert(!rd_request_bodiless(&(struct rd_request){ .method = "HEADS" }));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("request");
	TCase *tcase = tcase_create("request");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, written, 0, (int)(sizeof cases / sizeof *cases));
	tcase_add_test(tcase, refused);
	tcase_add_test(tcase, bodiless);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
