/*
 * test_counters - a set for each thread that counts, added up by another.
 */
#include "observe/counters.h"

#include "base/must.h"

#include <check.h>
#include <pthread.h>

enum { THREADS = 3, TIMES = 10000 };

static struct rd_counters counters[THREADS];

static void *counter_main(void *arg)
{
	for (int i = 0; i < TIMES; i++) {
		rd_count(arg, COUNT_ACCEPTED);
		rd_count(arg, COUNT_CLOSED);
		rd_count(arg, COUNT_CLOSED);
	}
	return NULL;
}

START_TEST(added_up)
{
	uint64_t sums[COUNTER_COUNT] = { [COUNT_CUT] = 7 }, seen = 0;
	pthread_t thread[THREADS];

	for (int i = 0; i < THREADS; i++)
		PTH(pthread_create(&thread[i], NULL, counter_main, &counters[i]));
	while (seen < TIMES) { /* what is seen meanwhile only grows */
		uint64_t now[COUNTER_COUNT] = { 0 };

		for (int i = 0; i < THREADS; i++)
			rd_counters_add(now, &counters[i]);
		ck_assert_uint_ge(now[COUNT_ACCEPTED], seen);
		seen = now[COUNT_ACCEPTED];
	}
	for (int i = 0; i < THREADS; i++) {
		PTH(pthread_join(thread[i], NULL));
		rd_counters_add(sums, &counters[i]);
	}
	ck_assert_uint_eq(sums[COUNT_ACCEPTED], THREADS * TIMES);
	ck_assert_uint_eq(sums[COUNT_CLOSED], 2 * THREADS * TIMES);
	ck_assert_uint_eq(sums[COUNT_CUT], 7);
	ck_assert_uint_eq(sums[COUNT_SHED], 0);
}
END_TEST

START_TEST(words)
{
	ck_assert_str_eq(rd_counter_word(COUNT_ACCEPTED), "connections_accepted");
	ck_assert_str_eq(rd_counter_word(COUNT_CLOSED_HEAD_TIMEOUT), "head-timeout");
	for (int i = 0; i < COUNTER_COUNT; i++)
		ck_assert(*rd_counter_word((enum rd_counter)i) &&
			  *rd_counter_text((enum rd_counter)i));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("counters");
	TCase *tcase = tcase_create("counters");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, added_up);
	tcase_add_test(tcase, words);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
