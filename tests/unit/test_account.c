/*
 * test_account - when an exchange was where, as its worker's clock and the kernel's say.
 */
#include "base/clock.h"
#include "serve/stream.h"

#include <check.h>
#include <stdlib.h>
#include <time.h>

/* The worker's clock is of before it came: it has waited for nobody. */
START_TEST(comes_while_the_worker_is_at_it)
{
	static struct rd_worker worker;
	static struct rd_conn conn; /* ASan's stack has not its alignment */
	struct rd_stream s = { .worker = &worker, .conn = &conn };
	const uint64_t *at = s.account.at;
	uint64_t was_us = rd_clock_us() - 1000000;
	struct timespec now;

	worker.now_us = was_us;
	conn.ready_us = was_us - 1000000;
	clock_gettime(CLOCK_REALTIME, &now);
	rd_account_arrived(&s, true, (int64_t)now.tv_sec * 1000000000 + now.tv_nsec);
	ck_assert_uint_gt(at[STAMP_ARRIVED], was_us);
	ck_assert_uint_eq(at[STAMP_QUEUED], at[STAMP_ARRIVED]);
	ck_assert_uint_eq(at[STAMP_STARTED], at[STAMP_ARRIVED]);
	ck_assert_uint_ge(worker.now_us, at[STAMP_ARRIVED]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("account");
	TCase *t = tcase_create("account");
	SRunner *r;
	int failed;

	tcase_add_test(t, comes_while_the_worker_is_at_it);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
