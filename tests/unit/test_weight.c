/*
 * test_weight - what a server says to its balancer, in virtual time: alone, with waits that are
 * given; and two of them behind a balancer, one of which becomes slow.
 */
#include "flow/weight.h"

#include <check.h>
#include <stdlib.h>

enum { TARGET_US = 5000, SECOND_US = 1000 * 1000 };

static const uint64_t began_us = UINT64_C(77) * SECOND_US;

/* It is asked `times` times, each so long after the one before; what it says the last time. */
static struct rd_weight_said say(struct rd_weight *w, uint64_t wait_us, uint64_t after_us,
				 int times)
{
	struct rd_weight_said said = { 0 };

	for (int i = 0; i < times; i++)
		said = rd_weight_say(w, false, wait_us, w->said_us + after_us);
	return said;
}

START_TEST(full)
{
	struct rd_weight w;

	rd_weight_init(&w, TARGET_US, began_us);
	ck_assert_uint_eq(say(&w, 0, SECOND_US, 100).percent, 100);
	ck_assert_uint_eq(say(&w, TARGET_US, SECOND_US, 100).percent, 100);
	ck_assert_uint_eq(say(&w, 0, 1, 1000).percent, 100);
}
END_TEST

START_TEST(falls)
{
	struct rd_weight w;

	rd_weight_init(&w, TARGET_US, began_us);
	ck_assert_uint_le(say(&w, 10 * TARGET_US, SECOND_US, 1).percent, 20);
	ck_assert_uint_eq(say(&w, 10 * TARGET_US, SECOND_US, 20).percent, RD_WEIGHT_LEAST);
	ck_assert_uint_eq(say(&w, UINT64_MAX, SECOND_US, 20).percent, RD_WEIGHT_LEAST);
	rd_weight_init(&w, TARGET_US, began_us);
	ck_assert_uint_ge(say(&w, 2 * TARGET_US, SECOND_US, 100).percent, 45);
	ck_assert_uint_le(w.percent, 60);
}
END_TEST

START_TEST(rises_slowly)
{
	struct rd_weight w;
	unsigned before;

	rd_weight_init(&w, TARGET_US, began_us);
	before = say(&w, 100 * TARGET_US, SECOND_US, 10).percent;
	ck_assert_uint_eq(before, RD_WEIGHT_LEAST);
	for (int i = 0; i < 40; i++) {
		unsigned now = say(&w, 0, SECOND_US, 1).percent;

		ck_assert_uint_ge(now, before);
		ck_assert_uint_le(now, before + RD_WEIGHT_RISE);
		before = now;
	}
	ck_assert_uint_eq(before, 100);
}
END_TEST

/* A wait that goes to and fro a little is no change. */
START_TEST(still)
{
	struct rd_weight w;
	unsigned percent;

	rd_weight_init(&w, TARGET_US, began_us);
	percent = say(&w, 3 * TARGET_US, SECOND_US, 50).percent;
	for (int i = 0; i < 100; i++) {
		uint64_t wait_us = 3 * TARGET_US + (i & 1 ? 1000 : 0);

		ck_assert_uint_eq(say(&w, wait_us, SECOND_US, 1).percent, percent);
	}
}
END_TEST

/* Who asks more often hears the same. */
START_TEST(asked_often)
{
	struct rd_weight seldom, often;

	rd_weight_init(&seldom, TARGET_US, began_us);
	rd_weight_init(&often, TARGET_US, began_us);
	say(&seldom, 4 * TARGET_US, SECOND_US, 30);
	say(&often, 4 * TARGET_US, SECOND_US / 10, 300);
	ck_assert_int_le(abs((int)seldom.percent - (int)often.percent), RD_WEIGHT_STEP);
}
END_TEST

START_TEST(words)
{
	struct rd_weight w;
	uint64_t later_us = began_us + RD_WEIGHT_READY_S * UINT64_C(1000000);
	struct rd_weight_said said;

	rd_weight_init(&w, TARGET_US, began_us);
	said = rd_weight_say(&w, false, 0, began_us);
	ck_assert(said.ready && !said.drain);
	said = rd_weight_say(&w, true, 0, began_us + 1);
	ck_assert(!said.ready && said.drain);
	said = rd_weight_say(&w, false, 0, later_us - 1);
	ck_assert(said.ready && !said.drain);
	said = rd_weight_say(&w, false, 0, later_us);
	ck_assert(!said.ready && !said.drain);
	said = rd_weight_say(&w, true, 0, later_us + 1);
	ck_assert(!said.ready && said.drain);
}
END_TEST

/* A server of so many requests a second, and what waits there. */
struct station {
	struct rd_weight weight;
	double rate, waiting;
	unsigned percent;
};

static void station_second(struct station *s, double arrivals)
{
	uint64_t wait_us;

	s->waiting += arrivals - s->rate;
	if (s->waiting < 0)
		s->waiting = 0;
	wait_us = (uint64_t)(s->waiting / s->rate * SECOND_US);
	s->percent = say(&s->weight, wait_us, SECOND_US, 1).percent;
}

/* The share of the one that is slow, after so many seconds. */
static double shared(struct station *fast, struct station *slow, double arrivals, int seconds)
{
	double share = 0;

	for (int i = 0; i < seconds; i++) {
		share = (double)slow->percent / (slow->percent + fast->percent);
		station_second(slow, arrivals * share);
		station_second(fast, arrivals * (1 - share));
	}
	return share;
}

START_TEST(shares)
{
	struct station fast = { .rate = 1000, .percent = 100 };
	struct station slow = { .rate = 1000, .percent = 100 };

	rd_weight_init(&fast.weight, TARGET_US, began_us);
	rd_weight_init(&slow.weight, TARGET_US, began_us);
	ck_assert(shared(&fast, &slow, 1000, 60) > 0.49);
	slow.rate = 100;
	ck_assert(shared(&fast, &slow, 1000, 60) < 0.25);
	ck_assert(fast.percent == 100);
	slow.rate = 1000;
	ck_assert(shared(&fast, &slow, 1000, 60) > 0.49);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("weight");
	TCase *tcase = tcase_create("weight");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, full);
	tcase_add_test(tcase, falls);
	tcase_add_test(tcase, rises_slowly);
	tcase_add_test(tcase, still);
	tcase_add_test(tcase, asked_often);
	tcase_add_test(tcase, words);
	tcase_add_test(tcase, shares);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
