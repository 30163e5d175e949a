/*
 * test_scale - percentiles are stretched towards the last, and marks are round and go all the way.
 */
#include "client/scale.h"

#include <check.h>
#include <math.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const double nearly = 1e-9;

START_TEST(percentiles)
{
	static const struct {
		double q, at;
	} cases[] = {
		{ 0, 0 },      { 0.9, 0.25 },  { 0.99, 0.5 }, { 0.999, 0.75 },
		{ 0.9999, 1 }, { 0.99999, 1 }, { 1, 1 },
	};

	for (int i = 0; i < COUNT(cases); i++) {
		double at = rd_scale_percentile_at(cases[i].q);

		ck_assert_double_eq_tol(at, cases[i].at, nearly);
		if (cases[i].q <= 0.9999)
			ck_assert_double_eq_tol(rd_scale_percentile(at), cases[i].q, nearly);
	}
	for (double q = 0; q < 0.9999; q += 0.0001)
		ck_assert_double_lt(rd_scale_percentile_at(q), rd_scale_percentile_at(q + 0.0001));
}
END_TEST

static void check_marks(const struct rd_scale *scale, double least, double most)
{
	ck_assert_uint_ge(scale->ticks, 2);
	ck_assert_double_le(scale->low, least * (1 + nearly));
	ck_assert_double_ge(scale->high, most * (1 - nearly));
	for (unsigned i = 0; i < scale->ticks; i++) {
		double digits = scale->tick[i];

		ck_assert_double_ge_tol(scale->tick[i], scale->low, nearly);
		ck_assert_double_le(scale->tick[i], scale->high * (1 + nearly));
		if (i > 0)
			ck_assert_double_gt(scale->tick[i], scale->tick[i - 1]);
		while (digits > 0 && digits < 1000)
			digits *= 10;
		while (digits >= 10000)
			digits /= 10;
		ck_assert_double_eq_tol(digits, round(digits), 1e-6); /* four digits at most */
	}
}

START_TEST(linear)
{
	static const struct {
		double most;
		bool whole;
		double high, second;
	} cases[] = {
		{ 1000, true, 1000, 200 },
		{ 1001, true, 1200, 200 },
		{ 0, true, 1, 1 },
		{ 0.5, true, 1, 1 },
		{ 0.5, false, 0.5, 0.1 },
		{ 7, true, 8, 2 },
		{ 123456, true, 150000, 50000 },
	};

	for (int i = 0; i < COUNT(cases); i++) {
		struct rd_scale scale = rd_scale_linear(cases[i].most, 6, cases[i].whole);

		check_marks(&scale, 0, cases[i].most);
		ck_assert_double_eq_tol(scale.high, cases[i].high, nearly);
		ck_assert_double_eq_tol(scale.tick[1], cases[i].second, nearly);
		ck_assert_double_eq_tol(rd_scale_at(&scale, scale.high / 4), 0.25, nearly);
	}
}
END_TEST

/* From a microsecond to a day, in milliseconds. */
START_TEST(spread)
{
	for (double least = 0.001; least < 86.4e6; least *= 1.37)
		for (double most = least; most < 86.4e6; most *= 1.53) {
			struct rd_scale scale = rd_scale_spread(least, most, 10);

			ck_assert_int_eq(scale.logarithmic, most >= 8 * least);
			check_marks(&scale, least, most);
			ck_assert_double_ge(rd_scale_at(&scale, least), 0);
			ck_assert_double_le(rd_scale_at(&scale, most), 1 + nearly);
			ck_assert_double_eq(rd_scale_at(&scale, scale.low), 0);
			ck_assert_double_eq_tol(rd_scale_at(&scale, scale.high), 1, nearly);
		}
}
END_TEST

START_TEST(decades)
{
	static const double marks[] = { 1, 2, 5, 10, 20, 50, 100 };
	struct rd_scale scale = rd_scale_spread(1.3, 99, 10), wide = rd_scale_spread(0.03, 4e5, 10);

	ck_assert_uint_eq(scale.ticks, COUNT(marks));
	for (int i = 0; i < COUNT(marks); i++)
		ck_assert_double_eq_tol(scale.tick[i], marks[i], nearly);
	ck_assert_double_eq_tol(rd_scale_at(&scale, 10), 0.5, nearly);
	for (unsigned i = 1; i < wide.ticks; i++)
		ck_assert_double_eq_tol(wide.tick[i] / wide.tick[i - 1], 10, nearly);
}
END_TEST

START_TEST(times)
{
	static const struct {
		double seconds, step;
	} cases[] = {
		{ 0.2, 1 }, { 10, 1 }, { 60, 10 }, { 90, 10 }, { 600, 60 }, { 86400, 10800 }
	};

	for (int i = 0; i < COUNT(cases); i++) {
		struct rd_scale scale = rd_scale_time(cases[i].seconds, 10);

		ck_assert_double_eq(scale.high, cases[i].seconds);
		ck_assert_double_eq(scale.tick[0], 0);
		ck_assert_uint_eq(scale.ticks,
				  1 + (unsigned)floor(cases[i].seconds / cases[i].step));
		if (scale.ticks > 1)
			ck_assert_double_eq(scale.tick[1], cases[i].step);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("scale");
	TCase *tcase = tcase_create("scale");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, percentiles);
	tcase_add_test(tcase, linear);
	tcase_add_test(tcase, spread);
	tcase_add_test(tcase, decades);
	tcase_add_test(tcase, times);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
