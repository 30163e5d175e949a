/*
 * test_timeline - however long a load is, each thing that came is in the slice of its time, once.
 */
#include "client/timeline.h"

#include <check.h>
#include <stdlib.h>

static struct rd_timeline *t;

static void begin(void)
{
	t = calloc(1, sizeof *t);
	ck_assert_ptr_nonnull(t);
	rd_timeline_begin(t);
}

static void end(void)
{
	free(t);
}

static uint64_t second(uint64_t s)
{
	return s * 1000000;
}

START_TEST(nothing)
{
	ck_assert_uint_eq(rd_timeline_count(t), 0);
	ck_assert_double_eq(rd_timeline_begins_s(t, 0), 0);
}
END_TEST

START_TEST(seconds)
{
	rd_timeline_at(t, 0)->bad++;
	rd_timeline_at(t, 999999)->bad++;
	rd_timeline_at(t, 1000000)->failed++;
	rd_timeline_at(t, 2499999);
	ck_assert_uint_eq(rd_timeline_count(t), 3);
	ck_assert_uint_eq(t->slice[0].bad, 2);
	ck_assert_uint_eq(t->slice[1].failed, 1);
	ck_assert_double_eq(rd_timeline_begins_s(t, 2), 2);
	ck_assert_double_eq(rd_timeline_begins_s(t, 3), 2.5);
}
END_TEST

/* As many seconds; what comes in each is a reply that took so long, and in some more. */
static const struct {
	unsigned seconds, width, count;
} lengths[] = {
	{ 1, 1, 1 },	 { 240, 1, 240 },   { 241, 2, 121 },	 { 480, 2, 240 },
	{ 481, 4, 121 }, { 3600, 16, 225 }, { 86400, 512, 169 },
};

START_TEST(merged)
{
	unsigned length = lengths[_i].seconds, width = lengths[_i].width;
	uint64_t bad = 0;
	struct rd_slice all;

	for (unsigned s = 0; s < length; s++) {
		struct rd_slice *slice = rd_timeline_at(t, second(s) + s % 1000000);

		rd_histogram_record(&slice->good_us, s);
		if (s % 3 == 0)
			slice->bad++;
		if (s % 7 == 0)
			rd_timeline_at(t, second(s) + 999999)->failed++;
	}
	rd_timeline_at(t, second(length) - 1);
	ck_assert_uint_eq(t->width_us, second(width));
	ck_assert_uint_eq(rd_timeline_count(t), lengths[_i].count);
	for (unsigned i = 0; i < lengths[_i].count; i++) {
		unsigned first = i * width;
		unsigned last = first + width < length ? first + width - 1 : length - 1;

		ck_assert_double_eq(rd_timeline_begins_s(t, i), first);
		ck_assert_uint_eq(t->slice[i].good_us.count, last - first + 1);
		ck_assert_uint_eq(t->slice[i].good_us.least, first);
		ck_assert_uint_eq(t->slice[i].good_us.most, last);
		bad += t->slice[i].bad;
	}
	ck_assert_double_eq(rd_timeline_begins_s(t, lengths[_i].count), length);
	ck_assert_uint_eq(bad, (length + 2) / 3);
	for (unsigned i = lengths[_i].count; i < RD_TIMELINE_SLICES; i++)
		ck_assert_uint_eq(t->slice[i].good_us.count + t->slice[i].failed, 0);
	rd_timeline_sum(t, 0, lengths[_i].count, &all);
	ck_assert_uint_eq(all.good_us.count, length);
	ck_assert_uint_eq(all.bad, bad);
	ck_assert_uint_eq(all.failed, (length + 6) / 7);
}
END_TEST

/* Nobody came for a day: it is widened by many steps at once. */
START_TEST(late)
{
	rd_timeline_at(t, 5)->failed = 1;
	rd_timeline_at(t, second(86400) - 1)->failed = 2;
	ck_assert_uint_eq(rd_timeline_count(t), 169);
	ck_assert_uint_eq(t->slice[0].failed, 1);
	ck_assert_uint_eq(t->slice[168].failed, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("timeline");
	TCase *tcase = tcase_create("timeline");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, nothing);
	tcase_add_test(tcase, seconds);
	tcase_add_loop_test(tcase, merged, 0, (int)(sizeof lengths / sizeof *lengths));
	tcase_add_test(tcase, late);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
