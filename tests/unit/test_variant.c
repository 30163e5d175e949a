/* test_variant - which coding is chosen of those found and those that can be made. */
#include "handlers/variant.h"

#include <check.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

enum {
	BR = 1 << RD_CODING_BR,
	ZSTD = 1 << RD_CODING_ZSTD,
	GZIP = 1 << RD_CODING_GZIP,
};

static const struct {
	const char *accept;
	unsigned found, makes;
	enum rd_coding chosen;
} rows[] = {
	/* nothing else is there */
	{ "gzip, br", 0, 0, RD_CODING_IDENTITY },
	{ "identity;q=0", 0, 0, RD_CODING_IDENTITY },
	/* made */
	{ "gzip, br", 0, BR | GZIP, RD_CODING_BR },
	{ "br, gzip", 0, BR | GZIP, RD_CODING_BR },
	{ "gzip", 0, BR | GZIP, RD_CODING_GZIP },
	{ "gzip, br;q=0.9", 0, BR | GZIP, RD_CODING_GZIP },
	{ "zstd", 0, BR | GZIP, RD_CODING_IDENTITY },
	{ "gzip, br", 0, GZIP, RD_CODING_GZIP },
	/* found before made, when wanted alike */
	{ "gzip, br", GZIP, BR, RD_CODING_GZIP },
	{ "gzip, zstd, br", ZSTD | GZIP, BR, RD_CODING_ZSTD },
	{ "*", GZIP, BR, RD_CODING_GZIP },
	{ "br, *", GZIP, BR, RD_CODING_GZIP },
	{ "br, *;q=0.5", GZIP, BR, RD_CODING_BR },
	{ "br, gzip;q=0.5", GZIP, BR, RD_CODING_BR },
	{ "br;q=0.5, gzip;q=0.5", GZIP, BR, RD_CODING_GZIP },
	{ "br", GZIP, BR, RD_CODING_BR },
	{ "br;q=0, gzip;q=0", GZIP, BR, RD_CODING_IDENTITY },
	{ "identity, gzip;q=0.5", GZIP, BR, RD_CODING_IDENTITY },
	{ "gzip;q=0, *;q=0.5", GZIP, BR, RD_CODING_BR },
	/* all refused, or not understood */
	{ "*;q=0", GZIP, BR, RD_CODING_IDENTITY },
	{ "identity;q=0, *;q=0", GZIP, BR, RD_CODING_IDENTITY },
	{ "gzip;q=9", GZIP, BR, RD_CODING_IDENTITY },
	{ "", GZIP, BR, RD_CODING_IDENTITY },
	{ NULL, GZIP, BR, RD_CODING_IDENTITY },
};

START_TEST(choose)
{
	struct rd_accept accept = { 0 };

	if (rows[_i].accept)
		rd_accept_field(&accept, rd_span_of(rows[_i].accept));
	ck_assert_msg(rd_variant_choose(&accept, rows[_i].found, rows[_i].makes) == rows[_i].chosen,
		      "row %d: %s", _i, rows[_i].accept ? rows[_i].accept : "no field");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("variant");
	TCase *tcase = tcase_create("variant");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, choose, 0, COUNT(rows));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
