/*
 * test_meter - the line is as wide as the terminal allows, whatever it says.
 */
#include "client/meter.h"

#include <check.h>
#include <string.h>

static const struct {
	unsigned columns;
	double done;
	const char *text, *line;
} cases[] = {
	{ 45, 0, "12 s", "[........................]   0 %  12 s      " },
	{ 45, 0.5, "12 s", "[############............]  50 %  12 s      " },
	{ 45, 1, "12 s", "[########################] 100 %  12 s      " },
	{ 45, 0.999, "0123456789ab", "[#######################.]  99 %  0123456789" },
	{ 35, 0.5, "12 s", "[############............]  50 %  " },
	{ 34, 0.5, "12 s", "12 s                             " },
	{ 45, -1, "12 s", "12 s                                        " },
	{ 4, 0.5, "12 s", "12 " },
	{ 1, 0.5, "12 s", "" },
	{ 0, 0.5, "12 s", "" },
};

START_TEST(lines)
{
	char line[128];

	rd_meter_line(line, sizeof line, cases[_i].columns, cases[_i].done, cases[_i].text, "", "");
	ck_assert_str_eq(line, cases[_i].line);
}
END_TEST

START_TEST(coloured)
{
	char line[128];

	rd_meter_line(line, sizeof line, 40, 0.25, "text", "<", ">");
	ck_assert_str_eq(line, "[<######>..................]  25 %  text ");
	rd_meter_line(line, sizeof line, 10, -1, "text", "<", ">");
	ck_assert_str_eq(line, "text     ");
}
END_TEST

START_TEST(never)
{
	struct rd_meter m = { 0 };

	ck_assert(!rd_meter_due(&m, UINT64_MAX));
	ck_assert_uint_eq(rd_meter_next(&m), UINT64_MAX);
	rd_meter_end(&m);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("meter");
	TCase *tcase = tcase_create("meter");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, lines, 0, (int)(sizeof cases / sizeof *cases));
	tcase_add_test(tcase, coloured);
	tcase_add_test(tcase, never);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
