/* test_basic - credentials decoded, and what are none. */
#include "codec/basic.h"

#include <check.h>
#include <stdlib.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static char out[RD_BASIC_MAX];
static struct rd_span name, password;

static const struct {
	const char *value, *name, *password;
} good[] = {
	{ "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame" }, /* RFC 7617 §2 */
	{ "Basic dGVzdDoxMjPCow==", "test", "123\xc2\xa3" },		    /* RFC 7617 §2.1 */
	{ "bAsIc QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame" },
	{ "Basic   QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame" },
	{ "Basic YTpi", "a", "b" },
	{ "Basic YTpiOmM=", "a", "b:c" },
	{ "Basic OmI=", "", "b" },
	{ "Basic YTo=", "a", "" },
	{ "Basic Og==", "", "" },
	{ "Basic YTr0j7+/", "a", "\xf4\x8f\xbf\xbf" },
	{ "Basic YTrhiIA+Pz8/", "a", "\xe1\x88\x80>???" },
};

START_TEST(decoded)
{
	ck_assert(rd_basic_parse(rd_span_of(good[_i].value), out, &name, &password));
	ck_assert_str_eq(name.at, good[_i].name);
	ck_assert_uint_eq(name.len, strlen(good[_i].name));
	ck_assert_str_eq(password.at, good[_i].password);
	ck_assert_uint_eq(password.len, strlen(good[_i].password));
}
END_TEST

static const char *const bad[] = {
	"",
	"Basic",
	"Basic ",
	"Basic\tYTpi",
	"Basicx YTpi",
	"Bearer YTpi",
	"Digest username=\"a\"",
	"YTpi",
	"Basic YTp",	  /* not a multiple of four */
	"Basic YTo",	  /* no padding */
	"Basic YTo==",	  /* too much of it */
	"Basic YTp=",	  /* spare bits that are not zero */
	"Basic OmI=OmI=", /* padding inside */
	"Basic ====",
	"Basic =YTpi",
	"Basic YT pi",
	"Basic YTpi YTpi",
	"Basic YTp\xc3",
	"Basic YTp-",
	"Basic YTp_",
	"Basic YWI=",	  /* no colon */
	"Basic YTpiAA==", /* NUL in the password */
	"Basic AGE6Yg==", /* and in the name */
	"Basic YTpiCg==", /* newline */
	"Basic YTp/",	  /* DEL */
	"Basic YTr/",	  /* not UTF-8: ff, and below */
	"Basic YTrDKA==", /* cut short */
	"Basic YTrD",
	"Basic YTrAgA==", /* overlong */
	"Basic YTrgn78=",
	"Basic YTrtoIA=", /* surrogate */
	"Basic YTr0kICA", /* over 10ffff */
	"Basic YTqA",	  /* only goes on */
};

START_TEST(refused)
{
	ck_assert_msg(!rd_basic_parse(rd_span_of(bad[_i]), out, &name, &password), "%s", bad[_i]);
}
END_TEST

/* Each length up to the most, and one more; the input ends where it ends. */
START_TEST(lengths)
{
	for (size_t n = 1; n < 600; n++) {
		size_t len = 6 + 4 * n;
		char *value = malloc(len);

		memcpy(value, "Basic OmI6", 10);
		memset(value + 10, 'Y', len - 10); /* "YYYY" is "a\x86\x18": not text */
		for (size_t i = 10; i < len; i += 4)
			memcpy(value + i, "YWFh", 4);
		ck_assert_int_eq(
			rd_basic_parse((struct rd_span){ value, len }, out, &name, &password),
			3 * n < RD_BASIC_MAX);
		if (3 * n < RD_BASIC_MAX)
			ck_assert_uint_eq(password.len, 3 * n - 1);
		free(value);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("basic");
	TCase *tcase = tcase_create("basic");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, decoded, 0, COUNT(good));
	tcase_add_loop_test(tcase, refused, 0, COUNT(bad));
	tcase_add_test(tcase, lengths);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
