/*
 * test_faults - the system fails under a request, at each of the calls that it makes, and by chance
 * at several: the exchange may fail of it with a reply that says so, or its connection may end.
 * Nothing else may: no reply is wrong or half and taken for whole, nothing is left behind (the
 * leak check of a sanitizer, the descriptors), and the next client is served as ever.
 *
 * What is by chance follows from a seed, which is in the message of a failure. To run it again:
 * RD_SEED=NUMBER make check TESTS=tests/unit/test_faults
 */
#include "failing.h"

#include "served.h"

#include "client/answer.h"
#include "codec/date.h"
#include "handlers/upload.h"
#include "serve/line.h"

#include <check.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { REPLIES = 8, SEEDS = 250 /* in each of four parts */, BODY = 150 * 1000 };

/* By all that handlers are offered: strings, pairs, memory, a body, a reply in pieces. */
static int all_perform(struct replyd_exchange *x, void *data)
{
	size_t len;
	const char *body = replyd_body(x, &len);

	(void)data;
	if (!body)
		return 503;
	replyd_add_field(x, "X-Who", replyd_query(x, "name", "nobody"));
	if (replyd_begin(x, 200, "text/plain") != 0)
		return 0;
	replyd_print(x, "%s %s\n", replyd_form(x, "a", "-"), replyd_id(x) ? "named" : "");
	for (int i = 0; i < 30; i++)
		replyd_write(x, body, len < 9000 ? len : 9000);
	return 0;
}

static int text_perform(struct replyd_exchange *x, void *data)
{
	(void)data;
	return replyd_text(x, 200, "%s", replyd_field(x, "x-text") ? "yes\n" : "no\n");
}

/* What toy_perform does, where memory may end. */
static int echo_perform(struct replyd_exchange *x, void *data)
{
	size_t len;
	const char *body = replyd_body(x, &len);

	(void)data;
	return body ? replyd_bytes(x, 200, NULL, body, len) : 503;
}

static const struct {
	const char *path;
	int (*perform)(struct replyd_exchange *, void *);
} routes[] = { { "/all", all_perform }, { "/text", text_perform }, { "/echo", echo_perform } };

static struct rd_app faulty;
static struct rd_http_service service;
static struct rd_line_service line;
static struct rd_router line_router;

/* Made anew each time: what a run keeps, a cached file, would save the next one its calls. */
static void service_make(void)
{
	struct rd_host *any = rd_app_host(&faulty, "");
	struct rd_handler handler = { .name = "t", .methods = RD_METHODS_ANY };

	for (size_t i = 0; i < COUNT(routes); i++) {
		handler.perform = routes[i].perform;
		MUST(rd_router_add(&any->router, 0, routes[i].path, false, &handler, NULL));
	}
	MUST(rd_router_add(&any->router, 0, "/", true, &rd_upload_delete,
			   rd_upload_new(root, true, 16)));
	service = http;
	service.app = &faulty;
	service.spool = (struct rd_spool_limits){ { .directory = "/tmp" }, 400 * 1000 };
	line = (struct rd_line_service){
		.line_us = SECOND_US,
		.write_us = SECOND_US,
		.spool = service.spool,
	};
	handler.perform = all_perform;
	line.route = rd_router_add(&line_router, 0, "", true, &handler, NULL);
	MUST(line.route);
}

static void service_free(void)
{
	rd_app_free(&faulty);
	faulty = (struct rd_app){ 0 };
	rd_router_free(&line_router);
	line_router = (struct rd_router){ 0 };
}

/* The transport is not what fails here, and what it gathers is the test's. */
static struct rd_transport_ops real;

static enum rd_io quiet_send(struct rd_transport *t, const struct iovec *iov, int n, bool more,
			     size_t *sent)
{
	typeof(failing) now = failing;
	enum rd_io io;

	failing.at = failing.one_in = 0;
	io = real.send(t, iov, n, more, sent);
	failing = now;
	return io;
}

static enum rd_io quiet_sendfile(struct rd_transport *t, int file, off_t offset, size_t count,
				 size_t *sent)
{
	typeof(failing) now = failing;
	enum rd_io io;

	failing.at = failing.one_in = 0;
	io = real.sendfile(t, file, offset, count, sent);
	failing = now;
	return io;
}

static void open_quietly(const struct rd_protocol *protocol, const void *what, size_t window)
{
	static struct rd_transport_ops quiet;

	stack_open(&stack, protocol, what, window);
	real = quiet = *stack.conn.transport.ops;
	quiet.send = quiet_send;
	quiet.sendfile = quiet_sendfile;
	stack.conn.transport.ops = &quiet;
}

/* Until the client and the server have no more to do. */
static void serve(void)
{
	enum rd_verdict verdict = stack_run(&stack);

	failing.at = failing.one_in = 0;
	if (verdict == RD_WANTS_READ)
		stack_close(&stack, CLOSE_CUT);
}

#define CHUNK(size, text) size "\r\n" text "\r\n"
#define FORM		  "Content-Type: application/x-www-form-urlencoded\r\n"

/* "%B" stands for a body that is longer than memory is to hold. */
static const char *const requests[] = {
	"GET /index.html HTTP/1.1\r\n" HOST "\r\nGET / HTTP/1.1\r\n" HOST "\r\n",
	"GET /long.txt HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n\r\n",
	"GET /long.txt HTTP/1.1\r\n" HOST "Accept-Encoding: br\r\n\r\n",
	"GET /long.txt HTTP/1.1\r\n" HOST "Range: bytes=0-9,100-109\r\n\r\n",
	"GET /dir/ HTTP/1.1\r\n" HOST "\r\n",
	"GET /missing HTTP/1.1\r\n" HOST "\r\nHEAD /long.txt HTTP/1.1\r\n" HOST "\r\n",
	"PUT /new HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nnew"
	"DELETE /new HTTP/1.1\r\n" HOST "\r\n",
	"PUT /new HTTP/1.1\r\n" HOST "Content-Length: 150000\r\n\r\n%B"
	"DELETE /new HTTP/1.1\r\n" HOST "\r\n",
	"POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n" CHUNK("3", "abc")
		CHUNK("0", "") "GET /text HTTP/1.1\r\n" HOST "X-Text: 1\r\nX-Text: 2\r\n\r\n",
	"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 150000\r\n\r\n%B",
	"POST /all?name=a%20b HTTP/1.1\r\n" HOST FORM "Content-Length: 9\r\n\r\na=b+c&d=%"
	"GET /text HTTP/1.1\r\n" HOST "\r\n",
	"POST /all HTTP/1.1\r\n" HOST "Content-Length: 150000\r\n\r\n%B",
	"POST /all HTTP/1.1\r\n" HOST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\nwhole",
};

static char *expand(const char *request, size_t *len)
{
	const char *mark = strstr(request, "%B");
	char *text = malloc(strlen(request) + BODY);
	size_t before = mark ? (size_t)(mark - request) : strlen(request);

	MUST(text);
	memcpy(text, request, before);
	*len = before;
	if (!mark)
		return text;
	memset(text + before, 'b', BODY);
	memcpy(text + before + BODY, mark + 2, strlen(mark + 2));
	*len += BODY + strlen(mark + 2);
	return text;
}

/* What a client makes of the stream it was sent. */
struct reply {
	int status;
	size_t len;    /* of its body */
	uint64_t hash; /* of that */
	bool whole;
};

static size_t read_replies(struct reply reply[REPLIES], const char *request)
{
	struct rd_span rest = got(), part;
	bool head = strncmp(request, "HEAD", 4) == 0;
	size_t n = 0;

	while (rest.len > 0 && !head) {
		struct rd_answer answer = { 0 };
		enum rd_answer_part what;

		ck_assert_uint_lt(n, REPLIES);
		reply[n] = (struct reply){ .hash = 5381 };
		while ((what = rd_answer_next(&answer, &rest, &part)) == ANSWER_HEAD ||
		       what == ANSWER_BODY) {
			if (what == ANSWER_HEAD)
				continue;
			for (size_t i = 0; i < part.len; i++)
				reply[n].hash = reply[n].hash * 33 + (unsigned char)part.at[i];
			reply[n].len += part.len;
		}
		ck_assert_int_ne(what, ANSWER_BAD);
		reply[n].status = answer.status;
		reply[n++].whole = what == ANSWER_END;
		request = strstr(request, "\r\n\r\n"); /* a HEAD's reply is none to this parser */
		head = request && strstr(request, "HEAD ");
	}
	return n;
}

static struct reply wanted[REPLIES];
static size_t wanted_count;

/* The same, but for a boundary that is by chance. */
static bool same(const struct reply *a, const struct reply *b)
{
	return a->status == b->status && a->len == b->len &&
	       (a->hash == b->hash || a->status == 206);
}

/*
 * That it is what was wanted, or says that the server could not. What may be left out: a coding,
 * the page of a status. A DELETE of what could not be stored finds nothing.
 */
static void check_reply(const struct reply *r, const struct reply *w, const char *seed)
{
	bool plain = r->status == w->status && (r->len == LONG || r->len == 0);
	bool missing = w->status == 204 && r->status == 404;

	if (r->whole) /* or the connection has ended, as check_replies sees */
		ck_assert_msg(same(r, w) || plain || missing || r->status >= 500,
			      "%s: %d in place of %d, %zu bytes of %zu", seed, r->status, w->status,
			      r->len, w->len);
}

static void check_replies(const char *request, const char *seed)
{
	struct reply reply[REPLIES];
	size_t n = read_replies(reply, request);

	ck_assert_msg(n <= wanted_count, "%s: %zu replies to %zu requests", seed, n, wanted_count);
	for (size_t i = 0; i < n; i++) {
		check_reply(&reply[i], &wanted[i], seed);
		ck_assert_msg(reply[i].whole || i == n - 1, "%s: more follows half a reply", seed);
		ck_assert_msg(reply[i].whole || stack.memory.closed, "%s: half a reply", seed);
	}
}

static int descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	MUST(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* Without a fault. The replies are what is wanted of it. */
static void serve_well(const char *request, const char *seed)
{
	struct reply reply[REPLIES];
	size_t len, n;
	char *in = expand(request, &len);

	stack_sends(&stack, in, len, SIZE_MAX, SIZE_MAX, IO_EOF);
	open_quietly(&rd_http1, &service, SIZE_MAX);
	serve();
	n = read_replies(reply, request);
	if (!seed) {
		memcpy(wanted, reply, sizeof(wanted));
		wanted_count = n;
		ck_assert_uint_gt(n, 0);
	} else {
		ck_assert_msg(n == wanted_count, "%s: the next client gets %zu replies", seed, n);
		for (size_t i = 0; i < n; i++)
			ck_assert_msg(reply[i].whole && same(&reply[i], &wanted[i]),
				      "%s: the next client gets %d", seed, reply[i].status);
	}
	free(in);
}

/* What a PUT or a DELETE that failed may have left, or kept, is gone. */
static void forget_new(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/new", root);
	(void)remove(path);
}

/* Each call once, from the first to the last. */
START_TEST(each_call)
{
	const char *request = requests[_i];
	size_t len;
	char *in = expand(request, &len), seed[64];
	int before;

	service_make();
	serve_well(request, NULL);
	service_free();
	before = descriptors();
	for (uint64_t at = 1;; at++) {
		bool reached;

		snprintf(seed, sizeof(seed), "call %llu", (unsigned long long)at);
		service_make();
		stack_sends(&stack, in, len, SIZE_MAX, 50000, IO_EOF);
		open_quietly(&rd_http1, &service, 20000);
		failing = (typeof(failing)){ .at = at };
		serve();
		reached = failing.failures > 0;
		check_replies(request, seed);
		forget_new();
		serve_well(request, seed);
		service_free();
		ck_assert_msg(descriptors() == before, "%s: %d descriptors are left", seed,
			      descriptors() - before);
		if (!reached) {
			ck_assert_uint_gt(at, 1);
			break;
		}
	}
	free(in);
}
END_TEST

/* Several by chance, and a client that cuts, dawdles, and leaves. */
static void by_chance(uint64_t number)
{
	typeof(failing) chance = { .random = number };
	size_t len, cut, each, window;
	const char *request;
	char seed[64], *in;
	unsigned one_in;
	int before;

	failing = chance;
	request = requests[failing_random() % COUNT(requests)];
	cut = 1 + failing_random() % 300;
	each = failing_random() % 4 ? 100 + failing_random() % 60000 : 40 + failing_random() % 40;
	window = failing_random() % 2 ? SIZE_MAX : 1000 + failing_random() % 9000;
	one_in = 2 + (unsigned)(failing_random() % 60);
	chance = failing;
	failing = (typeof(failing)){ 0 };
	snprintf(seed, sizeof(seed), "seed %llu", (unsigned long long)number);
	in = expand(request, &len);
	service_make();
	serve_well(request, NULL);
	service_free();
	before = descriptors();
	service_make();
	stack_sends(&stack, in, chance.random % 3 ? len : chance.random % len, cut, each,
		    chance.random % 2 ? IO_EOF : IO_RESET);
	open_quietly(&rd_http1, &service, window);
	failing = chance;
	failing.one_in = one_in;
	serve();
	if (stack.memory.end == IO_EOF)
		check_replies(request, seed);
	forget_new();
	serve_well(request, seed);
	service_free();
	ck_assert_msg(descriptors() == before, "%s: descriptors are left", seed);
	free(in);
}

START_TEST(chance)
{
	const char *one = getenv("RD_SEED");
	uint64_t first = (uint64_t)_i * SEEDS;

	if (one && _i == 0)
		by_chance(strtoull(one, NULL, 10));
	for (uint64_t seed = first; !one && seed < first + SEEDS; seed++)
		by_chance(seed);
}
END_TEST

/* The line protocol: a line, or the connection's end. */
START_TEST(line_each)
{
	bool reached = true;

	service_make();
	for (uint64_t at = 1; reached; at++) {
		sends_text("one line\n", IO_EOF);
		open_quietly(&rd_line, &line, at % 2 ? SIZE_MAX : 5000);
		failing = (typeof(failing)){ .at = at };
		serve();
		reached = failing.failures > 0;
		ck_assert(stack.memory.closed);
		sends_text("one line\n", IO_EOF);
		open_quietly(&rd_line, &line, SIZE_MAX);
		serve();
		ck_assert_uint_eq(got().len, strlen("- named\n") + 30 * strlen("one line"));
	}
	service_free();
}
END_TEST

/* The clock on the wall, which somebody sets. */
static int64_t wall_jump;

int64_t __real_rd_clock_wall_s(void);
int64_t __wrap_rd_clock_wall_s(void);
int64_t __wrap_rd_clock_wall_s(void)
{
	return __real_rd_clock_wall_s() + wall_jump;
}

/* Replies tell the new time; nothing else depends on it. */
START_TEST(clock_jumps)
{
	static const int64_t jumps[] = { 0, 3600, -3600, 1 << 30, -(1 << 30), 0 };

	service_make();
	serve_well(requests[6], NULL);
	for (size_t i = 0; i < COUNT(jumps); i++) {
		const char *date;
		int64_t told, now;

		wall_jump = jumps[i];
		now = __wrap_rd_clock_wall_s();
		serve_well(requests[6], "a clock that jumps");
		sends_text(requests[0], IO_EOF);
		open_quietly(&rd_http1, &service, SIZE_MAX);
		serve();
		date = memmem(stack.memory.sent.at, stack.memory.sent.len, "\r\nDate: ", 8);
		ck_assert_ptr_nonnull(date);
		ck_assert(rd_date_parse(date + 8, RD_DATE_SIZE - 1, now, &told));
		ck_assert_int_ge(told, now);
		ck_assert_int_le(told, __wrap_rd_clock_wall_s());
	}
	service_free();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("faults");
	TCase *tcase = tcase_create("faults");
	SRunner *runner;
	int failed;

#ifdef __SANITIZE_THREAD__
	puts("skipped: all is one thread, where ThreadSanitizer has nothing to find");
	return 77;
#endif
	tcase_set_timeout(tcase, 600);
	tcase_add_checked_fixture(tcase, served_setup, served_teardown);
	tcase_add_loop_test(tcase, each_call, 0, COUNT(requests));
	tcase_add_loop_test(tcase, chance, 0, 4);
	tcase_add_test(tcase, line_each);
	tcase_add_test(tcase, clock_jumps);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
