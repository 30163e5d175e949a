/*
 * test_shed - who of those that wait is served, in virtual time: arrivals in steps, ramps, bursts,
 * on and off, up to ten times what can be served. What is asserted holds for every seed that is
 * tried.
 */
#include "overload.h"

static const double levels[] = { 0.5, 0.9, 1.1, 1.5, 2, 5, 10 };
static const unsigned crowds[] = { 1, 20, 1000000 };

/* From one address, from some, from as many as requests. */
START_TEST(at_any_rate)
{
	double level = levels[_i % COUNT(levels)];
	unsigned clients = crowds[_i / COUNT(levels)];

	for (unsigned seed = 1; seed <= 3; seed++) {
		struct sim s = sim_of(steady, level, clients);
		double can, p99;

		sim_begin(&s, seed);
		sim_run(&s, 10, 0);
		can = 10 * sim_capacity(&s) * (level < 1 ? level : 1);
		p99 = sim_p99_ms(&s);
		if (getenv("SIMULATION")) /* for doc/overload.md */
			printf("%u clients at %.1f: goodput %.1f %%, p99 %.1f ms, late %" PRIu64
			       ", shed %" PRIu64 "\n",
			       clients, level, 100 * (double)s.good / can, p99, s.late,
			       s.shed_wait);
		ck_assert((double)s.good >= (level < 1 ? 0.98 : 0.95) * can);
		ck_assert(p99 <= 80);
		if (level < 1)
			ck_assert(s.shed_wait + s.late <= s.offered / 1000);
		ck_assert_uint_eq(s.shed_full, 0);
		sim_end(&s);
	}
}
END_TEST

/* Half of what can be served, ten times that for two seconds, half again. */
static double step(const struct sim *s, double at_s)
{
	(void)s;
	return at_s >= 2 && at_s < 4 ? 10 : 0.5;
}

START_TEST(after_a_step)
{
	struct sim s = sim_of(step, 0, crowds[_i]);

	sim_begin(&s, 7);
	sim_run(&s, 8, 4.2); /* a fifth of a second later all is as before */
	ck_assert_uint_eq(s.shed_wait + s.late, 0);
	ck_assert_uint_eq(s.good, s.offered);
	ck_assert(sim_p99_ms(&s) <= 20);
	sim_end(&s);
}
END_TEST

static double ramp(const struct sim *s, double at_s)
{
	return s->level * at_s / 10;
}

START_TEST(up_a_ramp)
{
	struct sim s = sim_of(ramp, 10, crowds[_i]);

	sim_begin(&s, 8);
	sim_run(&s, 10, 1); /* from where as much comes as can be served */
	ck_assert((double)s.good >= 0.98 * 9 * sim_capacity(&s));
	ck_assert(sim_p99_ms(&s) <= 80);
	sim_end(&s);
}
END_TEST

/* Each second what takes 90 ms to serve comes within a millisecond: that is no overload. */
static double bursts(const struct sim *s, double at_s)
{
	(void)s;
	return at_s - floor(at_s) < 0.001 ? 90 : 0.1;
}

START_TEST(through_bursts)
{
	struct sim s = sim_of(bursts, 0, crowds[_i]);

	sim_begin(&s, 9);
	sim_run(&s, 20, 0);
	ck_assert(s.shed_wait + s.late <= s.offered / 100);
	ck_assert(sim_p99_ms(&s) <= 130);
	sim_end(&s);
}
END_TEST

/* Three times what can be served for a second, nothing for a second. */
static double on_off(const struct sim *s, double at_s)
{
	(void)s;
	return (int)at_s % 2 ? 0 : 3;
}

START_TEST(on_and_off)
{
	struct sim s = sim_of(on_off, 0, crowds[_i]);

	sim_begin(&s, 10);
	sim_run(&s, 20, 0);
	ck_assert((double)s.good >= 0.98 * 10 * sim_capacity(&s));
	ck_assert(sim_p99_ms(&s) <= 100);
	sim_end(&s);
}
END_TEST

/* What takes a second: nobody is refused for waiting half of it. */
START_TEST(of_slow_requests)
{
	struct sim s = sim_of(steady, 0.9, crowds[_i]);

	s.workers = 64;
	s.service_us = SECOND;
	s.patience_us = 10 * SECOND;
	sim_begin(&s, 11);
	sim_run(&s, 200, 0);
	ck_assert_uint_eq(s.shed_wait + s.late, 0);
	sim_end(&s);
}
END_TEST

/* And where three times as much comes, it is shed as that of short ones is. */
START_TEST(of_slow_requests_too_many)
{
	struct sim s = sim_of(steady, 3, crowds[_i]);

	s.workers = 64;
	s.service_us = SECOND;
	s.patience_us = 10 * SECOND;
	sim_begin(&s, 12);
	sim_run(&s, 200, 0);
	ck_assert((double)s.good >= 0.98 * 200 * sim_capacity(&s));
	ck_assert_uint_eq(s.late, 0);
	sim_end(&s);
}
END_TEST

START_TEST(switched_off)
{
	struct sim s = sim_of(steady, 1.1, crowds[_i]);

	s.shed.on = false;
	s.patience_us = 1000 * (uint64_t)SECOND;
	sim_begin(&s, 13);
	sim_run(&s, 10, 0);
	ck_assert_uint_eq(s.shed_wait + s.late, 0);
	ck_assert_uint_eq(s.good, s.offered);
	sim_end(&s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("shed");
	TCase *tcase = tcase_create("shed");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, at_any_rate, 0, COUNT(levels) * COUNT(crowds));
	tcase_add_loop_test(tcase, after_a_step, 0, COUNT(crowds));
	tcase_add_loop_test(tcase, up_a_ramp, 0, COUNT(crowds));
	tcase_add_loop_test(tcase, through_bursts, 0, COUNT(crowds));
	tcase_add_loop_test(tcase, on_and_off, 0, COUNT(crowds));
	tcase_add_loop_test(tcase, of_slow_requests, 0, COUNT(crowds));
	tcase_add_loop_test(tcase, of_slow_requests_too_many, 0, COUNT(crowds));
	tcase_add_loop_test(tcase, switched_off, 0, COUNT(crowds));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
