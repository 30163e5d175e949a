/* test_form - pairs of a form, decoded where they stand. */
#include "codec/form.h"

#include <check.h>
#include <stdlib.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const struct {
	const char *form, *pairs; /* "<name=value>" each */
} rows[] = {
	{ "", "" },
	{ "&", "" },
	{ "&&&", "" },
	{ "a=b", "<a=b>" },
	{ "a=b&c=d", "<a=b><c=d>" },
	{ "&a=b&&c=d&", "<a=b><c=d>" },
	{ "a", "<a=>" },
	{ "a&b", "<a=><b=>" },
	{ "a=", "<a=>" },
	{ "a=&b=", "<a=><b=>" },
	{ "=", "<=>" },
	{ "=b", "<=b>" },
	{ "a=b=c", "<a=b=c>" },
	{ "a=b;c=d", "<a=b;c=d>" },
	{ "a=b?c/d#e", "<a=b?c/d#e>" },
	{ "a+b=+c+", "<a b= c >" },
	{ "a%20b=%2b%2B", "<a b=++>" },
	{ "%61%3d=%26%3D%25", "<a==&=%>" },
	{ "%2541=%2541", "<%41=%41>" },
	{ "%61", "<a=>" },
	{ "%61&b", "<a=><b=>" },
	{ "%61=%62&%63=%64", "<a=b><c=d>" },
	{ "a=%C3%A9\xc3\xa9%ff", "<a=\xc3\xa9\xc3\xa9\xff>" },
	/* what is no code stays */
	{ "a=%", "<a=%>" },
	{ "a=%4", "<a=%4>" },
	{ "%4=a", "<%4=a>" },
	{ "a=%zz&%=%%41", "<a=%zz><%=%A>" },
	{ "a=%4&1", "<a=%4><1=>" },
	{ "a=100%&b=1", "<a=100%><b=1>" },
};

START_TEST(pairs)
{
	size_t len = strlen(rows[_i].form);
	char *copy = malloc(len + 1), got[128] = "";
	struct rd_form form = { copy, copy + len };
	struct rd_span name, value;

	memcpy(copy, rows[_i].form, len);
	copy[len] = '1'; /* to be written, not to be read */
	while (rd_form_next(&form, &name, &value)) {
		ck_assert_uint_eq(strlen(name.at), name.len);
		ck_assert_uint_eq(strlen(value.at), value.len);
		strcat(strcat(got, "<"), name.at);
		strcat(strcat(strcat(got, "="), value.at), ">");
	}
	ck_assert_str_eq(got, rows[_i].pairs);
	ck_assert(!rd_form_next(&form, &name, &value));
	free(copy);
}
END_TEST

/* Pairs that were taken stay as they are while the rest is read. */
START_TEST(all_at_once)
{
	char text[] = "%61=%62&c&%64%65=f%20";
	struct rd_form form = { text, text + sizeof text - 1 };
	struct rd_span names[4], values[4];
	int n = 0;

	while (rd_form_next(&form, &names[n], &values[n]))
		n++;
	ck_assert_int_eq(n, 3);
	ck_assert_str_eq(names[0].at, "a");
	ck_assert_str_eq(values[0].at, "b");
	ck_assert_str_eq(names[1].at, "c");
	ck_assert_str_eq(values[1].at, "");
	ck_assert_str_eq(names[2].at, "de");
	ck_assert_str_eq(values[2].at, "f ");
}
END_TEST

START_TEST(nul)
{
	char text[] = "a%00b=%00";
	struct rd_form form = { text, text + sizeof text - 1 };
	struct rd_span name, value;

	ck_assert(rd_form_next(&form, &name, &value));
	ck_assert_uint_eq(name.len, 3);
	ck_assert_mem_eq(name.at, "a\0b", 4);
	ck_assert_uint_eq(value.len, 1);
	ck_assert_mem_eq(value.at, "\0", 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("form");
	TCase *tcase = tcase_create("form");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, pairs, 0, COUNT(rows));
	tcase_add_test(tcase, all_at_once);
	tcase_add_test(tcase, nul);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
