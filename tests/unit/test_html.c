/* test_html - text inside a page: what is escaped, what is replaced, what stays. */
#include "base/buffer.h"
#include "codec/html.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

#define WHAT "\xef\xbf\xbd"

static const struct {
	const char *text, *html;
} rows[] = {
	{ "", "" },
	{ "plain text.", "plain text." },
	{ "<script>", "&lt;script&gt;" },
	{ "a&amp;b", "a&amp;amp;b" },
	{ "\"'", "&quot;&#39;" },
	{ "a\x01"
	  "b\x7f",
	  "a" WHAT "b" WHAT },
	{ "a\tb\r\nc", "a" WHAT "b" WHAT WHAT "c" },
	/* UTF-8: two, three and four bytes, the least and the most of each */
	{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
	{ "\xc2\xa0\xdf\xbf", "\xc2\xa0\xdf\xbf" },
	{ "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbd",
	  "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbd" },
	{ "\xf0\x90\x80\x80\xf4\x8f\xbf\xbd", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbd" },
	/* not UTF-8 */
	{ "\x80", WHAT },
	{ "a\xff"
	  "b",
	  "a" WHAT "b" },
	{ "\xc3", WHAT },
	{ "\xc3<", WHAT "&lt;" },
	{ "\xe2\x82", WHAT WHAT },
	{ "\xe2\x82<", WHAT WHAT "&lt;" },
	{ "\xf0\x9f\x98", WHAT WHAT WHAT },
	{ "\xc0\xbc", WHAT WHAT },
	{ "\xc1\xbf", WHAT WHAT },
	{ "\xe0\x80\xbc", WHAT WHAT WHAT },
	{ "\xe0\x9f\xbf", WHAT WHAT WHAT },
	{ "\xf0\x8f\xbf\xbf", WHAT WHAT WHAT WHAT },
	{ "\xed\xa0\x80", WHAT WHAT WHAT },
	{ "\xed\xbf\xbf", WHAT WHAT WHAT },
	{ "\xf4\x90\x80\x80", WHAT WHAT WHAT WHAT },
	{ "\xf5\x80\x80\x80", WHAT WHAT WHAT WHAT },
	{ "\xf9\x80\x80\x80", WHAT WHAT WHAT WHAT },
	{ "\xfc\x90\x80\x80", WHAT WHAT WHAT WHAT },
	/* UTF-8 that no page may hold: C1 controls, noncharacters */
	{ "\xc2\x80\xc2\x9f", WHAT WHAT },
	{ "\xef\xbf\xbe\xef\xbf\xbf", WHAT WHAT },
	{ "\xef\xb7\x90\xef\xb7\xaf", WHAT WHAT },
	{ "\xf0\x9f\xbf\xbe\xf4\x8f\xbf\xbf", WHAT WHAT },
};

START_TEST(escape)
{
	struct rd_buffer out = { 0 };
	size_t len = strlen(rows[_i].text);
	char *text = malloc(len + 1); /* a byte follows that would complete a character */

	memcpy(text, rows[_i].text, len);
	text[len] = '\x80';
	ck_assert(rd_buffer_text(&out, "|"));
	ck_assert(rd_html_escape(&out, text, len));
	ck_assert(rd_buffer_add(&out, "", 1));
	ck_assert_str_eq(out.at + 1, rows[_i].html);
	ck_assert_int_eq(out.at[0], '|');
	rd_buffer_free(&out);
	free(text);
}
END_TEST

START_TEST(escape_nul)
{
	struct rd_buffer out = { 0 };

	ck_assert(rd_html_escape(&out, NULL, 0));
	ck_assert(rd_html_escape(&out, "a\0b", 3));
	ck_assert_uint_eq(out.len, 5);
	ck_assert_mem_eq(out.at, "a" WHAT "b", 5);
	rd_buffer_free(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("html");
	TCase *tcase = tcase_create("html");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, escape, 0, COUNT(rows));
	tcase_add_test(tcase, escape_nul);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
