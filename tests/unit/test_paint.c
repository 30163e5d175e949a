/*
 * test_paint - the screen of replyctl top, drawn as text; and the keys.
 */
#include "control/paint.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* JSON, with ' in place of ". */
static const char format[] =
	"{'version': '1.2', 'pid': %d, 'state': 'serving', 'uptime_s': %d, 'generation': 3,"
	"'workers': {'running': 1, 'blocked': 2, 'asleep': 1, 'stuck': 1, 'limit': 8},"
	"'queue': {'length': 5, 'limit': 8192, 'wait_us': 1500},"
	"'connections': {'open': 6, 'parked': 3, 'queued': 2, 'worked_on': 1, 'limit': 9},"
	"'counted': {'exchanges': %d, 'exchanges_refused': %d, 'exchanges_shed_wait': %d,"
	" 'connections_accepted': 7},"
	"'process': {'descriptors': 21, 'descriptors_limit': 20000, 'threads': 6,"
	" 'resident_bytes': 5242880, 'cpu_us': %d000},"
	"'stages': ['queue', 'perform'],"
	"'routes': ["
	" {'route': 'GET /a', 'exchanges': %d, 'status': {'200': 1, '404': %d},"
	"  'stages': {'queue': {'p50_us': 1, 'p90_us': 3, 'p99_us': 2, 'max_us': 9}}},"
	" {'route': 'example.org /b', 'exchanges': %d, 'status': {}, 'stages': {}}]%s}";

static const char recent[] =
	", 'span_s': 60, 'recent': [{'route': 'GET /a', 'exchanges': 3, 'stages': {"
	"'queue': {'p50_us': 10, 'p90_us': 3, 'p99_us': 1250, 'max_us': 77000},"
	"'perform': {'p50_us': 20, 'p90_us': 3, 'p99_us': 2000000, 'max_us': 77000}}}]";

static const char workers[] =
	"{'workers': [{'place': 0, 'group': 'clients', 'state': 'running', 'stage': 'perform',"
	" 'route': 'GET /a', 'client': '127.0.0.1', 'age_us': 1234, 'exchanges': 77},"
	"{'place': 1, 'state': 'stuck', 'stage': 'send', 'route': 'example.org /b',"
	" 'client': '::1', 'age_us': 12340000, 'exchanges': 5}]}";

static struct rd_span quoted(char *json)
{
	for (char *c = json; *c; c++)
		if (*c == '\'')
			*c = '"';
	return rd_span_of(json);
}

/* How it was after so many seconds: `a` exchanges of one route and `b` of another. */
static void see(struct rd_view *view, int pid, int up_s, int a, int b, int refused,
		const char *more)
{
	char json[4096];

	snprintf(json, sizeof(json), format, pid, up_s, a + b, refused, refused, a + b, a, refused,
		 b, more);
	rd_view_free(view);
	ck_assert(rd_view_read(view, quoted(json)));
}

static void see_workers(struct rd_view *view)
{
	char json[sizeof(workers)];

	strcpy(json, workers);
	ck_assert(rd_view_read_workers(view, quoted(json)));
}

static struct rd_view now, before;
static struct rd_scene scene;
static struct rd_canvas canvas;
static char *text;

static void set_up(void)
{
	see(&before, 7, 10, 90, 10, 1, recent);
	see(&now, 7, 12, 90, 2010, 5, recent);
	see_workers(&now);
	scene = (struct rd_scene){ .address = "/run/s",
				   .now = &now,
				   .before = &before,
				   .taste = { .quantile = QUANTILE_P99 } };
	canvas = (struct rd_canvas){ 0 };
}

static void tear_down(void)
{
	rd_view_free(&now);
	rd_view_free(&before);
	rd_canvas_free(&canvas);
	free(text);
	text = NULL;
}

/* The screen, its rows without the blanks at their ends. */
static const char *painted(int rows, int cols)
{
	char *to;

	ck_assert(rd_canvas_clear(&canvas, rows, cols));
	rd_paint(&canvas, &scene);
	free(text);
	text = to = malloc((size_t)(rows * (cols + 1)) + 1);
	for (int row = 0; row < rows; row++) {
		for (int col = 0; col < cols; col++)
			*to++ = canvas.cell[row * cols + col].text;
		while (to > text && to[-1] == ' ')
			to--;
		*to++ = '\n';
	}
	*to = '\0';
	return text;
}

static bool has(const char *part)
{
	return strstr(text, part) != NULL;
}

START_TEST(routes)
{
	ck_assert_str_eq(
		painted(14, 80),
		"replyd 1.2 serving  up 12.0s  process 7  configuration 3  /run/s\n"
		"queue        [#                    ] 5 of 8192, waited 1.50ms\n"
		"workers      [!#==.   ] #1 run =2 block .1 sleep !1 stuck of 8\n"
		"connections  6 open: 3 parked, 2 queued, 1 worked on; of 9\n"
		"each second  1.00k exchanges   2 refused   2 shed   0 connections\n"
		"process      5.00MiB, 1.00 processors, 6 threads, 21 of 20000 descriptors\n"
		"\n"
		"last 60 s                                                  queue         perform\n"
		"route                               each s >=400     p50     p99     p50     p99\n"
		"example.org /b                       1.00k     0       0       0       0       0\n"
		"GET /a                                   0     2    10us  1.25ms    20us   2.00s\n"
		"\n"
		"\n"
		"q quit  Tab workers  s S sort  p quantile  / filter  Space pause  "
		"Up Down scroll\n");
}
END_TEST

/* One quantile of each stage, where two have no room. */
START_TEST(narrow)
{
	painted(14, 60);
	ck_assert(has("\nroute                           each s >=400     p99     p99\n"));
	ck_assert(has("\nexample.org /b                   1.00k     0       0       0\n"));
	ck_assert(has("\nGET /a                               0     2  1.25ms   2.00s\n"));
	scene.taste.quantile = QUANTILE_MAX;
	painted(14, 60);
	ck_assert(has("     max     max\n"));
	ck_assert(has("\nGET /a                               0     2  77.0ms  77.0ms\n"));
}
END_TEST

START_TEST(since_the_start)
{
	see(&now, 7, 12, 90, 2010, 5, "");
	painted(14, 80);
	ck_assert(has("\nsince the start "));
	ck_assert(has("\nGET /a                                   0     2     1us     2us"));
}
END_TEST

static const struct {
	unsigned by;
	const char *order;
} sorted[] = {
	{ ROUTE_RATE, "example.org" }, { ROUTE_REFUSED, "GET /a" },    { ROUTE_NAME, "GET /a" },
	{ ROUTE_STAGES, "GET /a" },    { ROUTE_STAGES + 1, "GET /a" },
};

START_TEST(sort)
{
	const char *table;

	scene.taste.by[0] = sorted[_i].by;
	painted(14, 80);
	table = strstr(text, "\nroute");
	ck_assert_ptr_nonnull(table);
	ck_assert(strncmp(strchr(table + 1, '\n') + 1, sorted[_i].order,
			  strlen(sorted[_i].order)) == 0);
}
END_TEST

START_TEST(filter)
{
	strcpy(scene.taste.filter, "EXAMPLE");
	painted(14, 80);
	ck_assert(has("filter: EXAMPLE\n"));
	ck_assert(has("\nexample.org"));
	ck_assert(!has("\nGET /a"));
	scene.taste.workers = true;
	painted(14, 80);
	ck_assert(has(" stuck "));
	ck_assert(!has(" running  perform"));
	scene.taste.typing = true;
	painted(14, 80);
	ck_assert(has("\nfilter: EXAMPLE_   Enter keeps it"));
}
END_TEST

static const char stuck[] =
	"   1 stuck    send        12.3s           5 ::1                  example.org /b\n";
static const char running[] =
	"   0 running  perform    1.23ms          77 127.0.0.1            GET /a\n";

START_TEST(worker_table)
{
	const char *first, *second;

	scene.taste.workers = true;
	first = strstr(painted(14, 80), stuck);
	second = strstr(text, running);
	ck_assert(first && second == first + strlen(stuck));
	scene.taste.by[1] = WORKER_EXCHANGES;
	first = strstr(painted(14, 80), running);
	second = strstr(text, stuck);
	ck_assert(first && second == first + strlen(running));
}
END_TEST

/* What was scrolled too far is taken back, also when the list gets shorter. */
START_TEST(scroll)
{
	scene.taste.from = 1;
	painted(11, 80);
	ck_assert_uint_eq(scene.taste.from, 1);
	ck_assert(has("\nGET /a"));
	ck_assert(!has("\nexample.org"));
	scene.taste.from = 100;
	painted(11, 80);
	ck_assert_uint_eq(scene.taste.from, 1);
	painted(24, 80);
	ck_assert_uint_eq(scene.taste.from, 0);
}
END_TEST

START_TEST(no_answer)
{
	scene.why = "nobody listens there";
	painted(24, 80);
	ck_assert(has("\nno answer: nobody listens there; "));
	ck_assert(has("\nexample.org"));
	scene.now = NULL;
	scene.before = NULL;
	painted(24, 80);
	ck_assert(has("replyd /run/s\n"));
	ck_assert(has("\nno answer: nobody listens there; "));
}
END_TEST

/* Of another process, or the first look: nothing is said of what happens in a second. */
START_TEST(no_rates)
{
	see(&now, 8, 12, 90, 2010, 5, "");
	painted(24, 80);
	ck_assert(has("\neach second\n"));
	ck_assert(has("\nprocess      5.00MiB, 6 threads"));
	scene.before = NULL;
	painted(24, 80);
	ck_assert(has("\nexample.org /b                           0"));
}
END_TEST

START_TEST(any_size)
{
	for (scene.taste.workers = false;; scene.taste.workers = true) {
		for (int rows = 1; rows < 30; rows++)
			for (int cols = 1; cols < 150; cols += 7)
				painted(rows, cols);
		if (scene.taste.workers)
			break;
	}
}
END_TEST

static void keys(const char *struck)
{
	for (; *struck; struck++)
		ck_assert(rd_taste_key(&scene.taste, *struck, 2, 5));
}

START_TEST(key)
{
	struct rd_taste *t = &scene.taste;

	ck_assert(!rd_taste_key(t, 'q', 2, 5));
	keys("\tp");
	ck_assert(t->workers);
	ck_assert_int_eq(t->quantile, QUANTILE_MAX);
	keys("\tsss");
	ck_assert_uint_eq(t->by[0], ROUTE_STAGES);
	ck_assert_uint_eq(t->by[1], 0);
	keys("ss");
	ck_assert_uint_eq(t->by[0], 0);
	keys("S");
	ck_assert_uint_eq(t->by[0], ROUTE_STAGES + 1);
	keys(" ");
	ck_assert(t->paused);
	ck_assert(rd_taste_key(t, RD_KEY_PAGE_DOWN, 2, 5));
	ck_assert(rd_taste_key(t, RD_KEY_DOWN, 2, 5));
	ck_assert_uint_eq(t->from, 6);
	ck_assert(rd_taste_key(t, RD_KEY_UP, 2, 5));
	ck_assert(rd_taste_key(t, RD_KEY_PAGE_UP, 2, 5));
	ck_assert(rd_taste_key(t, RD_KEY_PAGE_UP, 2, 5));
	ck_assert_uint_eq(t->from, 0);
}
END_TEST

START_TEST(typed)
{
	struct rd_taste *t = &scene.taste;

	keys("/q s\x7f\t\n");
	ck_assert_str_eq(t->filter, "q ");
	ck_assert(!t->typing);
	keys("\x1b");
	ck_assert_str_eq(t->filter, "");
	keys("/abc\x1b");
	ck_assert_str_eq(t->filter, "");
	keys("/");
	for (int i = 0; i < 100; i++)
		keys("a");
	ck_assert_uint_eq(strlen(t->filter), sizeof(t->filter) - 1);
	for (int i = 0; i < 100; i++)
		ck_assert(rd_taste_key(t, RD_KEY_ERASE, 2, 5));
	ck_assert_str_eq(t->filter, "");
}
END_TEST

static const char *const no_workers[] = { "", "{}", "[]", "{\"workers\": 1}", "{\"workers\"" };

START_TEST(not_told)
{
	ck_assert(!rd_view_read_workers(&now, rd_span_of(no_workers[_i])));
	ck_assert_uint_eq(now.workers_told, 2);
	ck_assert(rd_view_read_workers(&now, rd_span_of("{\"workers\": [1, {}]}")));
	ck_assert_uint_eq(now.workers_told, 2);
	scene.taste.workers = true;
	painted(24, 80);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("paint");
	TCase *tcase = tcase_create("paint");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, routes);
	tcase_add_test(tcase, narrow);
	tcase_add_test(tcase, since_the_start);
	tcase_add_loop_test(tcase, sort, 0, (int)(sizeof(sorted) / sizeof(*sorted)));
	tcase_add_test(tcase, filter);
	tcase_add_test(tcase, worker_table);
	tcase_add_test(tcase, scroll);
	tcase_add_test(tcase, no_answer);
	tcase_add_test(tcase, no_rates);
	tcase_add_test(tcase, any_size);
	tcase_add_test(tcase, key);
	tcase_add_test(tcase, typed);
	tcase_add_loop_test(tcase, not_told, 0, (int)(sizeof(no_workers) / sizeof(*no_workers)));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
