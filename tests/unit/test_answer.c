/*
 * test_answer - replies as a client may get them, each cut in two at every byte and given byte by
 * byte: the outcome is the same wherever the stream was cut.
 */
#include "base/buffer.h"
#include "client/answer.h"

#include <check.h>
#include <stdlib.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

#define OK	"HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

static const struct {
	const char *bytes;
	int status;
	const char *body;
	const char *rest; /* behind the reply, not taken */
} good[] = {
	{ OK "Content-Length: 5\r\n\r\nhello", 200, "hello", "" },
	{ OK "Content-Length: 5\r\n\r\nhello, world", 200, "hello", ", world" },
	{ OK "Content-Length: 0\r\n\r\nHTTP/", 200, "", "HTTP/" },
	{ OK "CONTENT-LENGTH:\t005 \r\n\r\nhello", 200, "hello", "" },
	{ OK "Content-Length: 5\r\nA: b\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", "" },
	{ OK "Content-Length : 5\r\n\r\nhello!", 200, "hello", "!" },
	{ OK "A: b\r\n Content-Length: 9\r\n\tc\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", "" },
	{ OK "\r\nuntil the close", 200, "until the close", "" },
	{ OK "\r\n", 200, "", "" },
	{ "HTTP/1.0 404 Not Found\r\n\r\nno", 404, "no", "" },
	{ "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na", 200, "a", "" },
	{ "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na", 200, "a", "" },
	{ "HTTP/1.9 999 \xff\r\nContent-Length: 1\r\n\r\na", 999, "a", "" },
	{ "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", 200, "hi", "" },
	{ "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204, "", "" },
	{ "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\nx", 304, "", "x" },
	{ "HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 1\r\n\r\na", 200, "a", "" },
	{ "HTTP/1.1 103 Early Hints\r\nContent-Length: 7\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" OK
	  "Content-Length: 1\r\n\r\na",
	  200, "a", "" },
	{ CHUNKED "0\r\n\r\n", 200, "", "" },
	{ CHUNKED "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\nrest", 200, "hello, world", "rest" },
	{ CHUNKED "A;name=\"value\"\r\n0123456789\r\n00a \r\n0123456789\r\n000\r\n\r\n", 200,
	  "01234567890123456789", "" },
	{ CHUNKED "5\nhello\n0\n\n", 200, "hello", "" },
	{ CHUNKED "2\r\n\r\n\r\n0\r\nTrailer: a\r\nno field\r\n\r\n", 200, "\r\n", "" },
	{ OK "Content-Length: 9\r\ntransfer-encoding: CHUNKED\r\n\r\n1\r\na\r\n0\r\n\r\n", 200, "a",
	  "" },
};

static const struct {
	const char *bytes;
	const char *why; /* a word that the message has */
} bad[] = {
	{ "", "cut short" },
	{ "HTTP/1.1 200 O", "cut short" },
	{ OK, "cut short" },
	{ OK "A: b\r\n", "cut short" },
	{ OK "Content-Length: 5\r\n\r\nhell", "cut short" },
	{ "HTTP/1.1 100 Continue\r\n\r\n", "cut short" },
	{ CHUNKED, "cut short" },
	{ CHUNKED "5", "cut short" },
	{ CHUNKED "5\r\nhell", "cut short" },
	{ CHUNKED "5\r\nhello", "cut short" },
	{ CHUNKED "5\r\nhello\r\n", "cut short" },
	{ CHUNKED "5\r\nhello\r\n0\r\n", "cut short" },
	{ CHUNKED "5\r\nhello\r\n0\r\nA: b\r\n", "cut short" },
	{ "hello\r\n", "not an HTTP/1 reply" },
	{ "H", "cut short" },
	{ "h", "not an HTTP/1 reply" },
	{ "HTTP/2", "not an HTTP/1 reply" },
	{ "\r\n" OK "\r\n", "not an HTTP/1 reply" },
	{ "HTTP/1.1\r\n\r\n", "not an HTTP/1 reply" },
	{ "HTTP/1.1  200 OK\r\n\r\n", "not an HTTP/1 reply" },
	{ "HTTP/1.1 20 OK\r\n\r\n", "not an HTTP/1 reply" },
	{ "HTTP/1.1 2000 OK\r\n\r\n", "not an HTTP/1 reply" },
	{ "HTTP/1.1 099 OK\r\n\r\n", "not an HTTP/1 reply" },
	{ "HTTP/1.x 200 OK\r\n\r\n", "not an HTTP/1 reply" },
	{ "HTTP/1.1 101 Switching Protocols\r\n\r\n", "unasked" },
	{ OK "no field\r\n\r\n", "no field" },
	{ OK ": no name\r\n\r\n", "no field" },
	{ OK "Content-Length: \r\n\r\n", "Content-Length" },
	{ OK "Content-Length: -1\r\n\r\n", "Content-Length" },
	{ OK "Content-Length: 5x\r\n\r\n", "Content-Length" },
	{ OK "Content-Length: 18446744073709551616\r\n\r\n", "Content-Length" },
	{ OK "Content-Length: 99999999999999999999\r\n\r\n", "Content-Length" },
	{ OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "Content-Length" },
	{ OK "Transfer-Encoding: gzip, chunked\r\n\r\n", "coding" },
	{ OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "coding" },
	{ "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.0" },
	{ CHUNKED "\r\n", "no size" },
	{ CHUNKED "g\r\n", "no size" },
	{ CHUNKED "-1\r\n", "no size" },
	{ CHUNKED "0x5\r\n", "no size" },
	{ CHUNKED "10000000000000000\r\n", "too long" },
	{ CHUNKED "5\r\nhello!\r\n", "longer" },
};

/* What came of a reply. */
struct outcome {
	struct rd_answer answer;
	struct rd_buffer head, body, kept; /* kept: come and not taken */
	enum rd_answer_part last;
};

static void outcome_feed(struct outcome *o, const char *bytes, size_t len)
{
	struct rd_span rest, part;

	rd_buffer_add(&o->kept, bytes, len);
	rest = (struct rd_span){ o->kept.at, o->kept.len };
	while ((o->last = rd_answer_next(&o->answer, &rest, &part)) == ANSWER_HEAD ||
	       o->last == ANSWER_BODY) {
		ck_assert_uint_gt(part.len, 0);
		rd_buffer_add(o->last == ANSWER_HEAD ? &o->head : &o->body, part.at, part.len);
	}
	rd_buffer_drop(&o->kept, o->kept.len - rest.len);
}

static void outcome_free(struct outcome *o)
{
	rd_buffer_free(&o->head);
	rd_buffer_free(&o->body);
	rd_buffer_free(&o->kept);
}

static void check_good(int i, struct outcome *o)
{
	const char *bytes = good[i].bytes;
	bool whole = rd_answer_close(&o->answer);

	ck_assert_msg(whole, "%s: %s", bytes, o->answer.why);
	ck_assert_int_eq(o->answer.status, good[i].status);
	ck_assert_msg(rd_span_eq((struct rd_span){ o->body.at, o->body.len }, good[i].body),
		      "%s: %.*s", bytes, (int)o->body.len, o->body.at);
	ck_assert_msg(rd_span_eq((struct rd_span){ o->kept.at, o->kept.len }, good[i].rest),
		      "%s: %.*s", bytes, (int)o->kept.len, o->kept.at);
	ck_assert_uint_gt(o->head.len, 0);
	ck_assert_int_eq(memcmp(o->head.at, "HTTP/1.", 7), 0);
	ck_assert_int_eq(o->head.at[o->head.len - 1], '\n');
	outcome_free(o);
}

static void check_bad(int i, struct outcome *o)
{
	const char *bytes = bad[i].bytes;

	ck_assert_msg(!rd_answer_close(&o->answer), "%s was taken", bytes);
	ck_assert_msg(strstr(o->answer.why, bad[i].why) != NULL, "%s: %s", bytes, o->answer.why);
	outcome_free(o);
}

static void cut_everywhere(const char *bytes, int i, void (*check)(int i, struct outcome *o))
{
	size_t len = strlen(bytes);

	for (size_t cut = 0; cut <= len; cut++) {
		struct outcome two = { 0 };

		outcome_feed(&two, bytes, cut);
		outcome_feed(&two, bytes + cut, len - cut);
		check(i, &two);
	}
	struct outcome many = { 0 };

	for (size_t at = 0; at < len; at++)
		outcome_feed(&many, bytes + at, 1);
	check(i, &many);
}

START_TEST(good_replies)
{
	cut_everywhere(good[_i].bytes, _i, check_good);
}
END_TEST

START_TEST(bad_replies)
{
	cut_everywhere(bad[_i].bytes, _i, check_bad);
}
END_TEST

static const struct {
	const char *bytes;
	bool bodiless, last;
} ends[] = {
	{ OK "Content-Length: 1\r\n\r\na", false, false },
	{ OK "Content-Length: 1\r\nConnection: close\r\n\r\na", false, true },
	{ OK "Content-Length: 1\r\nconnection: a ,\tCLOSE\r\n\r\na", false, true },
	{ OK "Content-Length: 1\r\nConnection: closer, keep-alive,\r\n\r\na", false, false },
	{ OK "Content-Length: 1\r\nConnection:\r\nConnection: close\r\n\r\na", false, true },
	{ OK "\r\na", false, true },
	{ CHUNKED "0\r\n\r\n", false, false },
	{ "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", false, true },
	{ "HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n", false, false },
	{ "HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\n" OK "Content-Length: 0\r\n\r\n",
	  false, false },
	{ "HTTP/1.1 204 None\r\n\r\n", false, false },
	{ OK "Content-Length: 5\r\n\r\n", true, false },
	{ CHUNKED, true, false },
	{ OK "\r\n", true, false },
};

START_TEST(last_replies)
{
	struct outcome o = { .answer.bodiless = ends[_i].bodiless };

	outcome_feed(&o, ends[_i].bytes, strlen(ends[_i].bytes));
	ck_assert_msg(rd_answer_close(&o.answer), "%s: %s", ends[_i].bytes, o.answer.why);
	ck_assert_msg(o.answer.last == ends[_i].last, "%s", ends[_i].bytes);
	outcome_free(&o);
}
END_TEST

/* A head of `len` bytes, and whether it is taken. */
static bool head_taken(size_t len)
{
	const size_t step = RD_ANSWER_MAX / 8;
	struct outcome o = { 0 };
	char *bytes = malloc(len);
	bool taken;

	memset(bytes, 'a', len);
	memcpy(bytes, OK "A: ", strlen(OK "A: "));
	memcpy(bytes + len - 4, "\r\n\r\n", 4);
	for (size_t at = 0; at < len && o.last != ANSWER_BAD; at += step)
		outcome_feed(&o, bytes + at, len - at < step ? len - at : step);
	taken = o.last == ANSWER_MORE && o.head.len == len;
	ck_assert(taken || strstr(o.answer.why, "too long"));
	outcome_free(&o);
	free(bytes);
	return taken;
}

START_TEST(longest_head)
{
	ck_assert(head_taken(RD_ANSWER_MAX));
	ck_assert(!head_taken(RD_ANSWER_MAX + 1));
}
END_TEST

START_TEST(longest_line)
{
	struct outcome o = { 0 };
	char piece[RD_ANSWER_MAX / 8];

	memset(piece, '0', sizeof piece);
	outcome_feed(&o, CHUNKED, strlen(CHUNKED));
	for (int i = 0; i < 8; i++) {
		ck_assert_int_eq(o.last, ANSWER_MORE);
		outcome_feed(&o, piece, sizeof piece);
	}
	ck_assert_int_eq(o.last, ANSWER_BAD);
	ck_assert_str_eq(o.answer.why, "a line is too long");
	outcome_free(&o);
}
END_TEST

/* What takes no room takes no stack either. */
START_TEST(many_interim_heads)
{
	static const char interim[] = "HTTP/1.1 100 \n\n";
	struct outcome o = { 0 };
	struct rd_buffer many = { 0 };

	while (many.len < (1 << 20))
		rd_buffer_text(&many, interim);
	rd_buffer_text(&many, OK "Content-Length: 1\r\n\r\na");
	outcome_feed(&o, many.at, many.len);
	ck_assert_int_eq(o.last, ANSWER_END);
	outcome_free(&o);
	rd_buffer_free(&many);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("answer");
	TCase *tcase = tcase_create("answer");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, good_replies, 0, COUNT(good));
	tcase_add_loop_test(tcase, bad_replies, 0, COUNT(bad));
	tcase_add_loop_test(tcase, last_replies, 0, COUNT(ends));
	tcase_add_test(tcase, longest_head);
	tcase_add_test(tcase, longest_line);
	tcase_add_test(tcase, many_interim_heads);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
