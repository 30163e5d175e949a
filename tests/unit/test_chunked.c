/*
 * test_chunked - chunked bodies, whole and in all cuts: what comes out of a body does not depend on
 * the pieces it comes in, and what is malformed is refused in all of them.
 */
#include "codec/chunked.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* What a body gave: its data, its trailer section, how it ended and where. */
struct outcome {
	char data[256], trailer[256];
	size_t data_len, trailer_len;
	size_t used;
	int end; /* the last step */
};

static void add(char *to, size_t *len, struct rd_span part)
{
	ck_assert(part.len > 0 && *len + part.len < 256);
	memcpy(to + *len, part.at, part.len);
	*len += part.len;
}

/* Feeds one piece, from a copy that ends where it ends. False when the body has ended. */
static bool feed(struct rd_chunked *c, struct outcome *o, const char *piece, size_t len)
{
	char *copy = malloc(len + !len);
	size_t at = 0;

	memcpy(copy, piece, len);
	do {
		struct rd_span part;
		size_t used;

		o->end = rd_chunked_next(c, copy + at, len - at, &used, &part);
		ck_assert_uint_le(used, len - at);
		ck_assert(part.len == 0 ||
			  (part.at >= copy + at && part.at + part.len <= copy + at + used));
		if (o->end == RD_CHUNKED_DATA)
			add(o->data, &o->data_len, part);
		else if (o->end == RD_CHUNKED_TRAILER)
			add(o->trailer, &o->trailer_len, part);
		else
			ck_assert_uint_eq(part.len, 0);
		at += used;
	} while (o->end == RD_CHUNKED_DATA || o->end == RD_CHUNKED_TRAILER);
	ck_assert(o->end != RD_CHUNKED_MORE || at == len);
	o->used += at;
	free(copy);
	return o->end == RD_CHUNKED_MORE;
}

static struct outcome run(const char *body, size_t len, size_t cut1, size_t cut2,
			  const struct rd_chunked_limits *limits)
{
	struct outcome o = { .end = RD_CHUNKED_MORE };
	struct rd_chunked c;

	rd_chunked_begin(&c, limits);
	if (feed(&c, &o, body, cut1) && feed(&c, &o, body + cut1, cut2 - cut1))
		feed(&c, &o, body + cut2, len - cut2);
	return o;
}

static void same(const struct outcome *a, const struct outcome *b)
{
	ck_assert_int_eq(a->end, b->end);
	ck_assert_uint_eq(a->data_len, b->data_len);
	ck_assert_mem_eq(a->data, b->data, a->data_len);
	if (a->end < 0)
		return; /* before the error, more or less of a trailer may have come out */
	ck_assert_uint_eq(a->used, b->used);
	ck_assert_uint_eq(a->trailer_len, b->trailer_len);
	ck_assert_mem_eq(a->trailer, b->trailer, a->trailer_len);
}

/* Runs the body whole, in three pieces of all lengths, and in single bytes. */
static struct outcome run_all(const char *body, size_t len, const struct rd_chunked_limits *limits)
{
	struct outcome whole = run(body, len, len, len, limits), o;
	struct rd_chunked c;

	for (size_t i = 0; i < len; i++) {
		for (size_t j = i; j < len; j++) {
			o = run(body, len, i, j, limits);
			same(&whole, &o);
		}
	}
	o = (struct outcome){ .end = RD_CHUNKED_MORE };
	rd_chunked_begin(&c, limits);
	for (size_t i = 0; i < len && feed(&c, &o, body + i, 1); i++)
		;
	same(&whole, &o);
	return whole;
}

static const struct {
	const char *body, *data, *trailer;
	size_t after; /* bytes that do not belong to it */
} good[] = {
	{ "0\r\n\r\n", "", "", 0 },
	{ "5\r\nhello\r\n0\r\n\r\n", "hello", "", 0 },
	{ "5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n", "hello world", "", 0 },
	{ "a\r\n0123456789\r\nA\r\nabcdefghij\r\n0\r\n\r\n", "0123456789abcdefghij", "", 0 },
	{ "10\r\n0123456789abcdef\r\n0\r\n\r\n", "0123456789abcdef", "", 0 },
	{ "0000000000000001\r\nx\r\n0000\r\n\r\n", "x", "", 0 },
	{ "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n", "", 0 },
	{ "7\r\n0\r\n\r\nGE\r\n0\r\n\r\n", "0\r\n\r\nGE", "", 0 },
	{ "0\r\n\r\nGET / HTTP/1.1\r\n", "", "", 16 },
	{ "1\r\nx\r\n0\r\n\r\n0\r\n\r\n", "x", "", 5 },
	/* extensions */
	{ "1;a\r\nx\r\n0;b=c\r\n\r\n", "x", "", 0 },
	{ "1;a=\"b;\\\"c\"\r\nx\r\n0\r\n\r\n", "x", "", 0 },
	{ "1 ;a\r\nx\r\n0\t \t; b\t= c \r\n\r\n", "x", "", 0 },
	{ "1;a=\xff\r\nx\r\n0\r\n\r\n", "x", "", 0 },
	{ "1;;a\r\nx\r\n0;\r\n\r\n", "x", "", 0 },
	/* trailers */
	{ "0\r\na: b\r\n\r\n", "", "a: b\r\n", 0 },
	{ "1\r\nx\r\n0\r\nA-1:b\r\nc:\r\nd:  e\tf:g \r\n\r\nrest", "x",
	  "A-1:b\r\nc:\r\nd:  e\tf:g \r\n", 4 },
	{ "0\r\n!#$%&'*+-.^_`|~: \xff\r\n\r\n", "", "!#$%&'*+-.^_`|~: \xff\r\n", 0 },
};

START_TEST(parse_good)
{
	size_t len = strlen(good[_i].body);
	struct outcome o = run_all(good[_i].body, len, &RD_CHUNKED_LIMITS);

	ck_assert_int_eq(o.end, RD_CHUNKED_DONE);
	ck_assert_uint_eq(o.used, len - good[_i].after);
	ck_assert_str_eq(o.data, good[_i].data);
	ck_assert_str_eq(o.trailer, good[_i].trailer);
}
END_TEST

/* Cut off anywhere it asks for more, and has not used a byte that was not its own. */
START_TEST(cut_off)
{
	size_t whole = strlen(good[_i].body) - good[_i].after;

	for (size_t len = 0; len < whole; len++) {
		struct outcome o = run(good[_i].body, len, len, len, &RD_CHUNKED_LIMITS);
		ck_assert_int_eq(o.end, RD_CHUNKED_MORE);
		ck_assert_uint_eq(o.used, len);
	}
}
END_TEST

static const struct {
	const char *body;
	int status;
} bad[] = {
	{ "\r\n", 400 },
	{ "\n", 400 },
	{ ";a\r\n", 400 },
	{ " 1\r\n", 400 },
	{ "\t1\r\n", 400 },
	{ "g\r\n", 400 },
	{ "-1\r\n", 400 },
	{ "+1\r\n", 400 },
	{ "0x1\r\n", 400 },
	{ "1h\r\n", 400 },
	{ "1_0\r\n", 400 },
	{ "1,1\r\n", 400 },
	{ "1.\r\n", 400 },
	{ "\"1\"\r\n", 400 },
	{ "1\xc2\xa0\r\n", 400 },
	{ "1 \r\nx", 400 },
	{ "1\t\r\nx", 400 },
	{ "1 1\r\nx", 400 },
	{ "1 a\r\nx", 400 },
	/* line ends */
	{ "1\nx\r\n0\r\n\r\n", 400 },
	{ "1\rx\r\n0\r\n\r\n", 400 },
	{ "1\r\rx", 400 },
	{ "1;a\nx", 400 },
	{ "1;a\rb\r\nx", 400 },
	{ "1;a=\"\n\"\r\nx", 400 },
	{ "1;a\x01\r\nx", 400 },
	{ "1;a\x7f\r\nx", 400 },
	{ "1\r\nx\n", 400 },
	{ "1\r\nx\rx", 400 },
	{ "1\r\nxx\r\n", 400 },
	{ "1\r\nx0\r\n\r\n", 400 },
	{ "2\r\nx\r\n0\r\n\r\n", 400 },
	{ "1\r\nx\r\n\r\n", 400 },
	{ "0\n\n", 400 },
	{ "0\r\n\n", 400 },
	{ "0\r\n\rx", 400 },
	/* sizes */
	{ "8000000000000000\r\n", 413 },
	{ "ffffffffffffffff\r\n", 413 },
	{ "fffffffffffffffff\r\n", 413 },
	{ "10000000000000000\r\n", 413 },
	{ "00000000000000000\r\n", 400 },
	{ "00000000000000001\r\n", 400 },
	/* trailers */
	{ "0\r\n a: b\r\n\r\n", 400 },
	{ "0\r\n: b\r\n\r\n", 400 },
	{ "0\r\na b: c\r\n\r\n", 400 },
	{ "0\r\na : b\r\n\r\n", 400 },
	{ "0\r\na\r\n\r\n", 400 },
	{ "0\r\na: b\n\r\n", 400 },
	{ "0\r\na: b\rc\r\n\r\n", 400 },
	{ "0\r\na: b\r\n c\r\n\r\n", 400 },
	{ "0\r\na: b\x01\r\n\r\n", 400 },
	{ "0\r\na: b\x7f\r\n\r\n", 400 },
	{ "0\r\na\xe9: b\r\n\r\n", 400 },
	{ "0\r\na: b\r\n\n", 400 },
	{ "0\r\nGET / HTTP/1.1\r\nHost: t\r\n\r\n", 400 },
};

START_TEST(parse_bad)
{
	struct outcome o = run_all(bad[_i].body, strlen(bad[_i].body), &RD_CHUNKED_LIMITS);

	ck_assert_msg(o.end == -bad[_i].status, "%s: %d", bad[_i].body, o.end);
}
END_TEST

START_TEST(nul_is_refused)
{
	static const struct {
		const char *body;
		size_t len;
	} rows[] = { { "\0", 1 },      { "1\0", 2 },	  { "1;\0", 3 },
		     { "0\r\n\0", 4 }, { "0\r\na\0", 5 }, { "0\r\na:\0", 6 } };

	for (int i = 0; i < COUNT(rows); i++)
		ck_assert_int_eq(run_all(rows[i].body, rows[i].len, &RD_CHUNKED_LIMITS).end, -400);
}
END_TEST

START_TEST(largest_chunk)
{
	struct outcome o = run("7fffffffffffffff\r\nab", 20, 3, 19, &RD_CHUNKED_LIMITS);

	ck_assert_int_eq(o.end, RD_CHUNKED_MORE);
	ck_assert_str_eq(o.data, "ab");
}
END_TEST

static const struct {
	struct rd_chunked_limits limits;
	const char *body;
	int end;
} limited[] = {
	{ { 4, 99, 99 }, "1;abc\r\nx\r\n0\r\n\r\n", RD_CHUNKED_DONE },
	{ { 4, 99, 99 }, "1;abcd\r\nx\r\n0\r\n\r\n", -400 },
	{ { 4, 99, 99 }, "1 ;ab\r\nx\r\n0\r\n\r\n", RD_CHUNKED_DONE },
	{ { 4, 99, 99 }, "1  ;ab\r\nx\r\n0\r\n\r\n", -400 },
	{ { 4, 99, 99 }, "1     ", -400 },
	{ { 4, 99, 99 }, "1;abc\r\nx\r\n1;abc\r\nx\r\n0;abc\r\n\r\n", RD_CHUNKED_DONE },
	{ { 4, 12, 99 }, "1;abc\r\nx\r\n1;abc\r\nx\r\n0;abc\r\n\r\n", RD_CHUNKED_DONE },
	{ { 4, 11, 99 }, "1;abc\r\nx\r\n1;abc\r\nx\r\n0;abc\r\n\r\n", -400 },
	{ { 0, 99, 99 }, "1;\r\nx\r\n0\r\n\r\n", -400 },
	{ { 0, 0, 0 }, "1\r\nx\r\n0\r\n\r\n", RD_CHUNKED_DONE },
	{ { 0, 0, 4 }, "0\r\na:\r\n\r\n", RD_CHUNKED_DONE },
	{ { 0, 0, 3 }, "0\r\na:\r\n\r\n", -431 },
	{ { 0, 0, 8 }, "0\r\na:\r\nb:\r\n\r\n", RD_CHUNKED_DONE },
	{ { 0, 0, 7 }, "0\r\na:\r\nb:\r\n\r\n", -431 },
	{ { 0, 0, 0 }, "0\r\na", -431 },
};

START_TEST(limits)
{
	struct outcome o = run_all(limited[_i].body, strlen(limited[_i].body), &limited[_i].limits);

	ck_assert_int_eq(o.end, limited[_i].end);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chunked");
	TCase *tcase = tcase_create("chunked");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, parse_good, 0, COUNT(good));
	tcase_add_loop_test(tcase, cut_off, 0, COUNT(good));
	tcase_add_loop_test(tcase, parse_bad, 0, COUNT(bad));
	tcase_add_test(tcase, nul_is_refused);
	tcase_add_test(tcase, largest_chunk);
	tcase_add_loop_test(tcase, limits, 0, COUNT(limited));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
