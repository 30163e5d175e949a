/*
 * test_stack - the whole way from a client's bytes to its replies, in one thread: a stream of
 * requests gives the same replies however it is cut and however slowly they are taken, and nothing
 * stays behind where it is dropped midway. test_stack_end has how a connection ends.
 */
#include "served.h"

#include <check.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const char stream[] =
	"GET / HTTP/1.1\r\n" HOST "\r\n"
	"HEAD /index.html HTTP/1.1\r\n" HOST "\r\n"
	"GET /long.txt HTTP/1.1\r\n" HOST "\r\n"
	"GET /missing HTTP/1.1\r\n" HOST "\r\n"
	"\r\nGET /dir HTTP/1.1\r\n" HOST "\r\n"
	"POST /toy HTTP/1.1\r\n" HOST "Content-Length: 11\r\n\r\nGET / HTTP/"
	"POST /toy/a%20b HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
	"3;x=y\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nT: t\r\n\r\n"
	"GET http://g/toy?20000 HTTP/1.1\r\n" HOST "\r\n"
	"GET /index.html HTTP/1.1\r\n" HOST "If-None-Match: *\r\n\r\n"
	"OPTIONS * HTTP/1.1\r\n" HOST "\r\n"
	"PUT /index.html HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nwhole"
	"PUT /index.html HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
	"5\r\nwhole\r\n0\r\n\r\n"
	"GET /toy HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
	"GET /long.txt HTTP/1.1\r\n" HOST "Range: bytes=69990-\r\n\r\n"
	"DELETE /toy/x/../y HTTP/1.1\r\n" HOST "\r\n";
static const char stream_statuses[] =
	"200 200 200 404 301 200 200 200 304 204 405 405 200 206 200 ";

/* What the stream gives when it comes and goes in one piece. */
static char *expected;
static size_t expected_len;

static void expect(void)
{
	struct rd_span all;

	sends_text(stream, IO_EOF);
	stack_open(&stack, &rd_http1, &http, SIZE_MAX);
	ck_assert_int_eq(stack_run(&stack), RD_CLOSE);
	all = got();
	expected_len = all.len;
	MUST((expected = malloc(all.len)));
	memcpy(expected, all.at, all.len);
}

static void gives_the_same(size_t window)
{
	struct rd_span all;

	stack_open(&stack, &rd_http1, &http, window);
	ck_assert_int_eq(stack_run(&stack), RD_CLOSE);
	all = got();
	ck_assert_uint_eq(all.len, expected_len);
	ck_assert_mem_eq(all.at, expected, all.len);
}

/* Answered to the last, though the client has said that it sends no more. */
START_TEST(replies)
{
	expect();
	ck_assert_str_eq(statuses(got()), stream_statuses);
	ck_assert_ptr_nonnull(memmem(expected, expected_len, "POST /toy [GET / HTTP/] 11\n", 27));
	ck_assert_ptr_nonnull(
		memmem(expected, expected_len, "POST /toy/a b [abc0123456789abcdef]", 35));
	ck_assert_ptr_nonnull(memmem(expected, expected_len, "DELETE /toy/y []", 16));
	ck_assert_uint_gt(expected_len, LONG + 20000);
	ck_assert_uint_eq(stack.conn.exchanges, COUNT(stream_statuses) / 4);
	ck_assert_int_eq(stack.reason, CLOSE_PEER);
	free(expected);
}
END_TEST

/* As GET, but for the body. */
START_TEST(head_has_no_body)
{
	struct rd_span all;

	sends_text("HEAD / HTTP/1.1\r\n" HOST "\r\n", IO_EOF);
	stack_open(&stack, &rd_http1, &http, SIZE_MAX);
	stack_run(&stack);
	all = got();
	ck_assert_ptr_nonnull(memmem(all.at, all.len, "Content-Length: 100\r\n", 21));
	ck_assert_ptr_eq(memmem(all.at, all.len, "\r\n\r\n", 4), all.at + all.len - 4);
}
END_TEST

START_TEST(cut_anywhere)
{
	expect();
	for (size_t cut = 1; cut < sizeof(stream) - 1; cut++) {
		stack_sends(&stack, stream, sizeof(stream) - 1, cut, SIZE_MAX, IO_EOF);
		gives_the_same(SIZE_MAX);
	}
	for (size_t each = 1; each < 40; each++) {
		stack_sends(&stack, stream, sizeof(stream) - 1, each, each, IO_EOF);
		gives_the_same(SIZE_MAX);
	}
	free(expected);
}
END_TEST

START_TEST(taken_slowly)
{
	expect();
	for (size_t window = 1; window < 70; window += window < 20 ? 1 : 7) {
		stack_sends(&stack, stream, sizeof(stream) - 1, window * 3, 61, IO_EOF);
		gives_the_same(window);
		stack_sends(&stack, stream, sizeof(stream) - 1, window * 5, 97, IO_EOF);
		stack.memory.send_most = window;
		gives_the_same(SIZE_MAX);
	}
	for (size_t window = 1000; window < 100000; window += 7919) {
		stack_sends(&stack, stream, sizeof(stream) - 1, SIZE_MAX, SIZE_MAX, IO_EOF);
		gives_the_same(window);
	}
	free(expected);
}
END_TEST

/* Two hundred at once: turns, and more replies than fit a buffer. */
START_TEST(many)
{
	static const char one[] = "GET /toy?700 HTTP/1.1\r\n" HOST "\r\n";
	struct rd_buffer in = { 0 };
	struct rd_span all;
	size_t answers = 0;

	for (int i = 0; i < 200; i++)
		MUST(rd_buffer_text(&in, one));
	stack_sends(&stack, in.at, in.len, 5000, 3001, IO_EOF);
	stack_open(&stack, &rd_http1, &http, SIZE_MAX);
	rd_memory_feed(&stack.memory);
	ck_assert_int_eq(stack_turn(&stack), RD_ANOTHER); /* it has had its turn */
	stack_close(&stack, CLOSE_CUT);
	stack_sends(&stack, in.at, in.len, 5000, 3001, IO_EOF);
	stack_open(&stack, &rd_http1, &http, 10000);
	ck_assert_int_eq(stack_run(&stack), RD_CLOSE);
	all = got();
	for (const char *at = all.at; (at = memmem(at, (size_t)(all.at + all.len - at), "[]", 2));
	     at += 2)
		answers++;
	ck_assert_uint_eq(answers, 200);
	ck_assert_uint_eq(stack.conn.exchanges, 200);
	rd_buffer_free(&in);
}
END_TEST

/* A body in memory and one in a file, and pieces that are longer than a worker's buffer. */
START_TEST(long_body)
{
	static const size_t each[] = { SIZE_MAX, 1000, RD_SCRATCH - 100, RD_SCRATCH + 100 };
	static char in[600 * 1000];
	size_t len = 0;

	for (size_t body = 30000; body <= 500000; body += 470000) {
		len += (size_t)sprintf(
			in + len, "PUT /toy HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n", body);
		memset(in + len, 'b', body);
		len += body;
	}
	len += (size_t)sprintf(in + len, "GET /toy HTTP/1.1\r\n" HOST "\r\n");
	for (size_t i = 0; i < COUNT(each); i++) {
		stack_sends(&stack, in, len, each[i], each[i], IO_EOF);
		stack_open(&stack, &rd_http1, &http, SIZE_MAX);
		stack_run(&stack);
		ck_assert_str_eq(statuses(got()), "200 200 200 ");
		ck_assert_ptr_nonnull(memmem(got().at, got().len, "b] 30000\n", 9));
		ck_assert_ptr_nonnull(memmem(got().at, got().len, "[] 500000\n", 10));
	}
}
END_TEST

/* Dropped at any point of what it reads and of what it is sent: nothing stays behind. */
START_TEST(dropped)
{
	for (size_t cut = 1; cut < sizeof(stream) - 1; cut++) {
		stack_sends(&stack, stream, cut, SIZE_MAX, SIZE_MAX, IO_AGAIN);
		stack_open(&stack, &rd_http1, &http, SIZE_MAX);
		ck_assert_int_eq(stack_run(&stack), RD_WANTS_READ);
		stack_close(&stack, CLOSE_CUT);

		stack_sends(&stack, stream, sizeof(stream) - 1, SIZE_MAX, SIZE_MAX, IO_EOF);
		stack_open(&stack, &rd_http1, &http, 60 * cut);
		stack_client(&stack, RD_WANTS_READ);
		if (stack_turn(&stack) != RD_CLOSE)
			stack_close(&stack, CLOSE_CUT);
	}
}
END_TEST

/* The client resets, wherever. */
START_TEST(reset)
{
	for (size_t cut = 1; cut < sizeof(stream) - 1; cut++) {
		stack_sends(&stack, stream, cut, SIZE_MAX, SIZE_MAX, IO_RESET);
		stack_open(&stack, &rd_http1, &http, SIZE_MAX);
		ck_assert_int_eq(stack_run(&stack), RD_CLOSE);
		ck_assert_int_eq(stack.reason, CLOSE_PEER_RESET);

		stack_sends(&stack, stream, sizeof(stream) - 1, SIZE_MAX, SIZE_MAX, IO_RESET);
		stack_open(&stack, &rd_http1, &http, 60 * cut);
		rd_memory_feed(&stack.memory);
		ck_assert_int_eq(stack_turn(&stack), RD_WANTS_WRITE);
		rd_memory_feed(&stack.memory);
		ck_assert_int_eq(stack_turn(&stack), RD_CLOSE);
		ck_assert_int_eq(stack.reason, CLOSE_PEER_RESET);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stack");
	TCase *tcase = tcase_create("stack");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 300);
	tcase_add_checked_fixture(tcase, served_setup, served_teardown);
	tcase_add_test(tcase, replies);
	tcase_add_test(tcase, head_has_no_body);
	tcase_add_test(tcase, cut_anywhere);
	tcase_add_test(tcase, taken_slowly);
	tcase_add_test(tcase, many);
	tcase_add_test(tcase, long_body);
	tcase_add_test(tcase, dropped);
	tcase_add_test(tcase, reset);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
