/* test_condition - the If- fields alone and together, against what is there. */
#include "codec/condition.h"
#include "codec/head.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

#define TAG "\"1-a\""

#define BEFORE "Sat, 31 Jan 2026 11:59:59 GMT"
#define MTIME  "Sat, 31 Jan 2026 12:00:00 GMT"
#define AFTER  "Sat, 31 Jan 2026 12:00:01 GMT"

enum { FILE_MTIME = 1769860800 };

static const struct rd_condition file = {
	.exists = true,
	.etag = { TAG, 5 },
	.dated = true,
	.mtime = FILE_MTIME,
	.now = FILE_MTIME + 10,
};
static const struct rd_condition weak = { .exists = true,
					  .etag = { "W/" TAG, 7 },
					  .dated = true,
					  .mtime = FILE_MTIME,
					  .now = FILE_MTIME };
static const struct rd_condition nameless = { .exists = true,
					      .mtime = FILE_MTIME,
					      .now = FILE_MTIME + 10 };
static const struct rd_condition missing = { .now = FILE_MTIME };

static struct rd_head head;

static const struct rd_head *parse(const char *method, const char *fields)
{
	static char text[1024];
	int len = snprintf(text, sizeof text, "%s / HTTP/1.1\r\nHost: t\r\n%s\r\n", method, fields);

	ck_assert_int_eq(rd_head_parse(text, (size_t)len, &RD_HEAD_LIMITS, &head), len);
	return &head;
}

static const struct {
	const char *fields;
	const struct rd_condition *there;
	int read, write; /* for GET and HEAD, and for PUT and the others */
} rows[] = {
	{ "", &file, 0, 0 },
	{ "", &missing, 0, 0 },
	/* If-Match, §13.1.1: strong */
	{ "If-Match: " TAG "\r\n", &file, 0, 0 },
	{ "If-Match: \"x\", " TAG "\r\n", &file, 0, 0 },
	{ "If-Match: \"x\"\r\nIf-Match: " TAG "\r\n", &file, 0, 0 },
	{ "If-Match: *\r\n", &file, 0, 0 },
	{ "If-Match: *\r\n", &nameless, 0, 0 },
	{ "If-Match: \"x\"\r\n", &file, 412, 412 },
	{ "If-Match: W/" TAG "\r\n", &file, 412, 412 },
	{ "If-Match: W/" TAG "\r\n", &weak, 412, 412 },
	{ "If-Match: " TAG "\r\n", &weak, 412, 412 },
	{ "If-Match: " TAG "\r\n", &nameless, 412, 412 },
	{ "If-Match: " TAG "\r\n", &missing, 412, 412 },
	{ "If-Match: *\r\n", &missing, 412, 412 },
	{ "If-Match:\r\n", &file, 412, 412 },
	{ "If-Match: 1-a\r\n", &file, 412, 412 },
	{ "If-Match: \"1-a\r\n", &file, 412, 412 },
	{ "If-Match: **\r\n", &file, 412, 412 },
	/* If-Unmodified-Since, §13.1.4 */
	{ "If-Unmodified-Since: " MTIME "\r\n", &file, 0, 0 },
	{ "If-Unmodified-Since: " AFTER "\r\n", &file, 0, 0 },
	{ "If-Unmodified-Since: " BEFORE "\r\n", &file, 412, 412 },
	{ "If-Unmodified-Since: Saturday, 31-Jan-26 11:59:59 GMT\r\n", &file, 412, 412 },
	{ "If-Unmodified-Since: Sat Jan 31 11:59:59 2026\r\n", &file, 412, 412 },
	{ "If-Unmodified-Since: yesterday\r\n", &file, 0, 0 },
	{ "If-Unmodified-Since:\r\n", &file, 0, 0 },
	{ "If-Unmodified-Since: " BEFORE "\r\nIf-Unmodified-Since: " BEFORE "\r\n", &file, 0, 0 },
	{ "If-Unmodified-Since: " BEFORE "\r\n", &nameless, 0, 0 },
	{ "If-Unmodified-Since: " BEFORE "\r\n", &missing, 0, 0 },
	/* If-None-Match, §13.1.2: weak */
	{ "If-None-Match: " TAG "\r\n", &file, 304, 412 },
	{ "If-None-Match: \"x\" , " TAG "\r\n", &file, 304, 412 },
	{ "If-None-Match: \"x\"\r\nIf-None-Match: " TAG "\r\n", &file, 304, 412 },
	{ "If-None-Match: W/" TAG "\r\n", &file, 304, 412 },
	{ "If-None-Match: " TAG "\r\n", &weak, 304, 412 },
	{ "If-None-Match: *\r\n", &file, 304, 412 },
	{ "If-None-Match: *\r\n", &nameless, 304, 412 },
	{ "If-None-Match: *\r\n", &missing, 0, 0 },
	{ "If-None-Match: \"x\"\r\n", &file, 0, 0 },
	{ "If-None-Match: " TAG "\r\n", &nameless, 0, 0 },
	{ "If-None-Match: " TAG "\r\n", &missing, 0, 0 },
	{ "If-None-Match: 1-a\r\n", &file, 0, 0 },
	{ "If-None-Match: \"x\", y, " TAG "\r\n", &file, 0, 0 },
	/* If-Modified-Since, §13.1.3: only for GET and HEAD */
	{ "If-Modified-Since: " MTIME "\r\n", &file, 304, 0 },
	{ "If-Modified-Since: " AFTER "\r\n", &file, 304, 0 },
	{ "If-Modified-Since: " BEFORE "\r\n", &file, 0, 0 },
	{ "If-Modified-Since: Sat Jan 31 12:00:00 2026\r\n", &file, 304, 0 },
	{ "If-Modified-Since: tomorrow\r\n", &file, 0, 0 },
	{ "If-Modified-Since: " MTIME "\r\nIf-Modified-Since: " MTIME "\r\n", &file, 0, 0 },
	{ "If-Modified-Since: " MTIME "\r\n", &nameless, 0, 0 },
	{ "If-Modified-Since: " MTIME "\r\n", &missing, 0, 0 },
	/* together, §13.2.2 */
	{ "If-Match: " TAG "\r\nIf-Unmodified-Since: " BEFORE "\r\n", &file, 0, 0 },
	{ "If-Match: \"x\"\r\nIf-Unmodified-Since: " AFTER "\r\n", &file, 412, 412 },
	{ "If-None-Match: \"x\"\r\nIf-Modified-Since: " MTIME "\r\n", &file, 0, 0 },
	{ "If-None-Match: " TAG "\r\nIf-Modified-Since: " BEFORE "\r\n", &file, 304, 412 },
	{ "If-None-Match:\r\nIf-Modified-Since: " MTIME "\r\n", &file, 0, 0 },
	{ "If-Match: " TAG "\r\nIf-None-Match: " TAG "\r\n", &file, 304, 412 },
	{ "If-Match: \"x\"\r\nIf-None-Match: " TAG "\r\n", &file, 412, 412 },
	{ "If-Unmodified-Since: " MTIME "\r\nIf-None-Match: " TAG "\r\n", &file, 304, 412 },
	{ "If-Unmodified-Since: " BEFORE "\r\nIf-Modified-Since: " MTIME "\r\n", &file, 412, 412 },
	{ "If-Match: *\r\nIf-Modified-Since: " MTIME "\r\n", &file, 304, 0 },
};

START_TEST(check)
{
	static const struct {
		const char *method;
		bool reads;
	} methods[] = { { "GET", true },   { "HEAD", true },	{ "PUT", false },
			{ "POST", false }, { "DELETE", false }, { "OPTIONS", false },
			{ "PATCH", false } };

	for (int i = 0; i < COUNT(methods); i++) {
		int status = rd_condition_check(parse(methods[i].method, rows[_i].fields),
						rows[_i].there);
		int want = methods[i].reads ? rows[_i].read : rows[_i].write;

		ck_assert_msg(status == want, "%s %s: %d", methods[i].method, rows[_i].fields,
			      status);
	}
}
END_TEST

#define RANGE "Range: bytes=0-4\r\n"

static const struct {
	const char *fields;
	const struct rd_condition *there;
	bool use;
} ranges[] = {
	{ "", &file, false },
	{ RANGE, &file, true },
	{ RANGE, &nameless, true },
	{ RANGE RANGE, &file, false },
	{ "If-Range: " TAG "\r\n", &file, false },
	{ RANGE "If-Range: " TAG "\r\n", &file, true },
	{ RANGE "If-Range: \"x\"\r\n", &file, false },
	{ RANGE "If-Range: W/" TAG "\r\n", &file, false },
	{ RANGE "If-Range: W/" TAG "\r\n", &weak, false },
	{ RANGE "If-Range: " TAG "\r\n", &weak, false },
	{ RANGE "If-Range: " TAG "\r\n", &nameless, false },
	{ RANGE "If-Range: " TAG ", \"x\"\r\n", &file, false },
	{ RANGE "If-Range: *\r\n", &file, false },
	{ RANGE "If-Range: 1-a\r\n", &file, false },
	{ RANGE "If-Range:\r\n", &file, false },
	{ RANGE "If-Range: " TAG "\r\nIf-Range: " TAG "\r\n", &file, false },
	{ RANGE "If-Range: " MTIME "\r\n", &file, true },
	{ RANGE "If-Range: Saturday, 31-Jan-26 12:00:00 GMT\r\n", &file, true },
	{ RANGE "If-Range: " BEFORE "\r\n", &file, false },
	{ RANGE "If-Range: " AFTER "\r\n", &file, false },
	{ RANGE "If-Range: " MTIME "\r\n", &weak, false }, /* within the second of its change */
	{ RANGE "If-Range: " MTIME "\r\n", &nameless, false },
};

START_TEST(range)
{
	ck_assert_msg(rd_condition_range(parse("GET", ranges[_i].fields), ranges[_i].there) ==
			      ranges[_i].use,
		      "%s", ranges[_i].fields);
	ck_assert(!rd_condition_range(parse("HEAD", ranges[_i].fields), ranges[_i].there));
	ck_assert(!rd_condition_range(parse("PUT", ranges[_i].fields), ranges[_i].there));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("condition");
	TCase *tcase = tcase_create("condition");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, check, 0, COUNT(rows));
	tcase_add_loop_test(tcase, range, 0, COUNT(ranges));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
