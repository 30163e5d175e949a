/* test_listing - the page of a folder: order, links, names, sizes, dates. */
#include "base/buffer.h"
#include "codec/listing.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const struct {
	uint64_t bytes;
	const char *text;
} sizes[] = {
	{ 0, "0" },
	{ 1, "1" },
	{ 1023, "1023" },
	{ 1024, "1.0K" },
	{ 1229, "1.2K" },
	{ 1536, "1.5K" },
	{ 9 * 1024, "9.0K" },
	{ 10188, "9.9K" },
	{ 10189, "10K" },
	{ 10239, "10K" },
	{ 10 * 1024 + 511, "10K" },
	{ 10 * 1024 + 512, "11K" },
	{ 1023 * 1024, "1023K" },
	{ 1023 * 1024 + 511, "1023K" },
	{ 1023 * 1024 + 512, "1.0M" },
	{ 1024 * 1024 - 1, "1.0M" },
	{ 1024 * 1024, "1.0M" },
	{ UINT64_C(1) << 30, "1.0G" },
	{ UINT64_C(3) << 39, "1.5T" },
	{ UINT64_C(1) << 50, "1.0P" },
	{ UINT64_C(1) << 60, "1.0E" },
	{ UINT64_MAX, "16E" },
};

START_TEST(size)
{
	char out[RD_LISTING_SIZE];

	rd_listing_size(sizes[_i].bytes, out);
	ck_assert_str_eq(out, sizes[_i].text);
}
END_TEST

START_TEST(order)
{
	static const struct rd_listing_entry sorted[] = {
		{ .name = "b", .is_dir = true },
		{ .name = "z10", .is_dir = true },
		{ .name = "A" },
		{ .name = "a" },
		{ .name = "a2" },
		{ .name = "a10" },
		{ .name = "a10b" },
		{ .name = "b" },
		{ .name = "\xc3\xa9" },
	};
	struct rd_listing_entry entries[COUNT(sorted)];

	for (int i = 0; i < COUNT(sorted); i++)
		entries[i] = sorted[(i * 4 + 3) % COUNT(sorted)];
	qsort(entries, COUNT(sorted), sizeof *entries, rd_listing_compare);
	for (int i = 0; i < COUNT(sorted); i++) {
		ck_assert_str_eq(entries[i].name, sorted[i].name);
		ck_assert_int_eq(entries[i].is_dir, sorted[i].is_dir);
	}
}
END_TEST

static char *page(const char *path, const struct rd_listing_entry *entries, size_t count)
{
	struct rd_buffer out = { 0 };

	ck_assert(rd_listing_page(&out, path, entries, count));
	ck_assert(rd_buffer_add(&out, "", 1));
	ck_assert_uint_eq(strlen(out.at), out.len - 1);
	return out.at;
}

static void has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no %s in %s", part, text);
}

static const struct {
	struct rd_listing_entry entry;
	const char *html;
} rows[] = {
	{ { .name = "a.txt", .size = 1229, .mtime = 1769860800 },
	  "<tr><td><a href=\"a.txt\"><bdi>a.txt</bdi></a></td><td title=\"1229 bytes\">1.2K</td>"
	  "<td>2026-01-31 12:00 UTC</td></tr>\n" },
	{ { .name = "folder", .size = 4096, .is_dir = true },
	  "<tr><td><a href=\"folder/\"><bdi>folder</bdi>/</a></td><td></td>"
	  "<td>1970-01-01 00:00 UTC</td></tr>\n" },
	{ { .name = "\"><script>alert(1)" },
	  "<a href=\"%22%3E%3Cscript%3Ealert(1)\"><bdi>&quot;&gt;&lt;script&gt;alert(1)</bdi>" },
	{ { .name = "x' onclick='y" },
	  "<a href=\"x%27%20onclick=%27y\"><bdi>x&#39; onclick=&#39;y</bdi>" },
	{ { .name = "javascript:alert(1)" },
	  "<a href=\"javascript%3Aalert(1)\"><bdi>javascript:alert(1)</bdi>" },
	{ { .name = "?a=b&c#d" }, "<a href=\"%3Fa=b%26c%23d\"><bdi>?a=b&amp;c#d</bdi>" },
	{ { .name = "100%" }, "<a href=\"100%25\"><bdi>100%</bdi>" },
	{ { .name = "a\nb" },
	  "<a href=\"a%0Ab\"><bdi>a\xef\xbf\xbd"
	  "b</bdi>" },
	{ { .name = "\xc3\xa9" }, "<a href=\"%C3%A9\"><bdi>\xc3\xa9</bdi>" },
	{ { .name = "\xff.txt" }, "<a href=\"%FF.txt\"><bdi>\xef\xbf\xbd.txt</bdi>" },
	{ { .name = "old", .mtime = INT64_MIN }, "<td>0000-01-01 00:00 UTC</td>" },
	{ { .name = "one", .size = UINT64_MAX },
	  "<td title=\"18446744073709551615 bytes\">16E</td>" },
};

START_TEST(row)
{
	char *text = page("/", &rows[_i].entry, 1);
	has(text, rows[_i].html);
	free(text);
}
END_TEST

static const struct {
	const char *path, *title;
	bool parent;
} paths[] = {
	{ "/", "Index of /<", false },
	{ "/a/", "Index of /a/<", true },
	{ "/<b>&/", "Index of /&lt;b&gt;&amp;/<", true },
	{ "/\xc3\xa9\xff/", "Index of /\xc3\xa9\xef\xbf\xbd/<", true },
};

START_TEST(folder)
{
	char *text = page(paths[_i].path, NULL, 0);

	has(text, paths[_i].title);
	has(strstr(text, "<h1>"), paths[_i].title);
	ck_assert(paths[_i].parent == (strstr(text, "<a href=\"../\">") != NULL));
	ck_assert_int_eq(strncmp(text, "<!DOCTYPE html>\n", 16), 0);
	ck_assert_str_eq(text + strlen(text) - 8, "</html>\n");
	free(text);
}
END_TEST

START_TEST(in_the_given_order)
{
	static const struct rd_listing_entry entries[] = { { .name = "b" },
							   { .name = "a" },
							   { .name = "c" } };
	char *text = page("/", entries, COUNT(entries));
	char *a = strstr(text, "<bdi>a<"), *b = strstr(text, "<bdi>b<"),
	     *c = strstr(text, "<bdi>c<");

	ck_assert(b && a && c && b < a && a < c);
	free(text);
}
END_TEST

/* Wherever the buffer has to grow. */
START_TEST(any_length)
{
	char name[700], want[800];

	for (size_t len = 1; len < sizeof name; len++) {
		memset(name, 'x', len);
		name[len] = '\0';
		snprintf(want, sizeof want, "href=\"%s\"", name);
		char *text = page("/", &(struct rd_listing_entry){ .name = name }, 1);
		has(text, want);
		free(text);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("listing");
	TCase *tcase = tcase_create("listing");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, size, 0, COUNT(sizes));
	tcase_add_test(tcase, order);
	tcase_add_loop_test(tcase, row, 0, COUNT(rows));
	tcase_add_loop_test(tcase, folder, 0, COUNT(paths));
	tcase_add_test(tcase, any_length);
	tcase_add_test(tcase, in_the_given_order);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
