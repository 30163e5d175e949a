/*
 * test_limits - what one address may take of a listener, in virtual time.
 */
#include "guard/bucket.h"
#include "guard/limits.h"
#include "net/address.h"
#include "net/client.h"

#include <check.h>
#include <stdlib.h>

#define SECOND	 UINT64_C(1000000)
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum { HONEST = 1000000, START_US = 12345 };

/* Rate, burst, microseconds between two that ask, seconds that it lasts, and how many may. */
static const struct {
	unsigned rate, burst;
	uint64_t each_us, seconds, granted;
} asked[] = {
	{ 1, 1, SECOND, 1000, 1000 },
	{ 1, 1, SECOND / 2, 1000, 1000 },
	{ 1, 5, SECOND / 2, 1000, 1004 },
	{ 50, 100, SECOND / 50, 100, 5000 },
	{ 50, 100, SECOND / 100, 100, 5099 },
	{ 50, 1, SECOND / 1000, 100, 5000 },
	{ 50, 100, 2 * SECOND, 100, 50 },
	{ 1000, 1, 10, 1, 1000 },
	{ 1, 10, SECOND, 366 * 86400, 366 * 86400 },
};

START_TEST(rates)
{
	struct rd_bucket_config config = { asked[_i].rate, asked[_i].burst };
	uint64_t full_ns = 0, granted = 0, wait_us;

	for (uint64_t us = 0; us < asked[_i].seconds * SECOND; us += asked[_i].each_us)
		granted += rd_bucket_take(&full_ns, &config, START_US + us, &wait_us);
	ck_assert_uint_eq(granted, asked[_i].granted);
}
END_TEST

/* Who is refused is told when to come again: then it is served, and a moment before it is not. */
START_TEST(wait)
{
	struct rd_bucket_config config = { 4, 2 };
	uint64_t full_ns = 0, wait_us = 0, none = 0, before;

	ck_assert(rd_bucket_take(&full_ns, &config, START_US, &wait_us));
	ck_assert(rd_bucket_take(&full_ns, &config, START_US, &wait_us));
	ck_assert(!rd_bucket_take(&full_ns, &config, START_US, &wait_us));
	ck_assert_uint_eq(wait_us, SECOND / 4);
	before = full_ns;
	ck_assert(!rd_bucket_take(&before, &config, START_US + wait_us - 1, &none));
	ck_assert_uint_eq(none, 1);
	ck_assert(rd_bucket_take(&full_ns, &config, START_US + wait_us, &wait_us));
}
END_TEST

/* What a gentler configuration let go is no debt for longer than the next one's bucket takes. */
START_TEST(another_configuration)
{
	struct rd_bucket_config slow = { 1, 100 }, fast = { 10, 10 };
	uint64_t full_ns = 0, wait_us;

	for (int i = 0; i < 100; i++)
		ck_assert(rd_bucket_take(&full_ns, &slow, START_US, &wait_us));
	ck_assert_uint_eq(rd_bucket_taken(full_ns, &fast, START_US) / 100, 9);
	ck_assert(!rd_bucket_take(&full_ns, &fast, START_US, &wait_us));
	ck_assert_uint_eq(wait_us, SECOND / 10);
	ck_assert(rd_bucket_take(&full_ns, &fast, START_US + wait_us, &wait_us));
	ck_assert_uint_eq(rd_bucket_taken(full_ns, &fast, START_US + 10 * SECOND), 0);
}
END_TEST

static struct rd_limits *limits_of(unsigned connections, unsigned rate, unsigned burst)
{
	struct rd_limits *l = rd_limits_new();

	ck_assert_ptr_nonnull(l);
	rd_limits_set(l, &(struct rd_limits_config){ connections, rate, burst });
	return l;
}

START_TEST(connections)
{
	struct rd_limits *l = limits_of(2, 0, 0);

	ck_assert(rd_limits_enter(l, 1, START_US));
	ck_assert(rd_limits_enter(l, 1, START_US));
	ck_assert(!rd_limits_enter(l, 1, START_US));
	ck_assert(rd_limits_enter(l, 2, START_US));
	rd_limits_leave(l, 1);
	ck_assert(rd_limits_enter(l, 1, START_US));
	ck_assert(!rd_limits_enter(l, 1, START_US + 366 * 86400 * SECOND));
	rd_limits_leave(l, 3);
	rd_limits_free(l);
}
END_TEST

/* Another limit finds what was taken before, also where there was none in between. */
START_TEST(changed)
{
	struct rd_limits *l = limits_of(3, 0, 0);

	for (int i = 0; i < 3; i++)
		ck_assert(rd_limits_enter(l, 1, START_US));
	rd_limits_set(l, &(struct rd_limits_config){ 0 });
	ck_assert(rd_limits_enter(l, 1, START_US));
	rd_limits_set(l, &(struct rd_limits_config){ .connections = 4 });
	ck_assert(!rd_limits_enter(l, 1, START_US));
	rd_limits_leave(l, 1);
	ck_assert(rd_limits_enter(l, 1, START_US));
	rd_limits_free(l);
}
END_TEST

/* 0 for the burst is a second's worth; without a rate nobody is refused. */
START_TEST(burst)
{
	struct rd_limits *l = limits_of(0, 5, 0);
	uint64_t wait_us;

	for (int i = 0; i < 5; i++)
		ck_assert(rd_limits_ask(l, 1, START_US, &wait_us));
	ck_assert(!rd_limits_ask(l, 1, START_US, &wait_us));
	ck_assert_uint_eq(wait_us, SECOND / 5);
	ck_assert(rd_limits_ask(l, 2, START_US, &wait_us));
	rd_limits_set(l, &(struct rd_limits_config){ 0 });
	ck_assert(rd_limits_ask(l, 1, START_US, &wait_us));
	rd_limits_free(l);
}
END_TEST

static uint64_t client_of(const char *text)
{
	struct rd_address address;
	struct rd_sockaddr at[RD_ADDRESS_MAX];
	const char *why;

	ck_assert(rd_address_parse(text, &address, &why));
	ck_assert_int_gt(rd_address_resolve(&address, false, at, RD_ADDRESS_MAX, &why), 0);
	return rd_client_of(&at[0]);
}

/* A host has all of its /64, and no other. */
START_TEST(prefix)
{
	struct rd_limits *l = limits_of(1, 0, 0);

	ck_assert(rd_limits_enter(l, client_of("[2001:db8:0:1::1]:80"), START_US));
	ck_assert(!rd_limits_enter(l, client_of("[2001:db8:0:1:ffff::2]:80"), START_US));
	ck_assert(rd_limits_enter(l, client_of("[2001:db8:0:2::1]:80"), START_US));
	ck_assert(rd_limits_enter(l, client_of("192.0.2.1:80"), START_US));
	ck_assert(rd_limits_enter(l, client_of("192.0.2.2:80"), START_US));
	ck_assert(!rd_limits_enter(l, client_of("192.0.2.1:81"), START_US));
	rd_limits_free(l);
}
END_TEST

/* However many come, one who is new is never refused, and one who is near a limit is remembered. */
START_TEST(full)
{
	struct rd_limits *l = limits_of(10, 10, 10);
	uint64_t wait_us, now_us = START_US;

	for (int i = 0; i < 10; i++) {
		ck_assert(rd_limits_enter(l, HONEST, now_us));
		ck_assert(rd_limits_ask(l, HONEST, now_us, &wait_us));
	}
	for (uint64_t client = 1; client < 20 * RD_LIMITS_PLACES; client++) {
		if (client == HONEST)
			continue;
		ck_assert(rd_limits_enter(l, client, now_us));
		ck_assert(rd_limits_ask(l, client, now_us, &wait_us));
	}
	ck_assert(!rd_limits_enter(l, HONEST, now_us));
	ck_assert(!rd_limits_ask(l, HONEST, now_us, &wait_us));
	for (uint64_t client = 1; client < 20 * RD_LIMITS_PLACES; client++)
		if (client != HONEST)
			rd_limits_leave(l, client); /* most of them are forgotten */
	for (uint64_t client = 1; client < 1000; client++)
		for (int i = 0; i < 10; i++)
			ck_assert(rd_limits_enter(l, client, now_us));
	rd_limits_free(l);
}
END_TEST

/* Who is gone and owes nothing makes room first. */
START_TEST(forgotten)
{
	struct rd_limits *l = limits_of(100000, 0, 0);
	uint64_t kept = RD_LIMITS_PLACES / 64; /* few enough that no eight have the same places */

	for (uint64_t client = 1; client <= kept; client++)
		ck_assert(rd_limits_enter(l, client, START_US));
	for (uint64_t client = kept + 1; client < 20 * RD_LIMITS_PLACES; client++) {
		ck_assert(rd_limits_enter(l, client, START_US));
		rd_limits_leave(l, client);
	}
	rd_limits_set(l, &(struct rd_limits_config){ .connections = 1 });
	for (uint64_t client = 1; client <= kept; client++)
		ck_assert(!rd_limits_enter(l, client, START_US));
	rd_limits_free(l);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("limits");
	TCase *tcase = tcase_create("limits");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, rates, 0, COUNT(asked));
	tcase_add_test(tcase, wait);
	tcase_add_test(tcase, another_configuration);
	tcase_add_test(tcase, connections);
	tcase_add_test(tcase, changed);
	tcase_add_test(tcase, burst);
	tcase_add_test(tcase, prefix);
	tcase_add_test(tcase, full);
	tcase_add_test(tcase, forgotten);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
