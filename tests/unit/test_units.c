/*
 * test_units - durations and sizes, as read and as written.
 */
#include "config/units.h"

#include <check.h>
#include <inttypes.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const struct {
	const char *text;
	bool is;
	uint64_t ms;
} durations[] = {
	{ "0ms", true, 0 },
	{ "0s", true, 0 },
	{ "1ms", true, 1 },
	{ "500ms", true, 500 },
	{ "10s", true, 10000 },
	{ "010s", true, 10000 },
	{ "5m", true, 300000 },
	{ "1h", true, 3600000 },
	{ "7d", true, 604800000 },
	{ "9223372036854775807ms", true, INT64_MAX },
	{ "9223372036854775808ms", false, 0 },
	{ "9223372036854776s", false, 0 },
	{ "9223372036854775s", true, UINT64_C(9223372036854775000) },
	{ "106751991168d", false, 0 },
	{ "99999999999999999999999999s", false, 0 },
	{ "", false, 0 },
	{ "s", false, 0 },
	{ "10", false, 0 },
	{ "0", false, 0 },
	{ "10 s", false, 0 },
	{ " 10s", false, 0 },
	{ "10s ", false, 0 },
	{ "-1s", false, 0 },
	{ "+1s", false, 0 },
	{ "1.5s", false, 0 },
	{ "1e3s", false, 0 },
	{ "0x1s", false, 0 },
	{ "1S", false, 0 },
	{ "1sec", false, 0 },
	{ "1min", false, 0 },
	{ "1us", false, 0 },
	{ "1h30m", false, 0 },
	{ "1KiB", false, 0 },
};

START_TEST(duration)
{
	uint64_t ms = 7;

	ck_assert_msg(rd_units_duration(durations[_i].text, &ms) == durations[_i].is, "'%s'",
		      durations[_i].text);
	if (durations[_i].is)
		ck_assert_msg(ms == durations[_i].ms, "'%s': %" PRIu64, durations[_i].text, ms);
}
END_TEST

static const struct {
	const char *text;
	bool is;
	uint64_t bytes;
} sizes[] = {
	{ "0", true, 0 },
	{ "0B", true, 0 },
	{ "1", true, 1 },
	{ "4096", true, 4096 },
	{ "512B", true, 512 },
	{ "64KiB", true, 65536 },
	{ "1MiB", true, 1048576 },
	{ "2GiB", true, UINT64_C(2147483648) },
	{ "9223372036854775807", true, INT64_MAX },
	{ "9223372036854775808", false, 0 },
	{ "8589934591GiB", true, UINT64_C(9223372035781033984) },
	{ "8589934592GiB", false, 0 },
	{ "18446744073709551617", false, 0 },
	{ "", false, 0 },
	{ "KiB", false, 0 },
	{ "1x", false, 0 },
	{ "1K", false, 0 },
	{ "1k", false, 0 },
	{ "1KB", false, 0 },
	{ "1kib", false, 0 },
	{ "1 KiB", false, 0 },
	{ "1KiB ", false, 0 },
	{ "1KiBB", false, 0 },
	{ "-1", false, 0 },
	{ "1.5MiB", false, 0 },
	{ "1s", false, 0 },
};

START_TEST(size)
{
	uint64_t bytes = 7;

	ck_assert_msg(rd_units_size(sizes[_i].text, &bytes) == sizes[_i].is, "'%s'",
		      sizes[_i].text);
	if (sizes[_i].is)
		ck_assert_msg(bytes == sizes[_i].bytes, "'%s': %" PRIu64, sizes[_i].text, bytes);
}
END_TEST

START_TEST(number)
{
	uint64_t value;

	ck_assert(rd_units_number("0", &value) && value == 0);
	ck_assert(rd_units_number("64", &value) && value == 64);
	ck_assert(rd_units_number("9223372036854775807", &value) && value == INT64_MAX);
	ck_assert(!rd_units_number("9223372036854775808", &value));
	ck_assert(!rd_units_number("", &value));
	ck_assert(!rd_units_number("-1", &value));
	ck_assert(!rd_units_number("1 ", &value));
	ck_assert(!rd_units_number("64B", &value));
}
END_TEST

static const struct {
	uint64_t value;
	const char *duration, *size;
} texts[] = {
	{ 0, "0ms", "0B" },
	{ 1, "1ms", "1B" },
	{ 10, "10ms", "10B" },
	{ 1000, "1s", "1000B" },
	{ 1024, "1024ms", "1KiB" },
	{ 1500, "1500ms", "1500B" },
	{ 60000, "1m", "60000B" },
	{ 3600000, "1h", "3600000B" },
	{ 86400000, "1d", "84375KiB" },
	{ 1048576, "1048576ms", "1MiB" },
	{ UINT64_C(3221225472), "3221225472ms", "3GiB" },
	{ INT64_MAX, "9223372036854775807ms", "9223372036854775807B" },
};

START_TEST(text)
{
	char buf[RD_UNITS_TEXT];
	uint64_t back;

	ck_assert_str_eq(rd_units_duration_text(texts[_i].value, buf), texts[_i].duration);
	ck_assert(rd_units_duration(buf, &back) && back == texts[_i].value);
	ck_assert_str_eq(rd_units_size_text(texts[_i].value, buf), texts[_i].size);
	ck_assert(rd_units_size(buf, &back) && back == texts[_i].value);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("units");
	TCase *tcase = tcase_create("units");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, duration, 0, COUNT(durations));
	tcase_add_loop_test(tcase, size, 0, COUNT(sizes));
	tcase_add_test(tcase, number);
	tcase_add_loop_test(tcase, text, 0, COUNT(texts));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
