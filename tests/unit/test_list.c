/* test_list - elements between commas. */
#include "codec/list.h"

#include <check.h>
#include <stdlib.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const struct {
	const char *list, *elements; /* with a bar after each */
} rows[] = {
	{ "", "" },	      { ",", "" },
	{ " ,\t, ,", "" },    { "a", "a|" },
	{ "a,b", "a|b|" },    { " a , b\t,c ", "a|b|c|" },
	{ ",a,,b,", "a|b|" }, { "a b;q=0.1,c", "a b;q=0.1|c|" },
	{ "a\n", "a\n|" },
};

START_TEST(elements)
{
	size_t len = strlen(rows[_i].list);
	char *copy = malloc(len + 1), got[64] = "";
	struct rd_span list = { copy, len }, element;

	memcpy(copy, rows[_i].list, len);
	copy[len] = 'x'; /* not to be read */
	while (rd_list_next(&list, &element)) {
		strncat(got, element.at, element.len);
		strcat(got, "|");
	}
	ck_assert_str_eq(got, rows[_i].elements);
	ck_assert(!rd_list_next(&list, &element));
	free(copy);
}
END_TEST

START_TEST(none)
{
	struct rd_span list = { NULL, 0 }, element;

	ck_assert(!rd_list_next(&list, &element));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("list");
	TCase *tcase = tcase_create("list");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, elements, 0, COUNT(rows));
	tcase_add_test(tcase, none);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
