/*
 * test_reply - what a handler answers: its head to the byte, what cannot get into it, and who
 * gives the body back.
 */
#include "app/exchange.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define DATE	     "Sun, 06 Nov 1994 08:49:37 GMT"

static struct rd_reply r;
static char out[RD_REPLY_HEAD + 1];
static unsigned released;

static void release(void *owner)
{
	released += *(unsigned *)owner;
}

static unsigned one = 1;

static void setup(void)
{
	rd_reply_begin(&r);
	released = 0;
}

static const char *head_of(unsigned minor)
{
	size_t len = rd_reply_head(&r, minor, DATE, out, sizeof(out) - 1);

	out[len] = '\0';
	return out;
}

static const struct {
	int status;
	unsigned minor;
	bool close;
	const char *head;
} heads[] = {
	{ 200, 1, false,
	  "HTTP/1.1 200 OK\r\nServer: replyd\r\nA: b\r\nContent-Length: 5\r\nDate: " DATE
	  "\r\n\r\n" },
	{ 200, 1, true,
	  "HTTP/1.1 200 OK\r\nServer: replyd\r\nA: b\r\nContent-Length: 5\r\nDate: " DATE
	  "\r\nConnection: close\r\n\r\n" },
	{ 200, 0, false,
	  "HTTP/1.1 200 OK\r\nServer: replyd\r\nA: b\r\nContent-Length: 5\r\nDate: " DATE
	  "\r\nConnection: keep-alive\r\n\r\n" },
	{ 200, 0, true,
	  "HTTP/1.1 200 OK\r\nServer: replyd\r\nA: b\r\nContent-Length: 5\r\nDate: " DATE
	  "\r\nConnection: close\r\n\r\n" },
	{ 204, 1, false,
	  "HTTP/1.1 204 No Content\r\nServer: replyd\r\nA: b\r\nDate: " DATE "\r\n\r\n" },
	{ 304, 1, false,
	  "HTTP/1.1 304 Not Modified\r\nServer: replyd\r\nA: b\r\nDate: " DATE "\r\n\r\n" },
	{ 299, 1, false,
	  "HTTP/1.1 299 Status\r\nServer: replyd\r\nA: b\r\nContent-Length: 5\r\nDate: " DATE
	  "\r\n\r\n" },
};

START_TEST(head)
{
	rd_reply_field(&r, "A", "b");
	rd_reply_bytes(&r, heads[_i].status, NULL, "hello", 5, NULL, NULL);
	r.close = heads[_i].close;
	ck_assert_str_eq(head_of(heads[_i].minor), heads[_i].head);
}
END_TEST

/* A part that was made before gives the same head, with what is added behind it. */
START_TEST(ready)
{
	char part[256], whole[1024];

	rd_reply_field(&r, "A", "b");
	rd_reply_bytes(&r, 200, "text/plain", "hello", 5, NULL, NULL);
	strcpy(whole, head_of(1));
	r.ready = (struct rd_span){ part, rd_reply_ready(&r, part, sizeof(part)) };
	r.fields_len = 0;
	ck_assert_str_eq(head_of(1), whole);
	rd_reply_field(&r, "C", "d");
	ck_assert_ptr_nonnull(strstr(head_of(1), "Content-Length: 5\r\nC: d\r\nDate: "));
}
END_TEST

/* Whatever the room: the whole head or nothing, and nothing written beyond it. */
START_TEST(room)
{
	size_t whole;
	char part[256];

	rd_reply_field(&r, "A", "b");
	rd_reply_bytes(&r, 200, "text/plain", "hello", 5, NULL, NULL);
	whole = strlen(head_of(1));
	for (int made_before = 0; made_before < 2; made_before++) {
		for (size_t size = 0; size < 400; size++) {
			char *at = malloc(size + !size);
			size_t len = rd_reply_head(&r, 1, DATE, at, size);

			ck_assert(len == 0 || (len == whole && len <= size));
			ck_assert(len > 0 || size < whole + 128);
			free(at);
		}
		r.ready = (struct rd_span){ part, rd_reply_ready(&r, part, sizeof(part)) };
		r.fields_len = 0;
	}
}
END_TEST

/* As many fields as there may be, and the head still fits. */
START_TEST(always_enough)
{
	char value[90];

	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (int i = 0; i < RD_REPLY_FIELDS / 94; i++)
		rd_reply_field(&r, "A", value);
	ck_assert_ptr_null(r.fault);
	ck_assert_uint_gt(r.fields_len, RD_REPLY_FIELDS - 94);
	r.status = 431; /* the longest reason */
	r.length = UINT64_MAX;
	r.close = true;
	ck_assert_uint_gt(rd_reply_head(&r, 1, DATE, out, RD_REPLY_HEAD), RD_REPLY_FIELDS);
	rd_reply_field(&r, "A", value);
	ck_assert_ptr_nonnull(r.fault);
}
END_TEST

static const struct {
	const char *name, *value;
} forged[] = {
	{ "", "v" },	 { "A B", "v" },      { "A:", "v" },	    { "A\r\nB", "v" },
	{ "A\tB", "v" }, { "\xc3\xa9", "v" }, { "A", "v\r\nB: c" }, { "A", "v\n" },
	{ "A", "v\rw" }, { "A", "\x01" },     { "A", "\x7f" },	    { "A", "\x1f" },
};

START_TEST(forged_field)
{
	rd_reply_field(&r, forged[_i].name, forged[_i].value);
	ck_assert_ptr_nonnull(r.fault);
	ck_assert_uint_eq(r.fields_len, 0);
}
END_TEST

START_TEST(field)
{
	rd_reply_field(&r, "A", "");
	rd_reply_field(&r, "B-c_d", "a\tb \xc3\xa9\"");
	rd_reply_lines(&r, "E: f\r\nG: h\r\n");
	ck_assert_ptr_null(r.fault);
	ck_assert_uint_eq(r.fields_len,
			  strlen("A: \r\nB-c_d: a\tb \xc3\xa9\"\r\nE: f\r\nG: h\r\n"));
	ck_assert_mem_eq(r.fields, "A: \r\nB-c_d: a\tb \xc3\xa9\"\r\nE: f\r\nG: h\r\n",
			 r.fields_len);
}
END_TEST

START_TEST(too_many_lines)
{
	static char lines[RD_REPLY_FIELDS + 2];

	memset(lines, 'a', RD_REPLY_FIELDS);
	lines[RD_REPLY_FIELDS] = '\n';
	rd_reply_lines(&r, lines);
	ck_assert_ptr_nonnull(r.fault);
	ck_assert_uint_eq(r.fields_len, 0);
	r.fault = NULL;
	lines[RD_REPLY_FIELDS - 1] = '\n';
	lines[RD_REPLY_FIELDS] = '\0';
	rd_reply_lines(&r, lines);
	ck_assert_ptr_null(r.fault);
	ck_assert_uint_eq(r.fields_len, RD_REPLY_FIELDS);
}
END_TEST

static struct rd_span said(void)
{
	return (struct rd_span){ r.fields, r.fields_len };
}

START_TEST(once)
{
	static const char made[] = "HTTP/1.1 200 OK\r\nServer: replyd\r\nExpires: x\r\n";

	rd_reply_field(&r, "ETag", "\"a\"");
	rd_reply_field(&r, "Vary", "A");
	rd_reply_field(&r, "vary", "B");
	ck_assert_ptr_null(r.fault);
	rd_reply_lines(&r, "etag: \"b\"\r\nETags: c\r\nAge: 1\r\nVary: C\r\nAGE: 2\r\n");
	ck_assert_ptr_null(r.fault);
	ck_assert(rd_span_eq(said(), "ETag: \"a\"\r\nVary: A\r\nvary: B\r\nETags: c\r\nAge: 1\r\n"
				     "Vary: C\r\n"));
	rd_reply_field(&r, "eTag", "\"c\"");
	ck_assert_ptr_nonnull(r.fault);

	rd_reply_begin(&r);
	r.ready = rd_span_of(made);
	rd_reply_lines(&r, "Expires: y\r\nX: z\r\n");
	ck_assert(rd_span_eq(said(), "X: z\r\n"));
	ck_assert(rd_reply_says(&r, "expires"));
	ck_assert(!rd_reply_says(&r, "Expire"));
}
END_TEST

/* What is about the content goes with it. */
START_TEST(dropped_content)
{
	rd_reply_bytes(&r, 200, "text/plain", "hello", 5, release, &one);
	rd_reply_field(&r, "A", "b");
	rd_reply_field(&r, "Content-Encoding", "gzip");
	rd_reply_field(&r, "Content-Types", "c");
	rd_reply_drop_content(&r);
	ck_assert_uint_eq(released, 1);
	ck_assert(rd_span_eq(said(), "A: b\r\nContent-Types: c\r\n"));
}
END_TEST

static const struct {
	int status;
	const char *name, *value;
	bool lacks;
} needs[] = {
	{ 200, "A", "b", false },
	{ 401, "A", "b", true },
	{ 401, "www-authenticate", "Basic", false },
	{ 405, "WWW-Authenticate", "Basic", true },
	{ 405, "Allow", "", false },
	{ 407, "Proxy-Authenticate", "Basic", false },
	{ 426, "A", "b", true },
	{ 206, "Content-Range", "bytes 0-1/2", false },
	{ 206, "Content-Type", "multipart/byteranges; boundary=a", false },
	{ 206, "Content-Type", "multipart/mixed; boundary=a", true },
	{ 206, "Content-Type", "a", true },
};

START_TEST(needed_field)
{
	r.status = needs[_i].status;
	rd_reply_field(&r, needs[_i].name, needs[_i].value);
	ck_assert_int_eq(rd_reply_lacks(&r) != NULL, needs[_i].lacks);
}
END_TEST

/* RFC 9110 §15.3.6, whatever was written. */
START_TEST(reset_has_no_content)
{
	static const char reset[] = "HTTP/1.1 205 Reset Content\r\nServer: replyd\r\n"
				    "Content-Length: 0\r\nDate: " DATE "\r\n\r\n";

	rd_reply_bytes(&r, 205, NULL, "hello", 5, NULL, NULL);
	ck_assert_str_eq(head_of(1), reset);
	ck_assert(!rd_reply_has_body(METHOD_GET, 205));
	r.state = PIECES_SENT;
	ck_assert_str_eq(head_of(1), reset);
	ck_assert(!rd_reply_chunked(&r, 1));
}
END_TEST

/* Given back once, by whoever comes first. */
START_TEST(body_is_given_back)
{
	rd_reply_bytes(&r, 200, "text/plain", "hello", 5, release, &one);
	ck_assert_uint_eq(r.body.left, 5);
	ck_assert_uint_eq(r.length, 5);
	rd_body_release(&r.body);
	ck_assert_uint_eq(released, 1);
	ck_assert_uint_eq(r.body.left, 0);
	ck_assert_ptr_null(r.body.bytes);
	ck_assert_int_eq(r.body.file, -1);
	rd_body_release(&r.body);
	ck_assert_uint_eq(released, 1);

	rd_reply_bytes(&r, 200, NULL, "hello", 5, release, &one);
	r.close = true;
	rd_reply_field(&r, "A", "b");
	rd_reply_reset(&r);
	ck_assert_uint_eq(released, 2);
	ck_assert_int_eq(r.status, 0);
	ck_assert_uint_eq(r.fields_len, 0);
	ck_assert_uint_eq(r.length, 0);
	ck_assert(!r.fault && r.close); /* whether it is the last is not the handler's */
}
END_TEST

static const int codes[] = {
#define STATUS(code, reason, text) code,
#include "tbl/status.h"
#undef STATUS
};

START_TEST(page)
{
	char title[128];
	int code = codes[_i];

	snprintf(title, sizeof(title), "<title>%d %s</title>", code, rd_status_reason(code));
	rd_reply_page(&r, code);
	ck_assert_int_eq(r.status, code);
	ck_assert_uint_eq(r.length, r.body.left);
	ck_assert_ptr_nonnull(memmem(r.body.bytes, r.body.left, title, strlen(title)));
	ck_assert_ptr_nonnull(strstr(head_of(1), "\r\nContent-Type: text/html; charset=utf-8\r\n"));
	ck_assert_int_eq(rd_reply_has_body(METHOD_GET, code),
			 code >= 200 && code != 204 && code != 205 && code != 304);
	ck_assert(!rd_reply_has_body(METHOD_HEAD, code));
	rd_reply_reset(&r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reply");
	TCase *tcase = tcase_create("reply");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, head, 0, COUNT(heads));
	tcase_add_test(tcase, ready);
	tcase_add_test(tcase, room);
	tcase_add_test(tcase, always_enough);
	tcase_add_loop_test(tcase, forged_field, 0, COUNT(forged));
	tcase_add_test(tcase, field);
	tcase_add_test(tcase, too_many_lines);
	tcase_add_test(tcase, once);
	tcase_add_test(tcase, dropped_content);
	tcase_add_loop_test(tcase, needed_field, 0, COUNT(needs));
	tcase_add_test(tcase, reset_has_no_content);
	tcase_add_test(tcase, body_is_given_back);
	tcase_add_loop_test(tcase, page, 0, COUNT(codes));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
