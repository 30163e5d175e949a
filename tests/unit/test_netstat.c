/* test_netstat - what is found in the lines of /proc/net/netstat. */
#include "observe/netstat.h"

#include <check.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const struct {
	const char *names, *values;
	bool found;
} rows[] = {
	{ "TcpExt: A ListenOverflows ListenDrops B\n", "TcpExt: 1 20 300 4\n", true },
	{ "TcpExt: ListenDrops ListenOverflows", "TcpExt: 300 20", true },
	{ "TcpExt: XListenOverflows ListenOverflows ListenDropsX ListenDrops\n",
	  "TcpExt: 1 20 2 300\n", true },
	{ "TcpExt: ListenOverflows\n", "TcpExt: 20\n", false },
	{ "TcpExt: ListenOverflows ListenDrops\n", "TcpExt: 20\n", false },
	{ "IpExt: InOctets\n", "IpExt: 5\n", false },
	{ "", "", false },
};

START_TEST(lines)
{
	struct rd_netstat n = { 0 };

	ck_assert(rd_netstat_parse(rows[_i].names, rows[_i].values, &n) == rows[_i].found);
	if (rows[_i].found) {
		ck_assert_uint_eq(n.overflows, 20);
		ck_assert_uint_eq(n.drops, 300);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("netstat");
	TCase *tcase = tcase_create("netstat");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, lines, 0, COUNT(rows));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
