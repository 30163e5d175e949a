/*
 * test_figure - numbers as people read them.
 */
#include "base/figure.h"

#include <check.h>

static const struct {
	double count;
	const char *text;
} counts[] = {
	{ 0, "0" },	    { 1, "1" },		{ 1.25, "1.2" },     { 9.96, "10" },
	{ 999, "999" },	    { 999.6, "1.00k" }, { 1000, "1.00k" },   { 12345, "12.3k" },
	{ 123456, "123k" }, { 999499, "999k" }, { 999500, "1.00M" }, { 9994999, "9.99M" },
	{ 4.5e9, "4.50G" },
};

START_TEST(count)
{
	char text[RD_FIGURE_TEXT];

	ck_assert_str_eq(rd_figure_count(counts[_i].count, text), counts[_i].text);
}
END_TEST

static const struct {
	uint64_t us;
	const char *text;
} times[] = {
	{ 0, "0" },
	{ 999, "999us" },
	{ 1000, "1.00ms" },
	{ 12345, "12.3ms" },
	{ 999499, "999ms" },
	{ 999500, "1.00s" },
	{ 59999999, "60.0s" },
	{ 60 * UINT64_C(1000000), "1m00s" },
	{ 3599 * UINT64_C(1000000), "59m59s" },
	{ 11100 * UINT64_C(1000000), "3h05m" },
	{ 86400 * UINT64_C(1000000), "1d00h" },
	{ 400 * 86400 * UINT64_C(1000000), "400d00h" },
};

START_TEST(us)
{
	char text[RD_FIGURE_TEXT];

	ck_assert_str_eq(rd_figure_us(times[_i].us, text), times[_i].text);
}
END_TEST

static const struct {
	uint64_t bytes;
	const char *text;
} sizes[] = {
	{ 0, "0" },
	{ 1023, "1023" },
	{ 1024, "1.00KiB" },
	{ 1536, "1.50KiB" },
	{ 1000 * 1024, "0.98MiB" },
	{ 64 << 20, "64.0MiB" },
	{ UINT64_C(4) << 30, "4.00GiB" },
	{ UINT64_MAX, "16.0EiB" },
};

START_TEST(bytes)
{
	char text[RD_FIGURE_TEXT];

	ck_assert_str_eq(rd_figure_bytes(sizes[_i].bytes, text), sizes[_i].text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("figure");
	TCase *tcase = tcase_create("figure");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, count, 0, (int)(sizeof(counts) / sizeof(*counts)));
	tcase_add_loop_test(tcase, us, 0, (int)(sizeof(times) / sizeof(*times)));
	tcase_add_loop_test(tcase, bytes, 0, (int)(sizeof(sizes) / sizeof(*sizes)));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
