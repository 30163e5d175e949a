/*
 * test_stages - records, and what is added up of them.
 */
#include "observe/stages.h"

#include <check.h>
#include <stdio.h>

static struct rd_stages of_worker[2];
static struct rd_stage_sums sums;

static struct rd_record taken(uint64_t perform_us)
{
	return (struct rd_record){
		.at = { 1000, 1010, 1030, 1060, 1060 + perform_us, 1100 + perform_us },
		.received = 100,
		.head = 200,
		.body = 1000,
		.status = 200,
		.series = 2,
	};
}

static void record(struct rd_stages *s, uint64_t perform_us, unsigned status)
{
	struct rd_record r = taken(perform_us);

	r.status = (uint16_t)status;
	rd_stages_record(s, &r);
}

static void add_up(unsigned series)
{
	sums = (struct rd_stage_sums){ 0 };
	for (int i = 0; i < 2; i++)
		rd_stages_add(&sums, &of_worker[i], series);
}

static void forget(void)
{
	rd_stages_free(&of_worker[0]);
	rd_stages_free(&of_worker[1]);
}

START_TEST(stages_of_a_record)
{
	static const uint64_t us[] = { 10, 20, 30, 7, 40, 107 };
	struct rd_record r = taken(7);

	for (enum rd_stage i = 0; i < STAGE_COUNT; i++) {
		ck_assert(rd_record_reached(&r, i));
		ck_assert_uint_eq(rd_record_stage(&r, i), us[i]);
	}
	r.at[STAMP_SENT] = 0; /* its client had left */
	ck_assert(!rd_record_reached(&r, STAGE_SEND));
	ck_assert(!rd_record_reached(&r, STAGE_TOTAL));
	ck_assert_uint_eq(rd_record_stage(&r, STAGE_TOTAL), 0);
	ck_assert(rd_record_reached(&r, STAGE_PERFORM));
}
END_TEST

START_TEST(texts)
{
	static char longest[RD_RECORD_TEXT_MAX + 100];
	struct rd_span text[RECORD_TEXTS] = {
		[RECORD_METHOD] = rd_span_of("GET"),
		[RECORD_TARGET] = { longest, sizeof(longest) },
		[RECORD_AGENT] = { "a\0b", 3 },
	};
	struct rd_record first = taken(1), second = taken(2);
	struct rd_buffer b = { 0 };
	const struct rd_record *r;

	memset(longest, 'x', sizeof(longest));
	ck_assert(rd_record_add(&b, &first, text));
	ck_assert_uint_eq(b.len, first.size);
	ck_assert(rd_record_add(&b, &second, NULL));
	r = (const void *)b.at;
	ck_assert(rd_span_same(rd_record_text(r, RECORD_METHOD), rd_span_of("GET")));
	ck_assert_uint_eq(rd_record_text(r, RECORD_TARGET).len, RD_RECORD_TEXT_MAX);
	ck_assert(rd_span_same(rd_record_text(r, RECORD_AGENT), (struct rd_span){ "a\0b", 3 }));
	ck_assert_uint_eq(rd_record_text(r, RECORD_HOST).len, 0);
	r = (const void *)(b.at + r->size);
	ck_assert_uint_eq((uintptr_t)r % _Alignof(struct rd_record), 0);
	ck_assert_uint_eq(rd_record_stage(r, STAGE_PERFORM), 2);
	rd_buffer_free(&b);
}
END_TEST

START_TEST(added_up)
{
	for (uint64_t i = 1; i <= 1000; i++)
		record(&of_worker[i % 2], i * 10, i % 100 == 0 ? 404 : 200);
	record(&of_worker[0], 1, 100); /* there is no such final status */
	record(&of_worker[0], 1, 999);
	add_up(2);
	ck_assert_uint_eq(sums.exchanges, 1002);
	ck_assert_uint_eq(sums.status[200 - RD_STATUS_LEAST], 990);
	ck_assert_uint_eq(sums.status[404 - RD_STATUS_LEAST], 10);
	ck_assert_uint_eq(sums.status[RD_STATUS_NONE], 2);
	ck_assert_uint_eq(sums.received, 100200);
	ck_assert_uint_eq(sums.sent, 1202400);
	ck_assert_uint_eq(sums.stage[STAGE_PERFORM].count, 1002);
	ck_assert_uint_eq(sums.stage[STAGE_PERFORM].sum, 5005002);
	ck_assert_uint_eq(sums.stage[STAGE_PERFORM].most, 10000);
	for (int p = 10; p < 100; p++) {
		double is = (double)rd_stages_quantile(&sums.stage[STAGE_PERFORM], p / 100.0);

		ck_assert_double_ge(is, p * 100 * 0.95);
		ck_assert_double_le(is, p * 100 * 1.05);
	}
	ck_assert_uint_eq(rd_stages_quantile(&sums.stage[STAGE_PERFORM], 1), 10000);
	ck_assert_uint_eq(rd_stages_within(&sums.stage[STAGE_KERNEL], 9), 0);
	ck_assert_uint_eq(rd_stages_within(&sums.stage[STAGE_KERNEL], 10), 1002);
	add_up(3);
	ck_assert_uint_eq(sums.exchanges, 0);
	ck_assert_uint_eq(rd_stages_quantile(&sums.stage[STAGE_TOTAL], 0.5), 0);
	forget();
}
END_TEST

/* One that broke off counts, but not in the stages whose end it never saw. */
START_TEST(broken_off)
{
	struct rd_record r = taken(5);

	r.at[STAMP_SENT] = 0;
	rd_stages_record(&of_worker[0], &r);
	add_up(2);
	ck_assert_uint_eq(sums.exchanges, 1);
	ck_assert_uint_eq(sums.stage[STAGE_PERFORM].count, 1);
	ck_assert_uint_eq(sums.stage[STAGE_TOTAL].count, 0);
	forget();
}
END_TEST

START_TEST(since)
{
	static struct rd_stage_sums before;

	record(&of_worker[0], 50000, 500);
	add_up(2);
	before = sums;
	record(&of_worker[0], 70, 200);
	record(&of_worker[1], 80, 200);
	add_up(2);
	rd_stages_since(&sums, &before);
	ck_assert_uint_eq(sums.exchanges, 2);
	ck_assert_uint_eq(sums.status[500 - RD_STATUS_LEAST], 0);
	ck_assert_uint_eq(sums.stage[STAGE_PERFORM].sum, 150);
	ck_assert_uint_ge(sums.stage[STAGE_PERFORM].most, 77);
	ck_assert_uint_le(sums.stage[STAGE_PERFORM].most, 83);
	forget();
}
END_TEST

START_TEST(names)
{
	struct rd_series s;
	char name[RD_SERIES_NAME * 2];
	unsigned hello, i;

	ck_assert(rd_series_init(&s));
	ck_assert_str_eq(rd_series_name(&s, RD_SERIES_NONE), "");
	hello = rd_series_find(&s, "GET /hello");
	ck_assert_uint_eq(rd_series_find(&s, "GET /hello"), hello);
	ck_assert_uint_ne(rd_series_find(&s, "GET /hell"), hello);
	ck_assert_str_eq(rd_series_name(&s, hello), "GET /hello");
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	i = rd_series_find(&s, name);
	ck_assert_uint_eq(strlen(rd_series_name(&s, i)), RD_SERIES_NAME - 1);
	ck_assert_uint_eq(rd_series_find(&s, name), i);
	for (i = 0; i < RD_SERIES_MAX; i++) {
		snprintf(name, sizeof(name), "/%u", i);
		rd_series_find(&s, name);
	}
	ck_assert_uint_eq(rd_series_count(&s), RD_SERIES_MAX);
	ck_assert_uint_eq(rd_series_find(&s, "/another"), RD_SERIES_OTHER);
	ck_assert_uint_eq(rd_series_find(&s, "GET /hello"), hello);
	rd_series_fini(&s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stages");
	TCase *t = tcase_create("stages");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, stages_of_a_record);
	tcase_add_test(t, texts);
	tcase_add_test(t, added_up);
	tcase_add_test(t, broken_off);
	tcase_add_test(t, since);
	tcase_add_test(t, names);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}
