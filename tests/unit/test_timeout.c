/*
 * test_timeout - what a client may say of how long it waits, and what is none of it.
 */
#include "codec/timeout.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *text;
	uint64_t us; /* UINT64_MAX: it is not well-formed */
} timeouts[] = {
	{ "0", 0 },
	{ "1", 1000000 },
	{ "0.15", 150000 },
	{ "0.001", 1000 },
	{ "30.5", 30500000 },
	{ "007", 7000000 },
	{ "123456789012.999", 123456789012999000 },
	{ "9999999999999", 9999999999999000000u },
	{ "", UINT64_MAX },
	{ ".5", UINT64_MAX },
	{ "5.", UINT64_MAX },
	{ "0.1234", UINT64_MAX },
	{ "1234567890123.5", UINT64_MAX },
	{ "1234567890123456", UINT64_MAX },
	{ "999999999999999", UINT64_MAX }, /* no time of ours is that long */
	{ "-1", UINT64_MAX },
	{ "+1", UINT64_MAX },
	{ "1 ", UINT64_MAX },
	{ "1s", UINT64_MAX },
	{ "1;a", UINT64_MAX },
	{ "1, 2", UINT64_MAX },
	{ "0x10", UINT64_MAX },
	{ "1e3", UINT64_MAX },
};

START_TEST(timeout)
{
	struct rd_span text = { timeouts[_i].text, strlen(timeouts[_i].text) };
	uint64_t us = 0;

	ck_assert_int_eq(rd_timeout_parse(text, &us), timeouts[_i].us != UINT64_MAX);
	if (timeouts[_i].us != UINT64_MAX)
		ck_assert_uint_eq(us, timeouts[_i].us);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("timeout");
	TCase *tcase = tcase_create("timeout");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, timeout, 0, sizeof(timeouts) / sizeof(*timeouts));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
