/*
 * test_plot - whatever was measured is drawn by numbers, and whatever was asked is only text.
 */
#include "client/plot.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct rd_loaded *loaded;
static struct rd_loader loader;

static void begin(void)
{
	loaded = calloc(1, sizeof *loaded);
	ck_assert_ptr_nonnull(loaded);
	rd_timeline_begin(&loaded->timeline);
	loader = (struct rd_loader){ .http = true, .connections = 8, .rate = 10 };
}

static void end(void)
{
	free(loaded);
}

static void replied(uint64_t at_us, int status, uint64_t took_us)
{
	struct rd_slice *slice = rd_timeline_at(&loaded->timeline, at_us);

	rd_tally_reply(&loaded->tally, status, took_us);
	if (status < 400)
		rd_histogram_record(&slice->good_us, took_us);
	else
		slice->bad++;
}

/* The drawing; the caller frees it. */
static char *drawn(const char *target)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(to);
	loaded->took_us = loaded->timeline.length_us;
	loaded->in_time = loaded->tally.all;
	rd_plot_write(to, target, &loader, loaded, 1700000000);
	ck_assert_int_eq(fclose(to), 0);
	ck_assert_int_eq(strncmp(text, "<svg ", 5), 0);
	ck_assert_str_eq(text + len - 7, "</svg>\n");
	ck_assert_ptr_nonnull(strstr(text, "2023-11-14 22:13 UTC"));
	return text;
}

/* Drawn, and every number of it is one. */
static void check_drawn(void)
{
	static const char *const none[] = { "nan ", "nan\"", "inf ", "inf\"", "nan<", "inf<" };
	char *text = drawn("http://localhost/");

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		ck_assert_ptr_null(strstr(text, none[i]));
	free(text);
}

START_TEST(nothing)
{
	check_drawn();
	rd_timeline_at(&loaded->timeline, 1500000)->failed++;
	check_drawn();
	replied(1600000, 503, 10);
	check_drawn();
}
END_TEST

START_TEST(extremes)
{
	replied(0, 200, 0);
	check_drawn();
	for (unsigned i = 0; i < 20000; i++)
		replied(i * UINT64_C(1000), 200, 0);
	check_drawn();
	replied(UINT64_C(86399999999), 200, UINT64_C(86399999999));
	loader.rate = 10e6;
	check_drawn();
	loader.rate = 0;
	check_drawn();
}
END_TEST

START_TEST(escaped)
{
	char *text = drawn("http://a/<script>\"&'\x01\x7f\xc3\xa9");

	ck_assert_ptr_nonnull(strstr(text, ">http://a/&#60;script&#62;&#34;&#38;'%01%7F%C3%A9<"));
	ck_assert_ptr_null(strstr(text, "<script"));
	for (char *c = text; *c; c++)
		ck_assert(*c == '\n' || (*c >= ' ' && *c <= '~'));
	free(text);
}
END_TEST

/* Of a long one the heading shows the beginning; the title has all of it. */
START_TEST(long_target)
{
	char target[3000], *text, *title;

	memset(target, 'a', sizeof target);
	target[sizeof target - 1] = '\0';
	text = drawn(target);
	title = strstr(text, "</title>");
	ck_assert_ptr_nonnull(title);
	ck_assert_int_eq(strncmp(title - strlen(target), target, strlen(target)), 0);
	ck_assert_ptr_nonnull(strstr(title, "aaaa...</text>"));
	ck_assert_ptr_null(strstr(title, target));
	free(text);
}
END_TEST

/* A second that differs from the others, by its hint; and the last one, which is short. */
START_TEST(hints)
{
	char *text;

	for (unsigned i = 0; i < 25; i++)
		replied(i * UINT64_C(100000), i < 10 ? 200 : 503, 2000);
	rd_timeline_at(&loaded->timeline, 2499999)->failed++;
	text = drawn("http://localhost/");
	ck_assert_ptr_nonnull(strstr(text,
				     "<title>0 to 1 s: 10 replied; p50 2.000 ms, p99 2.000 ms, "
				     "max 2.000 ms</title>"));
	ck_assert_ptr_nonnull(strstr(text, "<title>1 to 2 s: 10 replied, 10 of them 400 and up<"));
	ck_assert_ptr_nonnull(strstr(text, "<title>2 to 2.5 s: 5 replied, 5 of them 400 and up, "
					   "1 failed</title>"));
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plot");
	TCase *tcase = tcase_create("plot");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, nothing);
	tcase_add_test(tcase, extremes);
	tcase_add_test(tcase, escaped);
	tcase_add_test(tcase, long_target);
	tcase_add_test(tcase, hints);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
