/*
 * test_stack_end - what becomes of a connection whose client is silent for too long, and of what
 * follows the last request that is answered.
 */
#include "served.h"

#include <check.h>
#include <errno.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/*
 * The client sends `in`, takes `window` bytes and is silent; it is waited for, at most until
 * `within_us` from now; then the time is over.
 */
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
	{ "GET / HT", SIZE_MAX, RD_WANTS_READ, 10 * SECOND_US, RD_LINGER, CLOSE_HEAD_TIMEOUT,
	  "HTTP/1.1 408 " },
	{ "GET /toy HTTP/1.1\r\n" HOST "\r\n", SIZE_MAX, RD_WANTS_READ, 60 * SECOND_US, RD_CLOSE,
	  CLOSE_IDLE, "HTTP/1.1 200 " },
	{ "GET /toy HTTP/1.1\r\n" HOST "\r\nGET", SIZE_MAX, RD_WANTS_READ, 10 * SECOND_US,
	  RD_LINGER, CLOSE_HEAD_TIMEOUT, "HTTP/1.1 200 " },
	{ "POST /toy HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\na", SIZE_MAX, RD_WANTS_READ,
	  20 * SECOND_US, RD_LINGER, CLOSE_BODY_TIMEOUT, "HTTP/1.1 408 " },
	{ "POST /toy HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n",
	  SIZE_MAX, RD_WANTS_READ, 20 * SECOND_US, RD_LINGER, CLOSE_BODY_TIMEOUT,
	  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 408 " },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n", SIZE_MAX, RD_WANTS_READ,
	  20 * SECOND_US, RD_CLOSE, CLOSE_UNREAD_BODY, "HTTP/1.1 405 " },
	{ "GET /long.txt HTTP/1.1\r\n" HOST "\r\n", 1000, RD_WANTS_WRITE, 30 * SECOND_US, RD_CLOSE,
	  CLOSE_WRITE_TIMEOUT, "HTTP/1.1 200 " },
};

START_TEST(silence)
{
	enum rd_verdict verdict;
	uint64_t left_us;
	struct rd_span all;

	sends_text(silences[_i].in, IO_AGAIN);
	stack_open(&stack, &rd_http1, &http, silences[_i].window);
	if (stack.memory.pieces > 0)
		rd_memory_feed(&stack.memory);
	verdict = stack_turn(&stack);
	ck_assert_int_eq(verdict, silences[_i].waits);
	left_us = stack.conn.deadline_us - stack.conn.accepted_us;
	ck_assert_uint_ge(left_us, silences[_i].within_us);
	ck_assert_uint_le(stack.conn.deadline_us, rd_clock_us() + silences[_i].within_us);

	stack.conn.expired = true;
	ck_assert_int_eq(stack_turn(&stack), silences[_i].ends);
	ck_assert_str_eq(rd_close_reason_word(stack.reason),
			 rd_close_reason_word(silences[_i].reason));
	all = got();
	ck_assert_uint_ge(all.len, strlen(silences[_i].reply));
	ck_assert(all.len == 0 ? !*silences[_i].reply : *silences[_i].reply);
	ck_assert(all.len == 0 || !memcmp(all.at, silences[_i].reply, strlen(silences[_i].reply)));
	if (silences[_i].reason == CLOSE_HEAD_TIMEOUT)
		ck_assert_ptr_nonnull(memmem(all.at, all.len, "HTTP/1.1 408 ", 13));
}
END_TEST

/* What the client takes in a window of 30 s, at 100 bytes/s at least, in two goes. */
static const struct {
	size_t takes;
	bool slow;
} takings[] = { { 0, true }, { 1, true }, { 1499, true }, { 1500, false }, { 9000, false } };

START_TEST(slow_reader)
{
	struct rd_http_service slow = http;
	uint64_t deadline_us;

	slow.write_rate = 100;
	sends_text("GET /long.txt HTTP/1.1\r\n" HOST "\r\n", IO_AGAIN);
	stack_open(&stack, &rd_http1, &slow, 1000);
	rd_memory_feed(&stack.memory);
	ck_assert_int_eq(stack_turn(&stack), RD_WANTS_WRITE);
	deadline_us = stack.conn.deadline_us;
	for (int go = 0; go < 2 && takings[_i].takes; go++) {
		stack.memory.window = takings[_i].takes;
		ck_assert_int_eq(stack_turn(&stack), RD_WANTS_WRITE);
		ck_assert_uint_eq(stack.conn.deadline_us, deadline_us);
	}
	stack.conn.expired = true;
	if (takings[_i].slow) {
		ck_assert_int_eq(stack_turn(&stack), RD_CLOSE);
		ck_assert_int_eq(stack.reason, CLOSE_WRITE_TIMEOUT);
		return;
	}
	while (rd_clock_us() <= deadline_us - slow.write_us)
		continue;
	ck_assert_int_eq(stack_turn(&stack), RD_WANTS_WRITE);
	ck_assert_uint_gt(stack.conn.deadline_us, deadline_us);
	stack.conn.expired = true; /* the next window is one of its own */
	ck_assert_int_eq(stack_turn(&stack), RD_CLOSE);
}
END_TEST

/* The deadline of a head that drips runs from its first byte, not from the last. */
START_TEST(drip)
{
	static const char head[] = "GET / HTTP/1.1\r\n";
	uint64_t deadline_us = 0;

	stack_sends(&stack, head, sizeof(head) - 1, 1, 1, IO_AGAIN);
	stack_open(&stack, &rd_http1, &http, SIZE_MAX);
	stack.conn.exchanges = 1; /* the accept is long past */
	while (rd_memory_feed(&stack.memory)) {
		ck_assert_int_eq(stack_turn(&stack), RD_WANTS_READ);
		if (deadline_us == 0)
			deadline_us = stack.conn.deadline_us;
		ck_assert_uint_eq(stack.conn.deadline_us, deadline_us);
	}
	stack_close(&stack, CLOSE_CUT);
}
END_TEST

/* A stream that never ends between two requests: each head's time runs from its own first byte. */
START_TEST(next_head)
{
	static const char asked[] = "GET /toy HTTP/1.1\r\n" HOST "\r\n";
	char sent[10 * sizeof(asked)] = "";
	uint64_t deadline_us = 0;

	for (int i = 0; i < 10; i++)
		strcat(sent, asked);
	stack_sends(&stack, sent, strlen(sent), 3, sizeof(asked) - 1, IO_AGAIN);
	stack_open(&stack, &rd_http1, &http, SIZE_MAX);
	for (int i = 0; i < 10; i++) {
		uint64_t now_us = rd_clock_us();

		while (rd_clock_us() == now_us)
			continue;
		ck_assert(rd_memory_feed(&stack.memory));
		ck_assert_int_eq(stack_turn(&stack), RD_WANTS_READ);
		ck_assert_uint_gt(stack.conn.deadline_us, deadline_us);
		deadline_us = stack.conn.deadline_us;
	}
	stack_close(&stack, CLOSE_CUT);
}
END_TEST

/* What is refused, and what follows it, is read by nobody. */
static const struct {
	const char *in, *statuses;
	enum rd_close_reason reason;
} lasts[] = {
	{ "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n", "400 ", CLOSE_BAD_REQUEST },
	{ "GET /toy HTTP/1.1\r\n" HOST "\r\n\nGET /toy HTTP/1.1\r\n" HOST "\r\n", "200 400 ",
	  CLOSE_BAD_REQUEST },
	{ "POST /toy HTTP/1.1\r\n" HOST
	  "Transfer-Encoding: chunked\r\n\r\nx\r\nGET /toy HTTP/1.1\r\n" HOST "\r\n",
	  "400 ", CLOSE_BAD_REQUEST },
	{ "GET /toy HTTP/1.1\r\n" HOST "Connection: close\r\n\r\nGET / HTTP/1.1\r\n", "200 ",
	  CLOSE_ANSWERED },
	{ "POST /toy HTTP/1.1\r\n" HOST "Content-Length: 2000000\r\n\r\nGET / HTTP/1.1\r\n" HOST
	  "\r\n",
	  "413 ", CLOSE_UNREAD_BODY },
	{ "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nGET / HTTP",
	  "405 ", CLOSE_UNREAD_BODY },
	{ "GET /toy HTTP/1.1\r\n" HOST "\r\nPOST /toy HTTP/1.1\r\n" HOST
	  "Content-Length: 2\r\n\r\n",
	  "200 ", CLOSE_PEER_CUT },
	{ "GET /toy HTTP/1.1\r\n" HOST "\r\nGET /toy HTTP", "200 ", CLOSE_PEER_CUT },
	{ "GET /toy HTTP/1.1\r\n" HOST "\r\nGET /a\tb and no line's end", "200 400 ",
	  CLOSE_BAD_REQUEST },
};

START_TEST(last)
{
	for (size_t each = 1; each < 80; each++) {
		stack_sends(&stack, lasts[_i].in, strlen(lasts[_i].in), each, each, IO_EOF);
		stack_open(&stack, &rd_http1, &http, SIZE_MAX);
		stack_run(&stack);
		ck_assert_str_eq(rd_close_reason_word(stack.reason),
				 rd_close_reason_word(lasts[_i].reason));
		ck_assert_str_eq(statuses(got()), lasts[_i].statuses);
	}
}
END_TEST

/* It waited in vain for a worker: told so, not performed, and the connection lives on. */
static const struct {
	const char *in, *statuses;
	enum rd_verdict verdict;
} sheds[] = {
	{ "GET /toy HTTP/1.1\r\n" HOST "\r\n", "503 ", RD_WANTS_READ },
	{ "GET /toy HTTP/1.1\r\n" HOST "\r\nGET /toy HTTP/1.1\r\n" HOST "\r\n", "503 503 ",
	  RD_WANTS_READ },
	{ "POST /toy HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", "503 ", RD_WANTS_READ },
	{ "POST /toy HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\na", "503 ", RD_WANTS_READ },
	{ "POST /toy HTTP/1.1\r\n" HOST "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n", "503 ",
	  RD_LINGER },
	{ "GET /toy HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", "503 ", RD_CLOSE },
	{ "GET /toy HTTP/1.0\r\n\r\n", "503 ", RD_CLOSE },
	{ "GET\r\n\r\n", "400 ", RD_LINGER },
	{ "GET /toy HTTP/1.1\r\n", "", RD_WANTS_READ },
	{ "", "", RD_WANTS_READ },
};

START_TEST(shed)
{
	static const char next[] = "GET /toy HTTP/1.1\r\n" HOST "\r\n";
	struct rd_span all;

	sends_text(sheds[_i].in, IO_AGAIN);
	stack_open(&stack, &rd_http1, &http, SIZE_MAX);
	if (stack.memory.pieces > 0)
		rd_memory_feed(&stack.memory);
	stack.conn.shed = true;
	ck_assert_int_eq(stack_turn(&stack), sheds[_i].verdict);
	all = got();
	ck_assert_str_eq(statuses(all), sheds[_i].statuses);
	if (strncmp(sheds[_i].statuses, "503", 3) == 0)
		ck_assert_ptr_nonnull(memmem(all.at, all.len, "\r\nRetry-After: ", 15));
	if (stack.reason != CLOSE_NONE)
		return;
	stack.conn.shed = false;
	if (strcmp(sheds[_i].in, sheds[0].in) == 0) {
		stack.piece[stack.memory.pieces++] = (struct rd_span){ next, strlen(next) };
		ck_assert(rd_memory_feed(&stack.memory));
		ck_assert_int_eq(stack_turn(&stack), RD_WANTS_READ);
		ck_assert_str_eq(statuses(got()), "503 200 ");
	}
	stack_close(&stack, CLOSE_CUT);
}
END_TEST

static enum rd_io (*memory_recv)(struct rd_transport *t, void *to, size_t size, size_t *got,
				 int64_t *arrived_ns);

/* Behind what the client sends in pieces there is always more. */
static enum rd_io endless_recv(struct rd_transport *t, void *to, size_t size, size_t *got,
			       int64_t *arrived_ns)
{
	if (memory_recv(t, to, size, got, arrived_ns) == IO_OK)
		return IO_OK;
	memset(to, 'b', size);
	*got = size;
	return IO_OK;
}

/* Reads all of the body; what ended it. */
static int reader_perform(struct replyd_exchange *x, void *data)
{
	int *error = data;
	char part[4096];
	ssize_t n;

	while ((n = replyd_read(x, part, sizeof(part))) > 0)
		continue;
	*error = n < 0 ? errno : 0;
	return 503;
}

/* A body that never pauses ends for its handler when the route's time has passed. */
START_TEST(body_without_a_pause)
{
	static const struct rd_handler reader = { .name = "reader",
						  .methods = RD_METHODS_ANY,
						  .perform = reader_perform };
	struct rd_transport_ops endless;
	struct rd_route *route;
	int error = 0;

	route = rd_router_add(&rd_app_host(&app, "")->router, 0, "/reader", true, &reader, &error);
	MUST(route);
	route->policy.stream = true;
	route->policy.body_max = UINT64_MAX;
	route->policy.time_us = 1000;
	sends_text("POST /reader HTTP/1.1\r\n" HOST "Content-Length: 1000000000000000\r\n\r\n",
		   IO_AGAIN);
	stack_open(&stack, &rd_http1, &http, SIZE_MAX);
	rd_memory_feed(&stack.memory);
	endless = *stack.conn.transport.ops;
	memory_recv = endless.recv;
	endless.recv = endless_recv;
	stack.conn.transport.ops = &endless;
	ck_assert_int_eq(stack_turn(&stack), RD_LINGER);
	ck_assert_int_eq(error, ETIMEDOUT);
	ck_assert_str_eq(statuses(got()), "503 ");
	ck_assert_int_eq(stack.reason, CLOSE_UNREAD_BODY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stack_end");
	TCase *tcase = tcase_create("stack_end");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 300);
	tcase_add_checked_fixture(tcase, served_setup, served_teardown);
	tcase_add_loop_test(tcase, silence, 0, COUNT(silences));
	tcase_add_loop_test(tcase, slow_reader, 0, (int)COUNT(takings));
	tcase_add_test(tcase, drip);
	tcase_add_test(tcase, next_head);
	tcase_add_loop_test(tcase, last, 0, COUNT(lasts));
	tcase_add_loop_test(tcase, shed, 0, COUNT(sheds));
	tcase_add_test(tcase, body_without_a_pause);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
