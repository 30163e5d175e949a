/*
 * test_stack - the whole way from a client's bytes to its replies, in one thread: a stream of
 * requests gives the same replies however it is cut and however slowly they are taken; and what
 * becomes of a connection whose time is over, whose client is gone, or which is dropped midway.
 */
#include "stack.h"

#include "app/exchange.h"
#include "handlers/files.h"
#include "serve/http1.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { SECOND_US = 1000 * 1000, LONG = 70 * 1000 };

static char root[] = "/tmp/test_stack.XXXXXX";
static struct rd_app app;
static struct rd_http_service http = {
	.app = &app,
	.limits = RD_HEAD_LIMITS,
	.head_us = 10 * SECOND_US,
	.idle_us = 60 * SECOND_US,
	.body_us = 20 * SECOND_US,
	.body_rate = 1000,
	.write_us = 30 * SECOND_US,
	.temporary = "/tmp",
};
static struct stack stack;

/* What it was asked: method, path, body; then as many more bytes as the query says. */
static int toy_perform(struct replyd_exchange *x, void *data)
{
	size_t more = x->target.query.at ? strtoul(x->target.query.at, NULL, 10) : 0;
	char *text;
	int len = asprintf(&text, "%s %s [%.*s] %d\n", rd_method_word(x->head.method), x->path,
			   (int)x->content.len, x->content.at, (int)x->content_len);

	(void)data;
	MUST(len > 0 && (text = realloc(text, (size_t)len + more)));
	memset(text + len, 'm', more);
	rd_reply_bytes(&x->reply, 200, "text/plain", text, (size_t)len + more, free, text);
	return 0;
}

static const struct rd_handler toy = {
	.name = "toy",
	.methods = RD_METHODS_ANY,
	.perform = toy_perform,
};

static void write_file(const char *name, size_t len)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	MUST((f = fopen(path, "w")));
	for (size_t i = 0; i < len; i++)
		fputc("0123456789abcde\n"[i % 16], f);
	MUST(fclose(f) == 0);
}

static void remove_file(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	MUST(remove(path) == 0);
}

static void setup(void)
{
	struct rd_host *any = rd_app_host(&app, "");
	char path[64];

	MUST(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/dir", root);
	MUST(mkdir(path, 0755) == 0);
	write_file("index.html", 100);
	write_file("long.txt", LONG);
	MUST(rd_router_add(&any->router, 0, "/", true, &rd_files, rd_files_new(root, false, 16)));
	MUST(rd_router_add(&any->router, 0, "/toy", true, &toy, NULL));
}

static void teardown(void)
{
	stack_free(&stack);
	rd_app_free(&app);
	remove_file("index.html");
	remove_file("long.txt");
	remove_file("dir");
	MUST(rmdir(root) == 0);
}

static void sends_text(const char *text, enum rd_io end)
{
	stack_sends(&stack, text, strlen(text), SIZE_MAX, SIZE_MAX, end);
}

/* What was sent, with each Date field made the same. */
static struct rd_span got(void)
{
	struct rd_buffer *b = &stack.memory.sent;
	char *at = b->at;

	while (at && (at = memmem(at, (size_t)(b->at + b->len - at), "\r\nDate: ", 8)))
		at = (char *)memset(at + 8, 'D', 29) + 29;
	return (struct rd_span){ b->at, b->len };
}

/* The statuses in a stream of replies: "200 404 ". No body here has such a line. */
static const char *statuses(struct rd_span in)
{
	static const char mark[] = "HTTP/1.1 ";
	static char list[256];
	const char *at = in.at, *end = in.at + in.len;
	size_t n = 0;

	while (at && (at = memmem(at, (size_t)(end - at), mark, sizeof(mark) - 1))) {
		at += sizeof(mark) - 1;
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%.3s ", at);
	}
	list[n] = '\0';
	return list;
}

#define HOST "Host: h\r\n"

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
	ck_assert_int_eq(stack_turn(&stack), RD_MORE); /* it has had its turn */
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

int main(void)
{
	Suite *suite = suite_create("stack");
	TCase *tcase = tcase_create("stack");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 300);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, replies);
	tcase_add_test(tcase, head_has_no_body);
	tcase_add_test(tcase, cut_anywhere);
	tcase_add_test(tcase, taken_slowly);
	tcase_add_test(tcase, many);
	tcase_add_test(tcase, long_body);
	tcase_add_test(tcase, dropped);
	tcase_add_test(tcase, reset);
	tcase_add_loop_test(tcase, silence, 0, COUNT(silences));
	tcase_add_test(tcase, drip);
	tcase_add_test(tcase, next_head);
	tcase_add_loop_test(tcase, last, 0, COUNT(lasts));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
