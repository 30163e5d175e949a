/* test_accept - which coding is chosen, for what the client says and the server has. */
#include "codec/accept.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

enum {
	B = 1 << RD_CODING_BR,
	Z = 1 << RD_CODING_ZSTD,
	G = 1 << RD_CODING_GZIP,
	I = 1 << RD_CODING_IDENTITY,
	ALL = B | Z | G | I,
};

static const struct {
	const char *fields[3];
	unsigned available;
	int choice; /* its bit, 0 for none */
} rows[] = {
	/* without a field, or without a word in it */
	{ { NULL }, ALL, I },
	{ { NULL }, G, G },
	{ { NULL }, B | G, B },
	{ { NULL }, 0, 0 },
	{ { "" }, ALL, I },
	{ { "" }, G, 0 },
	{ { " , " }, ALL, I },
	/* what browsers say */
	{ { "gzip, deflate, br, zstd" }, ALL, B },
	{ { "gzip, deflate, br, zstd" }, Z | G | I, Z },
	{ { "gzip, deflate, br, zstd" }, G | I, G },
	{ { "gzip, deflate, br, zstd" }, I, I },
	{ { "gzip,deflate" }, ALL, G },
	{ { "GZip" }, ALL, G },
	{ { "x-gzip" }, ALL, G },
	{ { "X-GZIP;q=0.5" }, ALL, G },
	{ { "deflate, compress" }, ALL, I },
	{ { "deflate, compress" }, G, 0 },
	{ { "identity" }, ALL, I },
	/* weights */
	{ { "gzip;q=1.0, br;q=0.9" }, ALL, G },
	{ { "gzip;q=0.9, br;q=0.901" }, ALL, B },
	{ { "gzip;q=0.001" }, ALL, G },
	{ { "gzip;q=0.5, identity;q=0.6" }, ALL, I },
	{ { "gzip;q=0.5, identity;q=0.5" }, ALL, G },
	{ { "gzip ; q=0.5 , br\t;\tQ=0.6" }, ALL, B },
	{ { "gzip;q=1., br;q=0." }, ALL, G },
	{ { "gzip;q=0" }, ALL, I },
	{ { "gzip;q=0.000, br;q=0" }, ALL, I },
	{ { "gzip;q=0" }, G, 0 },
	{ { "gzip;q=0.2, gzip;q=0.8, br;q=0.5" }, ALL, G },
	{ { "gzip;q=0.8, gzip;q=0.2, br;q=0.5" }, ALL, G },
	{ { "gzip;q=0,5" }, ALL, I },
	/* the asterisk */
	{ { "*" }, ALL, B },
	{ { "*" }, G | I, G },
	{ { "*;q=0.5, gzip" }, ALL, G },
	{ { "gzip;q=0.5, *" }, G | I, I },
	{ { "br;q=0, *" }, ALL, Z },
	{ { "br;q=0, *" }, B | I, I },
	{ { "*;q=0" }, ALL, 0 },
	{ { "gzip, *;q=0" }, ALL, G },
	{ { "gzip, *;q=0" }, B | I, 0 },
	{ { "identity, *;q=0" }, ALL, I },
	{ { "gzip;q=0.1, identity;q=0" }, ALL, G },
	{ { "identity;q=0" }, I, 0 },
	{ { "br, identity;q=0" }, G | I, 0 },
	/* several fields are one */
	{ { "gzip;q=0.5", "br" }, ALL, B },
	{ { "identity;q=0", "gzip" }, ALL, G },
	{ { "", "gzip" }, ALL, G },
	{ { "gzip", "*;q=x" }, ALL, I },
	{ { "*;q=x", "gzip" }, ALL, I },
	/* malformed */
	{ { "br, gzip;q=2" }, ALL, I },
	{ { "br, gzip;q=1.001" }, ALL, I },
	{ { "br, gzip;q=0.1234" }, ALL, I },
	{ { "br, gzip;q=-1" }, ALL, I },
	{ { "br, gzip;q=.5" }, ALL, I },
	{ { "br, gzip;q=0 .5" }, ALL, I },
	{ { "br, gzip;q=05" }, ALL, I },
	{ { "br, gzip;q=0x5" }, ALL, I },
	{ { "br, gzip;q=" }, ALL, I },
	{ { "br, gzip;q" }, ALL, I },
	{ { "br, gzip;" }, ALL, I },
	{ { "br, gzip;q =1" }, ALL, I },
	{ { "br, gzip;level=1" }, ALL, I },
	{ { "br, gzip;q=1;q=1" }, ALL, I },
	{ { "br, ;q=1" }, ALL, I },
	{ { "zstd, gzip br" }, ALL, I },
	{ { "br, gzip, b\"r" }, ALL, I },
	{ { "br, gzip\x01" }, ALL, I },
	{ { "br, gzip;q=x" }, G | B, B },
};

START_TEST(choose)
{
	struct rd_accept accept = { 0 };

	for (int i = 0; rows[_i].fields[i]; i++) {
		size_t len = strlen(rows[_i].fields[i]);
		char *copy = malloc(len + 1);

		memcpy(copy, rows[_i].fields[i], len);
		copy[len] = '='; /* not to be read */
		rd_accept_field(&accept, (struct rd_span){ copy, len });
		free(copy);
	}
	int choice = rd_accept_choose(&accept, rows[_i].available);
	ck_assert_msg((choice < 0 ? 0 : 1 << choice) == rows[_i].choice, "%s: %d",
		      rows[_i].fields[0], choice);
}
END_TEST

START_TEST(word)
{
	ck_assert_str_eq(rd_accept_word(RD_CODING_GZIP), "gzip");
	ck_assert_str_eq(rd_accept_word(RD_CODING_BR), "br");
	ck_assert_str_eq(rd_accept_word(RD_CODING_ZSTD), "zstd");
	ck_assert_ptr_null(rd_accept_word(RD_CODING_IDENTITY));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("accept");
	TCase *tcase = tcase_create("accept");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, choose, 0, COUNT(rows));
	tcase_add_test(tcase, word);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
