/*
 * test_histogram - quantiles against those of the sorted values: within 1/128, whatever they are.
 */
#include "base/histogram.h"

#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 20000 };

static const double quantiles[] = { 0, 0.001, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999, 1 };

static uint64_t state;

static uint64_t next_random(void)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return state >> 20;
}

static uint64_t small(void)
{
	return next_random() % 100;
}

static uint64_t even(void)
{
	return next_random() % 1000000;
}

/* As many of each power of two. */
static uint64_t wide(void)
{
	return next_random() >> (8 + next_random() % 36);
}

/* A server that mostly answers in 50, and stalls for 3 s once in a while. */
static uint64_t stalls(void)
{
	return next_random() % 200 == 0 ? 3000000 - next_random() % 1000 : 50 + next_random() % 10;
}

static uint64_t constant(void)
{
	return 123457;
}

static uint64_t (*const kinds[])(void) = { small, even, wide, stalls, constant };

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t exact(const uint64_t *sorted, size_t count, double q)
{
	size_t rank = (size_t)ceil(q * (double)count);

	return sorted[rank ? rank - 1 : 0];
}

static void check_quantiles(const struct rd_histogram *h, const uint64_t *sorted, size_t count)
{
	for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++) {
		uint64_t is = exact(sorted, count, quantiles[i]);
		uint64_t told = rd_histogram_quantile(h, quantiles[i]);
		uint64_t differ = told > is ? told - is : is - told;

		ck_assert_msg(differ <= is / 128, "q %g of %zu: %llu, not %llu", quantiles[i],
			      count, (unsigned long long)told, (unsigned long long)is);
	}
}

START_TEST(as_sorted)
{
	struct rd_histogram *h = calloc(1, sizeof *h);
	uint64_t *values = malloc(MANY * sizeof *values), sum = 0;
	static const size_t counts[] = { 1, 2, 3, 100, 101, MANY };

	for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
		memset(h, 0, sizeof *h);
		sum = 0;
		for (size_t i = 0; i < counts[c]; i++) {
			values[i] = kinds[_i]();
			sum += values[i];
			rd_histogram_record(h, values[i]);
		}
		qsort(values, counts[c], sizeof *values, compare);
		check_quantiles(h, values, counts[c]);
		ck_assert_uint_eq(h->count, counts[c]);
		ck_assert_uint_eq(h->sum, sum);
		ck_assert_uint_eq(h->least, values[0]);
		ck_assert_uint_eq(h->most, values[counts[c] - 1]);
		ck_assert_uint_eq(rd_histogram_quantile(h, 1), h->most);
	}
	free(values);
	free(h);
}
END_TEST

/* Two that are added are one in which all was recorded. */
START_TEST(added)
{
	static struct rd_histogram empty, one, other, both;

	one = other = both = empty;
	rd_histogram_add(&one, &empty);
	ck_assert_uint_eq(one.count, 0);
	for (unsigned i = 0; i < MANY; i++) {
		uint64_t value = kinds[_i]();

		rd_histogram_record(i % 3 ? &one : &other, value);
		rd_histogram_record(&both, value);
	}
	rd_histogram_add(&empty, &other);
	ck_assert_mem_eq(&empty, &other, sizeof other);
	empty = (struct rd_histogram){ 0 };
	rd_histogram_add(&one, &empty);
	rd_histogram_add(&one, &other);
	ck_assert_mem_eq(&one, &both, sizeof both);
}
END_TEST

/* Each edge of each bucket is told within the error when nothing else was recorded near it. */
START_TEST(edges)
{
	static struct rd_histogram empty, h;

	for (unsigned power = 0; power < RD_HISTOGRAM_TOP; power++)
		for (int beside = -1; beside <= 1; beside++) {
			uint64_t value = (UINT64_C(1) << power) + (uint64_t)beside;
			uint64_t told;

			h = empty;
			rd_histogram_record(&h, 0);
			rd_histogram_record(&h, value);
			rd_histogram_record(&h, UINT64_C(1) << 50);
			told = rd_histogram_quantile(&h, 0.5);
			ck_assert_msg((told > value ? told - value : value - told) <= value / 128,
				      "%llu told as %llu", (unsigned long long)value,
				      (unsigned long long)told);
		}
}
END_TEST

START_TEST(beyond)
{
	static struct rd_histogram h;

	ck_assert_uint_eq(rd_histogram_quantile(&h, 0.5), 0);
	ck_assert_uint_eq(rd_histogram_quantile(&h, 1), 0);
	rd_histogram_record(&h, UINT64_MAX);
	ck_assert_uint_eq(rd_histogram_quantile(&h, 0.5), UINT64_MAX);
	rd_histogram_record(&h, 7);
	ck_assert_uint_eq(rd_histogram_quantile(&h, 0.5), 7);
	ck_assert_uint_eq(rd_histogram_quantile(&h, 0.51), UINT64_MAX);
	ck_assert_uint_eq(h.least, 7);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("histogram");
	TCase *tcase = tcase_create("histogram");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, as_sorted, 0, (int)(sizeof kinds / sizeof *kinds));
	tcase_add_loop_test(tcase, added, 0, (int)(sizeof kinds / sizeof *kinds));
	tcase_add_test(tcase, edges);
	tcase_add_test(tcase, beyond);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
