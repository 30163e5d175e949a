/*
 * test_schedule - requests are due at their rate, for any rate and length: counted and timed alike.
 */
#include "client/schedule.h"

#include <check.h>

static const struct {
	double rate;
	uint64_t us, count;
} cases[] = {
	{ 1, 10000000, 10 },
	{ 1, 10000001, 11 },
	{ 0.5, 10000000, 5 },
	{ 100, 1000000, 100 },
	{ 1600, 10000000, 16000 },
	{ 30000, 10000000, 300000 },
	{ 3, 1000000, 3 },
	{ 7.3, 10000000, 73 },
	{ 333333, 3000000, 999999 },
	{ 1000000, 1000000, 1000000 },
	{ 5000000, 1000000, 5000000 },
	{ 10, 1, 1 },
};

START_TEST(total)
{
	struct rd_schedule s = { cases[_i].rate, 1000, 1000 + cases[_i].us };

	ck_assert_uint_eq(rd_schedule_count(&s, s.end_us - 1), cases[_i].count);
	ck_assert_uint_eq(rd_schedule_count(&s, UINT64_MAX), cases[_i].count);
	ck_assert_uint_eq(rd_schedule_count(&s, 999), 0);
	ck_assert_uint_eq(rd_schedule_count(&s, 1000), cases[_i].rate > 1e6 ? 5 : 1);
}
END_TEST

/* The count grows by the n-th exactly when that one is due. */
START_TEST(agree)
{
	struct rd_schedule s = { cases[_i].rate, 123456789, 123456789 + cases[_i].us };
	uint64_t step = cases[_i].count / 1000 + 1;

	for (uint64_t n = 0; n < cases[_i].count; n += step) {
		uint64_t due = rd_schedule_due(&s, n);

		ck_assert_uint_le(s.start_us, due);
		ck_assert_uint_lt(due, s.end_us);
		ck_assert_uint_gt(rd_schedule_count(&s, due), n);
		ck_assert_uint_le(rd_schedule_count(&s, due - 1), n);
	}
}
END_TEST

START_TEST(nothing)
{
	struct rd_schedule s = { 100, 0, 0 };

	ck_assert_uint_eq(rd_schedule_count(&s, 0), 0);
	ck_assert_uint_eq(rd_schedule_count(&s, 1000000), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("schedule");
	TCase *tcase = tcase_create("schedule");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, total, 0, (int)(sizeof cases / sizeof *cases));
	tcase_add_loop_test(tcase, agree, 0, (int)(sizeof cases / sizeof *cases));
	tcase_add_test(tcase, nothing);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
