/*
 * test_show - what replyctl makes of a status, whatever it says.
 */
#include "control/show.h"
#include "control/view.h"

#include <check.h>
#include <stdlib.h>

static char *shown(const char *status, bool colour)
{
	struct rd_view view;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert(rd_view_read(&view, rd_span_of(status)));
	rd_show_status(&view, colour, out);
	fclose(out);
	rd_view_free(&view);
	return text;
}

static const char whole[] =
	"{\"version\": \"1.2\", \"pid\": 7, \"state\": \"serving\", \"uptime_s\": 61.5,"
	"\"generation\": 3, \"listeners\": [\"http://127.0.0.1:80/\", \"unix:/x\"],"
	"\"control\": [],"
	"\"workers\": {\"running\": 1, \"blocked\": 2, \"asleep\": 3, \"stuck\": 4, \"limit\": 64},"
	"\"queue\": {\"length\": 5, \"limit\": 8192, \"wait_us\": 1500},"
	"\"connections\": {\"open\": 6, \"parked\": 3, \"queued\": 2, \"worked_on\": 1,"
	"\"limit\": 9},"
	"\"spool\": {\"bytes\": 1024, \"limit\": 4294967296},"
	"\"counted\": {\"exchanges\": 12, \"exchanges_gone\": 0, \"connections_shed\": 1},"
	"\"closed\": {\"answered\": 11},"
	"\"process\": {\"descriptors\": 21, \"descriptors_limit\": 20000, \"threads\": 6,"
	"\"resident_bytes\": 5242880, \"cpu_us\": 8450}}";

START_TEST(all)
{
	char *text = shown(whole, false);

	ck_assert_str_eq(text,
			 "replyd       serving, version 1.2, process 7, up 1m01s, configuration 3\n"
			 "listens      http://127.0.0.1:80/\n"
			 "             unix:/x\n"
			 "workers      1 running, 2 blocked, 3 asleep, 4 stuck, of 64\n"
			 "queue        5 of 8192, the first has waited 1.50ms\n"
			 "connections  6 open: 3 parked, 2 queued, 1 worked on; of 9\n"
			 "spool        1.00KiB of 4.00GiB\n"
			 "process      5.00MiB resident, 8.45ms of processor time, 6 threads, "
			 "21 of 20000 descriptors\n"
			 "counted                12 exchanges\n"
			 "                        1 connections_shed\n"
			 "closed                 11 answered\n");
	free(text);
}
END_TEST

/* Times are those of the last minute where there are any; the last stage is all of them. */
START_TEST(routes)
{
	static const char status[] =
		"{\"pid\": 1, \"state\": \"serving\", \"log_level\": \"error\","
		"\"stages\": [\"queue\", \"total\"], \"span_s\": 59.9, \"recent\": [],"
		"\"routes\": [{\"route\": \"\", \"exchanges\": 1, \"status\": {\"400\": 1}},"
		"{\"route\": \"GET /a\", \"exchanges\": 12345, \"status\": {\"200\": 12345},"
		"\"stages\": {\"total\": {\"p50_us\": 1, \"p90_us\": 20, \"p99_us\": 3000,"
		"\"max_us\": 4000000}}}]";
	char json[sizeof(status) + 1], *text;

	text = shown(strcat(strcpy(json, status), "}"), false);
	ck_assert_ptr_nonnull(strstr(text, "\nmessages     error\n"));
	ck_assert_ptr_nonnull(
		strstr(text, "\nroute                        exchanges   >=400     p50     p90"
			     "     p99     max  last 60 s\n"
			     "(none)                               1       1       0       0"
			     "       0       0\n"
			     "GET /a                           12.3k       0       0       0"
			     "       0       0\n"));
	free(text);
	*strstr(json, "recent") = 'R';
	text = shown(json, false);
	ck_assert_ptr_nonnull(strstr(text, "max  since the start\n"));
	ck_assert_ptr_nonnull(strstr(text, "  12.3k       0     1us    20us  3.00ms   4.00s\n"));
	free(text);
}
END_TEST

START_TEST(trouble_is_bold)
{
	char *text = shown(whole, true);

	ck_assert_ptr_nonnull(strstr(text, "\n\x1b[1mworkers "));
	ck_assert_ptr_nonnull(strstr(text, "of 64\x1b[0m\n"));
	ck_assert_int_eq(strncmp(text, "replyd ", 7), 0);
	free(text);
	text = shown("{\"pid\": 1, \"state\": \"draining\"}", true);
	ck_assert_int_eq(strncmp(text, "\x1b[1mreplyd ", 11), 0);
	free(text);
}
END_TEST

/* Of another version, or hostile: nothing but text comes out. */
START_TEST(strange)
{
	char *text =
		shown("{\"pid\": 1, \"state\": \"a\\u001b[2Jb\", \"listeners\": [\"\\u001b\", 1],"
		      "\"uptime_s\": 1e300, \"span_s\": -1, \"workers\": 5, \"queue\": [],"
		      "\"connections\": {\"open\": -1},"
		      "\"counted\": {\"\\u001b\\n\": 1}, \"closed\": null}",
		      false);

	ck_assert_ptr_null(strchr(text, '\x1b'));
	ck_assert_ptr_nonnull(strstr(text, "replyd       a?[2Jb, "));
	ck_assert_ptr_nonnull(strstr(text, "listens      ?\n             ?\n"));
	ck_assert_ptr_nonnull(strstr(text, "connections  0 open"));
	ck_assert_ptr_nonnull(strstr(text, " 1 ??\n"));
	free(text);
}
END_TEST

static const char *const none[] = { "",
				    "[]",
				    "1",
				    "{",
				    "{}",
				    "{\"pid\": 1}",
				    "{\"state\": \"serving\"}",
				    "{\"pid\": \"1\", \"state\": \"serving\"}",
				    "hello" };

START_TEST(no_status)
{
	struct rd_view view;

	ck_assert(!rd_view_read(&view, rd_span_of(none[_i])));
}
END_TEST

START_TEST(workers)
{
	static const char told[] =
		"{\"workers\": [{\"place\": 3, \"state\": \"stuck\", \"stage\": \"perform\","
		"\"age_us\": 1234, \"exchanges\": 7, \"client\": \"::1\", \"route\": \"GET /a\"},"
		"{\"place\": 4, \"state\": \"asleep\", \"exchanges\": 0}]}";
	struct rd_view view = { 0 };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert(rd_view_read_workers(&view, rd_span_of(told)));
	rd_show_workers(&view, true, out);
	fclose(out);
	rd_view_free(&view);
	ck_assert_str_eq(
		text, "place  state    stage      since   exchanges  client               route\n"
		      "\x1b[1m    3  stuck    perform   1.23ms           7  ::1                  "
		      "GET /a\x1b[0m\n"
		      "    4  asleep                              0\n");
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("show");
	TCase *tcase = tcase_create("show");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, all);
	tcase_add_test(tcase, routes);
	tcase_add_test(tcase, trouble_is_bold);
	tcase_add_test(tcase, strange);
	tcase_add_test(tcase, workers);
	tcase_add_loop_test(tcase, no_status, 0, (int)(sizeof(none) / sizeof(*none)));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
