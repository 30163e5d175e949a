/* test_etag - tags of files, lists of tags, and the two ways to compare. */
#include "codec/etag.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const struct {
	int64_t s;
	long ns;
	uint64_t size, ino;
	const char *coding, *tag;
} tags[] = {
	{ 0, 0, 0, 0, NULL, "\"0-0\"" },
	{ 1, 0, 10, 0, NULL, "\"3b9aca00-a\"" },
	{ 1, 15, 16, 0, NULL, "\"3b9aca0f-10\"" },
	{ 0, 0, 0, 255, NULL, "\"0-0-ff\"" },
	{ 0, 0, 0, 0, "gz", "\"0-0-gz\"" },
	{ 0, 0, 1, 255, "br", "\"0-1-ff-br\"" },
	{ -1, 999999999, 0, 0, NULL, "\"ffffffffffffffff-0\"" },
	{ -1, 999999999, UINT64_MAX, UINT64_MAX, "12345678",
	  "\"ffffffffffffffff-ffffffffffffffff-ffffffffffffffff-12345678\"" },
};

START_TEST(format)
{
	char out[RD_ETAG_SIZE];
	size_t len = rd_etag_format(out, tags[_i].s, tags[_i].ns, tags[_i].size, tags[_i].ino,
				    tags[_i].coding);
	struct rd_span list = { out, len }, tag;

	ck_assert_str_eq(out, tags[_i].tag);
	ck_assert_uint_eq(len, strlen(out));
	ck_assert(rd_etag_next(&list, &tag) && list.len == 0 && rd_span_eq(tag, out));
}
END_TEST

/* The times at both ends of what the kernel can say do not overflow. */
START_TEST(format_extremes)
{
	char out[RD_ETAG_SIZE];

	ck_assert_uint_gt(rd_etag_format(out, INT64_MAX, 999999999, 1, 1, NULL), 6);
	ck_assert_uint_gt(rd_etag_format(out, INT64_MIN, 0, 1, 1, NULL), 6);
}
END_TEST

static const struct {
	const char *list;
	const char *tags; /* with a space after each; then '!' when the list is ill-formed */
} lists[] = {
	{ "", "" },
	{ " ,\t, ", "" },
	{ "\"a\"", "\"a\" " },
	{ "W/\"a\"", "W/\"a\" " },
	{ "\"\"", "\"\" " },
	{ "\"a\",\"b\"", "\"a\" \"b\" " },
	{ " \"a\" , W/\"b\"\t,,\"c\" ,", "\"a\" W/\"b\" \"c\" " },
	{ "\"a,b\", \"c\"", "\"a,b\" \"c\" " },
	{ "\"W/\"", "\"W/\" " },
	{ "\"a\\\"", "\"a\\\" " },
	{ "\"\x80\xff!\"", "\"\x80\xff!\" " },
	{ "*", "!" },
	{ "a", "!" },
	{ "\"a", "!" },
	{ "\"", "!" },
	{ "W/", "!" },
	{ "W", "!" },
	{ "W/a", "!" },
	{ "W/\"", "!" },
	{ "W/W/\"a\"", "!" },
	{ "w/\"a\"", "!" },
	{ "W\"a\"", "!" },
	{ "W/ \"a\"", "!" },
	{ "\"a b\"", "!" },
	{ "\"a\x7f\"", "!" },
	{ "\"a\x01\"", "!" },
	{ "\"a\"\"b\"", "!" },
	{ "\"a\" \"b\"", "!" },
	{ "\"a\"b", "!" },
	{ "\"a\";q=1", "!" },
	{ "\"a\", b, \"c\"", "\"a\" !" },
	{ "\"a\", *", "\"a\" !" },
};

/* Whatever follows the end of the list in memory is not read. */
START_TEST(list)
{
	size_t len = strlen(lists[_i].list);
	char *copy = malloc(len + 1);

	memcpy(copy, lists[_i].list, len);
	for (const char *after = "\"/,"; *after != '\0'; after++) {
		struct rd_span rest = { copy, len }, tag;
		char got[64] = "";

		copy[len] = *after;
		while (rd_etag_next(&rest, &tag)) {
			strncat(got, tag.at, tag.len);
			strcat(got, " ");
		}
		if (rest.len > 0)
			strcat(got, "!");
		ck_assert_str_eq(got, lists[_i].tags);
	}
	free(copy);
}
END_TEST

/* RFC 9110 §8.8.3.2, table 3, and what only looks alike. */
static const struct {
	const char *a, *b;
	bool strong, weak;
} pairs[] = {
	{ "W/\"1\"", "W/\"1\"", false, true }, { "W/\"1\"", "W/\"2\"", false, false },
	{ "W/\"1\"", "\"1\"", false, true },   { "\"1\"", "\"1\"", true, true },
	{ "\"1\"", "\"2\"", false, false },    { "\"1\"", "\"1a\"", false, false },
	{ "\"a\"", "\"A\"", false, false },    { "\"\"", "\"\"", true, true },
	{ "\"W/1\"", "\"1\"", false, false },  { "\"1-gz\"", "\"1\"", false, false },
};

START_TEST(compare)
{
	struct rd_span a = rd_span_of(pairs[_i].a), b = rd_span_of(pairs[_i].b);

	ck_assert_int_eq(rd_etag_same_strong(a, b), pairs[_i].strong);
	ck_assert_int_eq(rd_etag_same_strong(b, a), pairs[_i].strong);
	ck_assert_int_eq(rd_etag_same_weak(a, b), pairs[_i].weak);
	ck_assert_int_eq(rd_etag_same_weak(b, a), pairs[_i].weak);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("etag");
	TCase *tcase = tcase_create("etag");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, format, 0, COUNT(tags));
	tcase_add_test(tcase, format_extremes);
	tcase_add_loop_test(tcase, list, 0, COUNT(lists));
	tcase_add_loop_test(tcase, compare, 0, COUNT(pairs));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
