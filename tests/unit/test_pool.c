/*
 * test_pool - the workers together: what is stuck holds nothing but itself, workers come and leave,
 * and the stop lets them finish. test_worker has what one does with its connections.
 */
#include "pooled.h"

static unsigned alive(void)
{
	unsigned n = 0;

	rd_lock_take(&pool.lock);
	for (unsigned i = 0; i < pool.top; i++)
		n += pool.worker[i].life != WORKER_NONE;
	rd_lock_drop(&pool.lock);
	return n;
}

/* The only worker, stuck in the first of its batch with no word: main has others take the rest. */
START_TEST(stuck_holds_itself_alone)
{
	begin(1, 4);
	ask("sxxxxx");
	while (stuck == 0) /* else main may start others before the first has taken its batch */
		sched_yield();
	TEND_UNTIL(served == 5 && stuck == 1);
	ck_assert_uint_ge(pool.rescued, 1);
	gate = true;
	reads(0, "s");
	end(6);
}
END_TEST

/* The system gives no more threads: those that are there go on, and it is tried again. */
START_TEST(none_to_be_had)
{
	size_t stack;

	begin(1, 4);
	stack = pool.stack;
	pool.stack = (size_t)1 << 60;
	ask("sx");
	while (stuck == 0)
		sched_yield();
	TEND_UNTIL(pool.retry_us > 0);
	ck_assert_uint_eq(alive(), 1);
	pool.stack = stack;
	TEND_UNTIL(served == 1 && stuck == 1);
	ck_assert_uint_eq(pool.retry_us, 0);
	end(2);
}
END_TEST

/* Several at once. */
START_TEST(all_stuck_but_one)
{
	begin(1, 8);
	ask("sssssssx");
	TEND_UNTIL(served == 1 && stuck == 7);
	gate = true;
	TEND_UNTIL(served == 8);
	end(8);
}
END_TEST

/* A worker that says so hands the rest on by itself: nobody tends here. */
START_TEST(blocked_hands_on)
{
	begin(2, 2);
	ask("bxxx");
	for (size_t i = 1; i < 4; i++)
		reads(i, "x");
	ck_assert_uint_eq(served, 3);
	gate = true;
	reads(0, "b");
	end(4);
}
END_TEST

START_TEST(grows_and_shrinks)
{
	begin(1, 4);
	ck_assert_uint_eq(alive(), 1);
	ask("bbbb");
	TEND_UNTIL(stuck == 4);
	ck_assert_uint_eq(alive(), 4);
	ask("xx"); /* for a fifth, which there is not */
	for (int i = 0; i < 10; i++)
		rd_pool_tend(&pool);
	ck_assert_uint_eq(alive(), 4);
	ck_assert_uint_eq(served, 0);
	gate = true;
	TEND_UNTIL(served == 6);
	TEND_UNTIL(alive() == 1);
	end(6);
}
END_TEST

/* Those that are too many leave when they are done, or idle; those that are too few are started. */
START_TEST(other_limits)
{
	begin(4, 4);
	ask("bbbb");
	TEND_UNTIL(stuck == 4);
	rd_pool_set(&pool, 1, 2);
	ck_assert_uint_eq(pool.over, 2);
	gate = true;
	TEND_UNTIL(alive() == 1);
	ck_assert_uint_eq(pool.over, 0);
	rd_pool_set(&pool, 3, 5);
	ck_assert_uint_eq(alive(), 3);
	ask("x");
	reads(4, "x");
	end(5);
}
END_TEST

/* When nothing waits and all sleep, main need not look. */
START_TEST(rests)
{
	begin(2, 2);
	ask("x");
	reads(0, "x");
	while (rd_pool_tend(&pool))
		sched_yield();
	end(1);
}
END_TEST

static unsigned used(void)
{
	unsigned percent;

	rd_lock_take(&queue.lock);
	percent = queue.regulate.used;
	rd_lock_drop(&queue.lock);
	return percent;
}

/* What the process spends, be it by tending, reaches the regulator. */
START_TEST(measures)
{
	begin(1, 1);
	TEND_UNTIL(used() > 0);
	end(0);
}
END_TEST

/* What waits when the pool is stopped is still served; while draining, what is idle is closed. */
START_TEST(stop_serves_what_waits)
{
	begin(1, 1);
	slots.draining = slots.leaving = true;
	ask("sxx");
	while (stuck == 0)
		sched_yield();
	end(3);
	ck_assert_uint_eq(served, 3);
	ck_assert_uint_eq(sums[COUNT_CLOSED], 3);
	ck_assert_uint_eq(sums[COUNT_CUT], 0);
}
END_TEST

/* When time is over, all is closed, and what is in the middle of something is counted. */
START_TEST(cut)
{
	begin(1, 1);
	ask("sfx");
	while (stuck == 0)
		sched_yield();
	slots.cut = true;
	end(3);
	ck_assert_uint_eq(sums[COUNT_CLOSED], 3);
	ck_assert_uint_eq(sums[COUNT_CUT], 1);
	ck_assert_uint_eq(sums[COUNT_CLOSED_CUT], 1);
	ck_assert_uint_eq(sums[COUNT_CLOSED_DRAIN], 2);
}
END_TEST

/* One that never comes back does not hold up the end: it is left alone with what it has. */
START_TEST(stuck_at_the_end)
{
	uint64_t ignored[COUNTER_COUNT] = { 0 };

	begin(2, 2);
	ask("s");
	while (stuck == 0)
		sched_yield();
	ck_assert_uint_eq(rd_pool_stop(&pool, ignored), 1);
	ck_assert_uint_eq(alive(), 1);
	end(1);
	ck_assert_uint_eq(served, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pool");
	TCase *tcase = tcase_create("pool");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, stuck_holds_itself_alone);
	tcase_add_test(tcase, none_to_be_had);
	tcase_add_test(tcase, all_stuck_but_one);
	tcase_add_test(tcase, blocked_hands_on);
	tcase_add_test(tcase, grows_and_shrinks);
	tcase_add_test(tcase, other_limits);
	tcase_add_test(tcase, rests);
	tcase_add_test(tcase, measures);
	tcase_add_test(tcase, stop_serves_what_waits);
	tcase_add_test(tcase, cut);
	tcase_add_test(tcase, stuck_at_the_end);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
