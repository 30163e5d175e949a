/* test_json - text of any origin as a string of JSON, which has it again wherever that can be. */
#include "base/buffer.h"
#include "base/json.h"

#include <check.h>

static const struct {
	const char *text, *string;
} rows[] = {
	{ "", "\"\"" },
	{ "GET /hello", "\"GET /hello\"" },
	{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
	{ "\n\x1b\x7f", "\"\\u000a\\u001b\\u007f\"" },
	{ "/caf\xc3\xa9", "\"/caf\xc3\xa9\"" },
	{ "/\xe2\x82\xac\xf0\x9f\x98\x80", "\"/\xe2\x82\xac\xf0\x9f\x98\x80\"" },
	{ "\xc2\x9b"
	  "2J",
	  "\"\\u009b2J\"" },
	{ "/\xc3", "\"/\\ufffd\"" }, /* cut off */
	{ "\x80\xff/", "\"\\ufffd\\ufffd/\"" },
	{ "\xc0\xaf", "\"\\ufffd\\ufffd\"" },		 /* longer than it need be */
	{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" }, /* half of a pair of UTF-16 */
};

START_TEST(strings)
{
	struct rd_buffer b = { 0 };

	ck_assert(rd_json_text(&b, rows[_i].text));
	ck_assert(rd_buffer_add(&b, "", 1));
	ck_assert_str_eq(b.at, rows[_i].string);
	rd_buffer_free(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("json");
	TCase *c = tcase_create("json");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(c, strings, 0, sizeof(rows) / sizeof(*rows));
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
