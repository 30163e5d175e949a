/* test_cgi - heads of CGI replies: what they say, what is malformed, and what is not whole yet. */
#include "codec/cgi.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static struct rd_cgi cgi;

static const struct {
	const char *head;
	int status;
	bool local;
	const char *type, *location; /* NULL: none */
	long length;		     /* -1: not said */
	unsigned fields;	     /* others */
} good[] = {
	{ "Content-Type: a/b\n\n", 200, false, "a/b", NULL, -1, 0 },
	{ "Content-Type: a/b\r\n\r\n", 200, false, "a/b", NULL, -1, 0 },
	{ "content-type:a/b\n\r\n", 200, false, "a/b", NULL, -1, 0 },
	{ "CONTENT-TYPE: \t a/b; charset=c \t\n\n", 200, false, "a/b; charset=c", NULL, -1, 0 },
	{ "Status: 404\n\n", 404, false, NULL, NULL, -1, 0 },
	{ "Status: 404 Not Here\nContent-Type: a/b\n\n", 404, false, "a/b", NULL, -1, 0 },
	{ "Status: 200\n\n", 200, false, NULL, NULL, -1, 0 },
	{ "Status: 599 x\n\n", 599, false, NULL, NULL, -1, 0 },
	{ "Location: http://a/b\n\n", 302, false, NULL, "http://a/b", -1, 0 },
	{ "Location: http://a/b\nStatus: 307 x\nContent-Type: c/d\n\n", 307, false, "c/d",
	  "http://a/b", -1, 0 },
	{ "Location: /a?b\n\n", 302, true, NULL, "/a?b", -1, 0 },
	{ "Location: //a\n\n", 302, true, NULL, "//a", -1, 0 },
	{ "Location: /a\nStatus:\nContent-Type:\n\n", 302, true, NULL, "/a", -1, 0 },
	{ "Location: /a\nStatus: 302\n\n", 302, false, NULL, "/a", -1, 0 },
	{ "Location: /a\nContent-Type: c/d\n\n", 302, false, "c/d", "/a", -1, 0 },
	{ "Location: /a\nContent-Length: 0\n\n", 302, false, NULL, "/a", 0, 0 },
	{ "Location: /a\nSet-Cookie: b\n\n", 302, false, NULL, "/a", -1, 1 },
	{ "Location: a\n\n", 302, false, NULL, "a", -1, 0 },
	{ "Content-Type: a/b\nContent-Length: 12\nX: y\nX: z\n\n", 200, false, "a/b", NULL, 12, 2 },
	{ "Content-Type: a/b\nContent-Length: 999999999999999999\n\n", 200, false, "a/b", NULL,
	  999999999999999999, 0 },
	{ "Content-Type: a/b\nX:\nY: \t\n\n", 200, false, "a/b", NULL, -1, 0 },
	{ "Content-Type: a/b\nX: \xff\t:\n\n", 200, false, "a/b", NULL, -1, 1 },
};

static void same(struct rd_span s, const char *text)
{
	ck_assert_int_eq(s.at != NULL, text != NULL);
	ck_assert(!text || rd_span_eq(s, text));
}

START_TEST(says)
{
	const char *head = good[_i].head;
	size_t len = strlen(head);
	char *body = malloc(len + 4);

	memcpy(body, head, len);
	memcpy(body + len, "\n\nab", 4); /* a body is no part of it */
	ck_assert_int_eq(rd_cgi_parse(body, len + 4, &cgi), (int)len);
	ck_assert_int_eq(rd_cgi_parse(body, len, &cgi), (int)len);
	ck_assert_int_eq(cgi.status, good[_i].status);
	ck_assert_int_eq(cgi.local, good[_i].local);
	same(cgi.type, good[_i].type);
	same(cgi.location, good[_i].location);
	ck_assert_int_eq(cgi.has_length, good[_i].length >= 0);
	ck_assert(!cgi.has_length || cgi.length == (uint64_t)good[_i].length);
	ck_assert_uint_eq(cgi.fields, good[_i].fields);
	free(body);
}
END_TEST

/* At each byte but the last: more is needed. */
START_TEST(cut)
{
	const char *head = good[_i].head;

	for (size_t len = 0; len < strlen(head); len++) {
		char *part = malloc(len ? len : 1);

		memcpy(part, head, len);
		ck_assert_int_eq(rd_cgi_parse(part, len, &cgi), 0);
		free(part);
	}
}
END_TEST

static const char *const bad[] = {
	"\n",
	"\r\n",
	"X: y\n\n",
	"Content-Type:\n\n",
	"Content-Type: a/b\nContent-Type: a/b\n\n",
	"Location: /a\nLocation: /a\n\n",
	"Status: 200\nStatus: 200\n\n",
	"Content-Type: a/b\nContent-Length: 1\nContent-Length: 1\n\n",
	"Content-Type: a/b\nContent-Length: -1\n\n",
	"Content-Type: a/b\nContent-Length: 1x\n\n",
	"Content-Type: a/b\nContent-Length: 1000000000000000000\n\n",
	"Status: 20\n\n",
	"Status: 2000\n\n",
	"Status: 200OK\n\n",
	"Status: 199\n\n",
	"Status: 600\n\n",
	"Status: abc\n\n",
	"<html>\n",
	": a\n\n",
	"a b: c\n\n",
	"Content-Type : a/b\n\n",
	" Content-Type: a/b\n\n",
	"Content-Type: a/b\n more\n\n",
	"X\x01: a\n\n",
	"X: a\x01\n\n",
	"X: a\rb\n\n",
	"X: a\x7f\n\n",
	"HTTP/1.1 200 OK\n",
};

START_TEST(malformed)
{
	ck_assert_int_eq(rd_cgi_parse(bad[_i], strlen(bad[_i]), &cgi), -1);
}
END_TEST

START_TEST(malformed_nul)
{
	ck_assert_int_eq(rd_cgi_parse("X: a\0b\n\n", 8, &cgi), -1);
	ck_assert_int_eq(rd_cgi_parse("X\0: a\n\n", 7, &cgi), -1);
}
END_TEST

START_TEST(others_in_their_order)
{
	static const char head[] = "A: 1\nContent-Type: a/b\nb:  2 \nA: 3\n\n";

	ck_assert_int_gt(rd_cgi_parse(head, sizeof(head) - 1, &cgi), 0);
	ck_assert_uint_eq(cgi.fields, 3);
	same(cgi.field[0].name, "A");
	same(cgi.field[0].value, "1");
	same(cgi.field[1].name, "b");
	same(cgi.field[1].value, "2");
	same(cgi.field[2].value, "3");
}
END_TEST

/* As many fields as there may be, and one more. */
START_TEST(many)
{
	static char head[RD_CGI_HEAD];
	size_t len = (size_t)sprintf(head, "Status: 200\n");

	for (int i = 0; i < RD_CGI_FIELDS; i++)
		len += (size_t)sprintf(head + len, "X%d: y\n", i);
	head[len] = '\n';
	ck_assert_int_eq(rd_cgi_parse(head, len + 1, &cgi), (int)len + 1);
	len += (size_t)sprintf(head + len, "X: y\n\n");
	ck_assert_int_eq(rd_cgi_parse(head, len, &cgi), -1);
}
END_TEST

/* A head is over within RD_CGI_HEAD, or it is none; a body may be as long as it likes. */
START_TEST(length)
{
	static char head[RD_CGI_HEAD + 100];
	size_t len = (size_t)sprintf(head, "Status: 200\nX: ");

	memset(head + len, 'a', sizeof(head) - len);
	ck_assert_int_eq(rd_cgi_parse(head, RD_CGI_HEAD - 1, &cgi), 0);
	ck_assert_int_eq(rd_cgi_parse(head, RD_CGI_HEAD, &cgi), -1);
	memcpy(head + RD_CGI_HEAD - 2, "\n\n", 2);
	ck_assert_int_eq(rd_cgi_parse(head, RD_CGI_HEAD, &cgi), RD_CGI_HEAD);
	ck_assert_int_eq(rd_cgi_parse(head, sizeof(head), &cgi), RD_CGI_HEAD);
	memcpy(head + RD_CGI_HEAD - 2, "a\n\n", 3);
	ck_assert_int_eq(rd_cgi_parse(head, RD_CGI_HEAD + 1, &cgi), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cgi");
	TCase *tcase = tcase_create("cgi");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, says, 0, COUNT(good));
	tcase_add_loop_test(tcase, cut, 0, COUNT(good));
	tcase_add_loop_test(tcase, malformed, 0, COUNT(bad));
	tcase_add_test(tcase, malformed_nul);
	tcase_add_test(tcase, others_in_their_order);
	tcase_add_test(tcase, many);
	tcase_add_test(tcase, length);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
