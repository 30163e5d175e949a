/* test_exposition - numbers in the text formats of Prometheus and OpenMetrics. */
#include "codec/exposition.h"

#include <check.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const struct {
	const char *value, *label;
} rows[] = {
	{ "", "n=\"\"" },
	{ "GET /hello", "n=\"GET /hello\"" },
	{ "a\"b\\c", "n=\"a\\\"b\\\\c\"" },
	{ "a\nb", "n=\"a\\nb\"" },
	{ "\r\t\x01\x1f\x7f", "n=\"%0D%09%01%1F%7F\"" },
	{ "/\xc3\xa9", "n=\"/%C3%A9\"" },
	{ "/\xc3", "n=\"/%C3\"" }, /* cut off */
	{ "{a=\"b\"} 1\n", "n=\"{a=\\\"b\\\"} 1\\n\"" },
};

START_TEST(labels)
{
	struct rd_exposition e = { 0 };

	rd_exposition_label(&e, "n", rows[_i].value);
	ck_assert(!e.failed);
	ck_assert_str_eq(e.text.at, rows[_i].label);
	rd_buffer_free(&e.text);
}
END_TEST

static void write_some(struct rd_exposition *e)
{
	rd_exposition_family(e, "asked", RD_COUNTER, "How often.");
	rd_exposition_print(e, "asked_total{");
	rd_exposition_label(e, "by", "\"me\"");
	rd_exposition_print(e, "} %d\n", 2);
	rd_exposition_gauge(e, "depth_bytes", "How deep.", 12345678901.5);
	rd_exposition_family(e, "took_seconds", RD_HISTOGRAM, "How long.");
	rd_exposition_end(e);
	ck_assert(!e->failed);
}

START_TEST(text)
{
	struct rd_exposition e = { 0 };

	write_some(&e);
	ck_assert_str_eq(e.text.at, "# HELP asked_total How often.\n"
				    "# TYPE asked_total counter\n"
				    "asked_total{by=\"\\\"me\\\"\"} 2\n"
				    "# HELP depth_bytes How deep.\n"
				    "# TYPE depth_bytes gauge\n"
				    "depth_bytes 12345678901.5\n"
				    "# HELP took_seconds How long.\n"
				    "# TYPE took_seconds histogram\n");
	ck_assert_str_eq(rd_exposition_type(&e), "text/plain; version=0.0.4; charset=utf-8");
	rd_buffer_free(&e.text);
}
END_TEST

START_TEST(open)
{
	struct rd_exposition e = { .open = true };

	write_some(&e);
	ck_assert_str_eq(e.text.at, "# HELP asked How often.\n"
				    "# TYPE asked counter\n"
				    "asked_total{by=\"\\\"me\\\"\"} 2\n"
				    "# HELP depth_bytes How deep.\n"
				    "# TYPE depth_bytes gauge\n"
				    "depth_bytes 12345678901.5\n"
				    "# HELP took_seconds How long.\n"
				    "# TYPE took_seconds histogram\n"
				    "# EOF\n");
	ck_assert_str_eq(rd_exposition_type(&e),
			 "application/openmetrics-text; version=1.0.0; charset=utf-8");
	rd_buffer_free(&e.text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exposition");
	TCase *tcase = tcase_create("exposition");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, labels, 0, COUNT(rows));
	tcase_add_test(tcase, text);
	tcase_add_test(tcase, open);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
