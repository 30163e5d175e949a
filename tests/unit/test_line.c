/*
 * test_line - the line protocol from bytes to bytes: where a line ends, how long it may be, and
 * what becomes of a client that is silent.
 */
#include "stack.h"

#include "handlers/echo.h"
#include "serve/line.h"

#include <check.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { SECOND_US = 1000 * 1000 };

static struct rd_router router;
static struct rd_line_service line = {
	.line_us = 10 * SECOND_US,
	.write_us = 30 * SECOND_US,
	.busy = "busy\n",
};
static struct stack stack;

static void setup(void)
{
	MUST((line.route = rd_router_add(&router, 0, "", true, &rd_echo, NULL)));
}

static void teardown(void)
{
	stack_free(&stack);
	rd_router_free(&router);
}

static struct rd_span got(void)
{
	return (struct rd_span){ stack.memory.sent.at, stack.memory.sent.len };
}

static const struct {
	const char *in, *reply;
} lines[] = {
	{ "hello\n", "hello\n" }, { "hello\r\n", "hello\n" }, { "\n", "\n" },
	{ "no end", "no end\n" }, { "a\nb\n", "a\n" },	      { "\r", "\n" },
};

START_TEST(cut_anywhere)
{
	const char *in = lines[_i].in, *reply = lines[_i].reply;

	for (size_t each = 1; each <= strlen(in); each++) {
		stack_sends(&stack, in, strlen(in), each, SIZE_MAX, IO_EOF);
		stack_open(&stack, &rd_line, &line, each);
		stack_run(&stack);
		ck_assert(rd_span_eq(got(), reply));
		ck_assert_int_eq(stack.reason, CLOSE_ANSWERED);
	}
}
END_TEST

/* To the byte: as long as a line may be, and one byte more. */
START_TEST(longest)
{
	size_t len = RD_LINE_MAX + (size_t)_i;
	char *in = malloc(len + 1);

	memset(in, 'a', len);
	in[len] = '\n';
	for (int newline = 0; newline < 2; newline++) {
		stack_sends(&stack, in, len + (size_t)newline, 1000, 9999, IO_EOF);
		stack_open(&stack, &rd_line, &line, SIZE_MAX);
		stack_run(&stack);
		ck_assert_int_eq(stack.reason, _i ? CLOSE_BAD_REQUEST : CLOSE_ANSWERED);
		ck_assert_uint_gt(got().len, 0);
		ck_assert_int_eq(got().at[0], _i ? 'e' : 'a');
		ck_assert(_i || got().len == len + 1);
	}
	free(in);
}
END_TEST

/* The client sends `in`, takes `window` bytes and is silent until its time is over. */
static const struct {
	const char *in;
	size_t window;
	enum rd_verdict waits;
	uint64_t within_us;
	enum rd_verdict ends;
	enum rd_close_reason reason;
	const char *reply; /* how it begins; "": there is none */
} silences[] = {
	{ "", SIZE_MAX, RD_WANTS_READ, 10 * SECOND_US, RD_CLOSE, CLOSE_SILENT, "" },
	{ "half", SIZE_MAX, RD_WANTS_READ, 10 * SECOND_US, RD_LINGER, CLOSE_HEAD_TIMEOUT,
	  "error: " },
	{ "a reply\n", 3, RD_WANTS_WRITE, 30 * SECOND_US, RD_CLOSE, CLOSE_WRITE_TIMEOUT, "a r" },
};

START_TEST(silence)
{
	const char *in = silences[_i].in, *reply = silences[_i].reply;

	stack_sends(&stack, in, strlen(in), SIZE_MAX, SIZE_MAX, IO_AGAIN);
	stack_open(&stack, &rd_line, &line, silences[_i].window);
	if (stack.memory.pieces > 0)
		rd_memory_feed(&stack.memory);
	ck_assert_int_eq(stack_turn(&stack), silences[_i].waits);
	ck_assert_uint_ge(stack.conn.deadline_us, stack.conn.accepted_us + silences[_i].within_us);
	ck_assert_uint_le(stack.conn.deadline_us, rd_clock_us() + silences[_i].within_us);

	stack.conn.expired = true;
	ck_assert_int_eq(stack_turn(&stack), silences[_i].ends);
	ck_assert_str_eq(rd_close_reason_word(stack.reason),
			 rd_close_reason_word(silences[_i].reason));
	ck_assert(*reply ? got().len >= strlen(reply) : got().len == 0);
	ck_assert(!*reply || memcmp(got().at, reply, strlen(reply)) == 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("line");
	TCase *tcase = tcase_create("line");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, cut_anywhere, 0, COUNT(lines));
	tcase_add_loop_test(tcase, longest, 0, 2);
	tcase_add_loop_test(tcase, silence, 0, COUNT(silences));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
