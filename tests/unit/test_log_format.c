/*
 * test_log_format - lines as Apache and nginx, logfmt's readers and JSON's expect them; whatever
 * a client sends stays within its value.
 */
#include "observe/log_format.h"

#include "flow/conn.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct rd_buffer record, line;
static struct rd_span text[RECORD_TEXTS];
static struct rd_record asked;
static char why[RD_LOG_FORMAT_WHY];
static const char *route;

static void say(enum rd_record_text which, const char *what)
{
	text[which] = rd_span_of(what);
}

/* One that stays open; each stage took as many us as its stamp's place, the first is at 1000. */
static void setup(void)
{
	uint64_t at[STAMP_COUNT] = { 1000, 1001, 1003, 1006, 1010, 1015 };

	setenv("TZ", "UTC+7", 1);
	asked = (struct rd_record){ .accepted_us = 900,
				    .received = 120,
				    .head = 200,
				    .body = 2326,
				    .connection = 7,
				    .exchange = 2,
				    .status = 200 };
	memcpy(asked.at, at, sizeof(at));
	memset(text, 0, sizeof(text));
	say(RECORD_CLIENT, "127.0.0.1");
	say(RECORD_METHOD, "GET");
	say(RECORD_TARGET, "/apache_pb.gif");
	say(RECORD_VERSION, "HTTP/1.0");
	route = "GET /{file}";
}

static void teardown(void)
{
	rd_buffer_free(&record);
	rd_buffer_free(&line);
}

/* The line, with a NUL in place of its newline. */
static const char *formatted(const char *format)
{
	struct rd_log_format *f = rd_log_format_new(format, why);
	struct rd_log_entry entry = { .route = route, .arrived_us = 971211336000042 };

	ck_assert_msg(f != NULL, "%s", why);
	record.len = line.len = 0;
	ck_assert(rd_record_add(&record, &asked, text));
	entry.record = (const struct rd_record *)(void *)record.at;
	ck_assert(rd_log_format_line(f, &entry, &line));
	ck_assert_int_eq(line.at[line.len - 1], '\n');
	line.at[line.len - 1] = '\0';
	ck_assert_uint_eq(strlen(line.at), line.len - 1);
	rd_log_format_free(f);
	return line.at;
}

START_TEST(combined_is_as_others_have_it)
{
	say(RECORD_USER, "frank");
	say(RECORD_REFERER, "http://www.example.com/start.html");
	say(RECORD_AGENT, "Mozilla/4.08 [en] (Win98; I ;Nav)");
	ck_assert_str_eq(formatted("combined"), "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "
						"\"GET /apache_pb.gif HTTP/1.0\" 200 2326 "
						"\"http://www.example.com/start.html\" "
						"\"Mozilla/4.08 [en] (Win98; I ;Nav)\"");
}
END_TEST

START_TEST(what_there_is_not_is_a_dash)
{
	memset(text, 0, sizeof(text));
	say(RECORD_CLIENT, "unix");
	asked.status = 400;
	asked.body = 0;
	ck_assert_str_eq(formatted("combined"),
			 "unix - - [10/Oct/2000:13:55:36 -0700] \"-\" 400 0 \"-\" \"-\"");
}
END_TEST

START_TEST(combined_escapes)
{
	say(RECORD_USER, "a b");
	say(RECORD_AGENT, "x\" 200 1\n127.0.0.1\t\\\x7f\xc3\xa4");
	ck_assert_str_eq(formatted("{user} \"{agent}\" {agent}"),
			 "a\\x20b \"x\\x22 200 1\\x0A127.0.0.1\\x09\\x5C\\x7F\\xC3\\xA4\" "
			 "x\\x22\\x20200\\x201\\x0A127.0.0.1\\x09\\x5C\\x7F\\xC3\\xA4");
}
END_TEST

START_TEST(logfmt_has_all)
{
	say(RECORD_AGENT, "curl/8 \"x\"");
	say(RECORD_ID, "abc");
	ck_assert_str_eq(formatted("logfmt"),
			 "time=2000-10-10T20:55:36.000042Z client=127.0.0.1 method=GET "
			 "target=/apache_pb.gif version=HTTP/1.0 status=200 route=\"GET /{file}\" "
			 "received=120 sent=2526 body=2326 agent=\"curl/8 \\\"x\\\"\" id=abc "
			 "connection=7 exchange=2 "
			 "kernel_us=1 queue_us=2 read_us=3 perform_us=4 send_us=5 total_us=15");
}
END_TEST

/* Its reply was not taken: there is no time for that, and no total. */
START_TEST(json_has_all)
{
	asked.at[STAMP_SENT] = 0;
	asked.reason = CLOSE_PEER_RESET;
	route = "";
	say(RECORD_TARGET, "/\x01\"\\\xc3\xa4\xff\xe2\x82\xac\xed\xa0\x80\xc2\x85\xf0\x9f\x98\x80");
	ck_assert_str_eq(formatted("json"),
			 "{\"time\":\"2000-10-10T20:55:36.000042Z\",\"client\":\"127.0.0.1\","
			 "\"method\":\"GET\",\"target\":\"/\\u0001\\\"\\\\\xc3\xa4\\ufffd"
			 "\xe2\x82\xac\\ufffd\\ufffd\\ufffd\\u0085\xf0\x9f\x98\x80\","
			 "\"version\":\"HTTP/1.0\",\"status\":200,\"received\":120,\"sent\":2526,"
			 "\"body\":2326,\"connection\":7,\"exchange\":2,\"close\":\"peer-reset\","
			 "\"kernel_us\":1,\"queue_us\":2,\"read_us\":3,\"perform_us\":4}");
}
END_TEST

START_TEST(a_text_with_names)
{
	asked.reason = CLOSE_ANSWERED;
	ck_assert_str_eq(formatted("{{{connection}.{exchange}}} {close} {route} \"{route}\" "
				   "{queue_us}+{perform_us}us {id}!"),
			 "{7.2} answered GET\\x20/{file} \"GET /{file}\" 2+4us -!");
	ck_assert_str_eq(formatted("{request}|\"{request}\""),
			 "GET\\x20/apache_pb.gif\\x20HTTP/1.0|\"GET /apache_pb.gif HTTP/1.0\"");
}
END_TEST

START_TEST(the_journals_fields)
{
	struct rd_log_format *f = rd_log_format_new("json", why);
	struct rd_log_entry entry = { .route = route, .arrived_us = 971211336000042 };

	say(RECORD_TARGET, "/\nPRIORITY=0");
	ck_assert(rd_record_add(&record, &asked, text));
	entry.record = (const struct rd_record *)(void *)record.at;
	ck_assert(rd_log_format_fields(f, &entry, "REPLYD_", &line));
	ck_assert(rd_buffer_add(&line, "", 1));
	ck_assert_ptr_nonnull(strstr(line.at, "REPLYD_CLIENT=127.0.0.1\nREPLYD_METHOD=GET\n"
					      "REPLYD_TARGET=/\\x0APRIORITY=0\n"));
	ck_assert_ptr_nonnull(strstr(line.at, "\nREPLYD_QUEUE_US=2\n"));
	rd_log_format_free(f);
}
END_TEST

static const struct {
	const char *format, *why;
} wrong[] = {
	{ "", "neither combined, logfmt nor json" },
	{ "combine", "neither combined, logfmt nor json" },
	{ "{clint}", "{clint} is none of the names" },
	{ "{}", "{} is none of the names" },
	{ "a {client", "the brace before \"client\" is not closed" },
	{ "a {client {user}", "is not closed" },
	{ "client} {user}", "a brace is closed that is not open" },
	{ "{client}\n{user}", "a control character" },
};

START_TEST(says_what_is_wrong)
{
	ck_assert_ptr_null(rd_log_format_new(wrong[_i].format, why));
	ck_assert_msg(strstr(why, wrong[_i].why) != NULL, "%s", why);
}
END_TEST

START_TEST(has_a_bound_of_names)
{
	char many[1024] = "";

	for (int i = 0; i < 100; i++)
		strcat(many, "{client}");
	ck_assert_ptr_null(rd_log_format_new(many, why));
	ck_assert_ptr_nonnull(strstr(why, "more than 63 names"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("log_format");
	TCase *t = tcase_create("log_format");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, combined_is_as_others_have_it);
	tcase_add_test(t, what_there_is_not_is_a_dash);
	tcase_add_test(t, combined_escapes);
	tcase_add_test(t, logfmt_has_all);
	tcase_add_test(t, json_has_all);
	tcase_add_test(t, a_text_with_names);
	tcase_add_test(t, the_journals_fields);
	tcase_add_loop_test(t, says_what_is_wrong, 0, sizeof(wrong) / sizeof(*wrong));
	tcase_add_test(t, has_a_bound_of_names);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
