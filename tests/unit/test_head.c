/*
 * test_head - request heads: what is well-formed and what is refused with which status, the
 * limits to the byte, and that a head cut at any byte is "more is needed" and nothing else.
 */
#include "codec/head.h"

#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define HOST	     "Host: h\r\n"

static const struct rd_head_limits usual = RD_HEAD_LIMITS;
static struct rd_head head;

/* Each parse sees a copy with no byte behind it that may be read. */
static int parse(const char *text, size_t len, const struct rd_head_limits *limits)
{
	static char *copy;

	free(copy);
	copy = malloc(len + !len);
	memcpy(copy, text, len);
	return rd_head_parse(copy, len, limits, &head);
}

static int parse_text(const char *text)
{
	return parse(text, strlen(text), &usual);
}

static void is(struct rd_span span, const char *want)
{
	ck_assert_msg(span.at && rd_span_eq(span, want), "'%.*s', not '%s'", (int)span.len, span.at,
		      want);
}

static const char *const good[] = {
	"GET / HTTP/1.1\r\n\r\n",
	"GET / HTTP/1.0\r\n\r\n",
	"GET / HTTP/1.9\r\n\r\n",
	"\r\nGET / HTTP/1.1\r\n" HOST "\r\n", /* RFC 9112 2.2: one empty line before it */
	"OPTIONS * HTTP/1.1\r\n" HOST "\r\n",
	"GET http://h/a?b HTTP/1.1\r\n" HOST "\r\n",
	"GET /\xc3\xa9%20[]{}|^\\\"<>` HTTP/1.1\r\n" HOST "\r\n",
	"M-SEARCH / HTTP/1.1\r\n" HOST "\r\n",
	"!#$%&'*+-.^_`|~09azAZ / HTTP/1.1\r\n" HOST "\r\n",
	"GET / HTTP/1.1\r\nHost:h\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: \t h \t \r\n\r\n",
	"GET / HTTP/1.1\r\nEmpty:\r\nBlank: \t\r\n\r\n",
	"GET / HTTP/1.1\r\n!#$%&'*+-.^_`|~09azAZ: v\r\n\r\n",
	"GET / HTTP/1.1\r\nA: a b\tc \x80\xff \"(),/:;<=>?@[\\]{}\"\r\n\r\n",
	"GET / HTTP/1.1\r\nA:::\r\n\r\n",
	"GET / HTTP/1.1\r\nA: 1\r\nA: 2\r\na: 3\r\n\r\n",
};

/* Whole: its length, also when more follows. Cut at any byte: more is needed. */
START_TEST(accepted)
{
	const char *text = good[_i];
	size_t len = strlen(text);
	char behind[256];

	ck_assert_int_eq(parse_text(text), len);
	strcpy(behind, text);
	strcat(behind, "GET\0\r");
	ck_assert_int_eq(parse(behind, len + 5, &usual), len);
	for (size_t cut = 1; cut < len; cut++)
		ck_assert_msg(parse(text, cut, &usual) == 0, "cut at %zu", cut);
}
END_TEST

static const struct {
	int status;
	const char *text;
} bad[] = {
	/* the request line: RFC 9112 3 */
	{ 400, "\n" },
	{ 400, " " },
	{ 400, "\rG" },
	{ 400, "\r\n\r\nGET / HTTP/1.1\r\n" },
	{ 400, "\nGET / HTTP/1.1\r\n" },
	{ 400, " GET / HTTP/1.1\r\n" },
	{ 400, "G(T / HTTP/1.1\r\n" },
	{ 400, "GET\t/ HTTP/1.1\r\n" },
	{ 400, "GET\r\n" },
	{ 400, "GET  / HTTP/1.1\r\n" },
	{ 400, "GET /  HTTP/1.1\r\n" },
	{ 400, "GET / a HTTP/1.1\r\n" },
	{ 400, "GET /\tHTTP/1.1\r\n" },
	{ 400, "GET /#a HTTP/1.1\r\n" },
	{ 400, "GET /\x7f HTTP/1.1\r\n" },
	{ 400, "GET /\x01 HTTP/1.1\r\n" },
	{ 400, "GET /\r\n" }, /* 0.9 */
	{ 400, "GET /\n" },
	{ 400, "GET / \r\n" },
	{ 400, "GET / HTTP/1.1 \r\n" },
	{ 400, "GET / HTTP/1.1\n" },
	{ 400, "GET / HTTP/1.1\rX" },
	{ 400, "GET / HTTP/1.10\r\n" },
	{ 400, "GET / HTTP/11.1\r\n" },
	{ 400, "GET / HTTP/1,1\r\n" },
	{ 400, "GET / HTTP/a.1\r\n" },
	{ 400, "GET / HTTP/1.a\r\n" },
	{ 400, "GET / http/1.1\r\n" },
	{ 400, "GET / XTTP" },
	{ 400, "GET / HTTPS/1.1\r\n" },
	{ 505, "GET / HTTP/2.0\r\n" },
	{ 505, "GET / HTTP/0.9\r\n" },
	{ 505, "GET / HTTP/3.1\r\n" },
	{ 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
	/* the fields: RFC 9112 5 */
	{ 400, "GET / HTTP/1.1\r\n Host: h\r\n" },
	{ 400, "GET / HTTP/1.1\r\n\tHost: h\r\n" },
	{ 400, "GET / HTTP/1.1\r\n" HOST " folded\r\n" },
	{ 400, "GET / HTTP/1.1\r\n" HOST "\tfolded\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost : h\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost\t: h\r\n" },
	{ 400, "GET / HTTP/1.1\r\n: h\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHo st: h\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHo\xc3\xa9: h\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHo\"st: h\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: h\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: h\ri" },
	{ 400, "GET / HTTP/1.1\r\nHost: h\x01\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: h\x7f\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: h\x0b\r\n" },
	{ 400, "GET / HTTP/1.1\r\n" HOST "\n" },
	{ 400, "GET / HTTP/1.1\r\n" HOST "\rX" },
};

/* Refused as it stands, before the head is complete, and never taken for whole at any cut. */
START_TEST(refused)
{
	const char *text = bad[_i].text;

	ck_assert_int_eq(parse_text(text), -bad[_i].status);
	for (size_t cut = 1; cut < strlen(text); cut++) {
		int got = parse(text, cut, &usual);

		ck_assert_msg(got == 0 || got == -bad[_i].status, "cut at %zu: %d", cut, got);
	}
}
END_TEST

START_TEST(nul)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

	for (size_t at = 0; at < sizeof(text) - 1; at++) {
		char with[sizeof(text)];

		memcpy(with, text, sizeof(text));
		with[at] = '\0';
		ck_assert_int_eq(parse(with, sizeof(text) - 1, &usual), -400);
	}
}
END_TEST

START_TEST(result)
{
	const struct rd_field *field;
	unsigned i = 0;

	ck_assert_int_gt(parse_text("\r\nPUT /a?b HTTP/1.2\r\nX-A:  one \t\r\nhOsT:h:8\r\n"
				    "x-a: two\r\nRange:\r\nX-B:\tthree, four\r\nHost: i\r\n\r\n"),
			 0);
	ck_assert_int_eq(head.method, METHOD_PUT);
	is(head.method_text, "PUT");
	is(head.target, "/a?b");
	ck_assert_uint_eq(head.minor, 1);
	ck_assert_uint_eq(head.fields, 6);
	is(head.field[0].name, "X-A");
	is(head.field[0].value, "one");
	ck_assert_int_eq(head.field[0].id, FIELD_OTHER);
	is(head.field[4].value, "three, four");
	is(rd_head_field(&head, FIELD_HOST), "h:8");
	is(rd_head_field(&head, FIELD_RANGE), "");
	ck_assert_ptr_null(rd_head_field(&head, FIELD_EXPECT).at);
	ck_assert_ptr_null(rd_head_next(&head, FIELD_EXPECT, &i));

	ck_assert_ptr_nonnull(field = rd_head_next(&head, FIELD_HOST, &i));
	is(field->value, "h:8");
	ck_assert_ptr_nonnull(field = rd_head_next(&head, FIELD_HOST, &i));
	is(field->value, "i");
	ck_assert_ptr_null(rd_head_next(&head, FIELD_HOST, &i));

	/* Of the last parse nothing is left. */
	ck_assert_int_gt(parse_text("X / HTTP/1.0\r\n\r\n"), 0);
	ck_assert_int_eq(head.method, METHOD_UNKNOWN);
	ck_assert_uint_eq(head.minor, 0);
	ck_assert_uint_eq(head.fields, 0);
	ck_assert_ptr_null(rd_head_field(&head, FIELD_HOST).at);
}
END_TEST

static const struct {
	const char *word;
	enum rd_method method;
} methods[] = {
#define METHOD(name, safe) { #name, METHOD_##name },
#include "tbl/method.h"
#undef METHOD
};

/* A method's case counts (RFC 9110 9.1), and so does its length. */
START_TEST(method)
{
	const char *word = methods[_i].word;
	size_t len = strlen(word);
	char text[64];

	sprintf(text, "%s / HTTP/1.1\r\n\r\n", word);
	ck_assert_int_gt(parse_text(text), 0);
	ck_assert_int_eq(head.method, methods[_i].method);
	ck_assert_str_eq(rd_method_word(methods[_i].method), word);
	text[len - 1] = (char)tolower(text[len - 1]);
	ck_assert_int_gt(parse_text(text), 0);
	ck_assert_int_eq(head.method, METHOD_UNKNOWN);
	sprintf(text, "%.*s / HTTP/1.1\r\n\r\n", (int)len - 1, word);
	ck_assert_int_gt(parse_text(text), 0);
	ck_assert_int_eq(head.method, METHOD_UNKNOWN);
	sprintf(text, "%sX / HTTP/1.1\r\n\r\n", word);
	ck_assert_int_gt(parse_text(text), 0);
	ck_assert_int_eq(head.method, METHOD_UNKNOWN);
	ck_assert_str_eq(rd_method_word(METHOD_UNKNOWN), "");
}
END_TEST

static const struct {
	const char *word;
	enum rd_field_id id;
	unsigned slot;
} fields[] = {
#define FIELD(name, word, slot) { word, FIELD_##name, slot },
#include "tbl/field.h"
#undef FIELD
};

START_TEST(field)
{
	const char *word = fields[_i].word;
	size_t len = strlen(word);
	char name[64], text[128];

	ck_assert_uint_eq((len + 36 * (unsigned)word[0] + 55 * (unsigned)word[len - 1]) % 64,
			  fields[_i].slot);
	for (size_t i = 0; i < COUNT(fields); i++)
		ck_assert(i == (size_t)_i || fields[i].slot != fields[_i].slot);

	ck_assert_int_eq(rd_field_id(word, len), fields[_i].id);
	for (size_t i = 0; i < len; i++)
		name[i] = (char)toupper(word[i]);
	ck_assert_int_eq(rd_field_id(name, len), fields[_i].id);
	for (size_t i = 0; i < len; i += 2)
		name[i] = (char)tolower(word[i]);
	ck_assert_int_eq(rd_field_id(name, len), fields[_i].id);
	name[len] = name[len - 1];
	ck_assert_int_eq(rd_field_id(name, len - 1), FIELD_OTHER);
	ck_assert_int_eq(rd_field_id(name, len + 1), FIELD_OTHER);
	name[len / 2] = '!'; /* the same slot, another name */
	ck_assert_int_eq(rd_field_id(name, len), FIELD_OTHER);

	sprintf(text, "GET / HTTP/1.1\r\nA: 1\r\n%s: 2\r\n%s: 3\r\n\r\n", word, word);
	ck_assert_int_gt(parse_text(text), 0);
	is(rd_head_field(&head, fields[_i].id), "2");
}
END_TEST

/* A head whose request line and `number` fields are so long, each with its CR LF. */
static size_t head_of(char *to, size_t line, size_t each, unsigned number)
{
	static const char form[] = "GET / HTTP/1.1\r\n";
	char *at = to;

	memcpy(at, "GET /", 5);
	memset(at + 5, 'a', line - (sizeof(form) - 1));
	at += line - 11;
	memcpy(at, " HTTP/1.1\r\n", 11);
	at += 11;
	while (number-- > 0) {
		memset(at, 'v', each);
		at[1] = ':';
		memcpy(at + each - 2, "\r\n", 2);
		at += each;
	}
	memcpy(at, "\r\n", 2);
	return (size_t)(at + 2 - to);
}

#define LIMITS_MOST ((struct rd_head_limits){ RD_HEAD_LINE, 8192, 65536, RD_HEAD_FIELDS })

static const struct {
	size_t line, field;
	unsigned number;
	struct rd_head_limits limits;
	int status; /* 0: accepted */
} limits[] = {
	{ 100, 5, 0, { 100, 64, 4096, 100 }, 0 },
	{ 101, 5, 0, { 100, 64, 4096, 100 }, 414 },
	{ 100, 64, 1, { 100, 64, 4096, 100 }, 0 },
	{ 100, 65, 1, { 100, 64, 4096, 100 }, 431 },
	{ 98, 50, 2, { 100, 64, 200, 100 }, 0 },
	{ 99, 50, 2, { 100, 64, 200, 100 }, 431 },
	{ 98, 51, 2, { 100, 64, 200, 100 }, 431 },
	{ 64, 5, 100, { 100, 64, 4096, 100 }, 0 },
	{ 64, 5, 101, { 100, 64, 4096, 100 }, 431 },
	{ 64, 5, 7, { 100, 64, 4096, 7 }, 0 },
	{ 64, 5, 8, { 100, 64, 4096, 7 }, 431 },
	{ 8192, 8192, 2, RD_HEAD_LIMITS, 0 },
	{ 98, 5, 0, { 200, 64, 100, 100 }, 0 },
	{ 101, 5, 0, { 200, 64, 100, 100 }, 431 },
	{ 8193, 8192, 2, RD_HEAD_LIMITS, 414 },
	{ 8192, 8193, 1, RD_HEAD_LIMITS, 431 },
	{ 8190, 8192, 3, RD_HEAD_LIMITS, 0 },
	{ 8191, 8192, 3, RD_HEAD_LIMITS, 431 },
	{ 64, 5, 501, LIMITS_MOST, 431 },
	{ 32768, 5, 500, LIMITS_MOST, 0 },
	{ 32769, 5, 1, LIMITS_MOST, 414 },
};

/* To the byte; and what is accepted whole is never refused for a limit before it is whole. */
START_TEST(limit)
{
	static char text[64 * 1024];
	size_t len = head_of(text, limits[_i].line, limits[_i].field, limits[_i].number);
	int want = limits[_i].status ? -limits[_i].status : (int)len;

	ck_assert_int_eq(parse(text, len, &limits[_i].limits), want);
	for (size_t cut = 1; cut<len; cut += len> 4096 ? 61 : 1) {
		int got = parse(text, cut, &limits[_i].limits);

		ck_assert_msg(got == 0 || (want < 0 && got == want), "cut at %zu: %d", cut, got);
	}
}
END_TEST

static const struct {
	const char *begin; /* and then 'a' for ever: refused when there is no room for an end */
	size_t room;
	int status;
} endless[] = {
	{ "", 100, 501 },
	{ "GET /", 100, 414 },
	{ "GET / HTTP/1.1\r\n", 16 + 64, 431 },
	{ "GET / HTTP/1.1\r\nA:", 16 + 64, 431 },
	{ "GET / HTTP/1.1\r\nA: 0123456789012345678901234567890123456789\r\n"
	  "A: 0123456789012345678901234567890123456789\r\n"
	  "A: 0123456789012345678901234567890123456789\r\nA:",
	  200, 431 },
};

START_TEST(no_end)
{
	static const struct rd_head_limits small = { 100, 64, 200, 100 };
	char text[300];
	size_t len = strlen(endless[_i].begin);

	memset(text, 'a', sizeof(text));
	memcpy(text, endless[_i].begin, len);
	ck_assert_int_eq(parse(text, endless[_i].room - 1, &small), 0);
	ck_assert_int_eq(parse(text, endless[_i].room, &small), -endless[_i].status);
	ck_assert_int_eq(parse(text, sizeof(text), &small), -endless[_i].status);
	text[sizeof(text) - 1] = '\0'; /* what comes behind changes nothing */
	ck_assert_int_eq(parse(text, sizeof(text), &small), -endless[_i].status);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("head");
	TCase *tcase = tcase_create("head");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, accepted, 0, COUNT(good));
	tcase_add_loop_test(tcase, refused, 0, COUNT(bad));
	tcase_add_test(tcase, nul);
	tcase_add_test(tcase, result);
	tcase_add_loop_test(tcase, method, 0, COUNT(methods));
	tcase_add_loop_test(tcase, field, 0, COUNT(fields));
	tcase_add_loop_test(tcase, limit, 0, COUNT(limits));
	tcase_add_loop_test(tcase, no_end, 0, COUNT(endless));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
