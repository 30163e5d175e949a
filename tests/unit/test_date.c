/*
 * test_date - dates both ways: the RFC's examples, the edges of the calendar, and libc's
 * calendar as a second opinion.
 */
#include "codec/date.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

#define NOW INT64_C(1769860800) /* 2026-01-31 12:00:00 */

static const struct {
	int64_t t;
	const char *text;
} formats[] = {
	{ 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
	{ -1, "Wed, 31 Dec 1969 23:59:59 GMT" },
	{ 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" },
	{ 951782400, "Tue, 29 Feb 2000 00:00:00 GMT" },
	{ 951868799, "Tue, 29 Feb 2000 23:59:59 GMT" },
	{ 951868800, "Wed, 01 Mar 2000 00:00:00 GMT" },
	{ NOW, "Sat, 31 Jan 2026 12:00:00 GMT" },
	{ INT64_C(4107542399), "Sun, 28 Feb 2100 23:59:59 GMT" },
	{ INT64_C(4107542400), "Mon, 01 Mar 2100 00:00:00 GMT" },
	{ INT64_C(253402300799), "Fri, 31 Dec 9999 23:59:59 GMT" },
	{ INT64_C(253402300800), "Fri, 31 Dec 9999 23:59:59 GMT" },
	{ INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT" },
	{ INT64_C(-62167219200), "Sat, 01 Jan 0000 00:00:00 GMT" },
	{ INT64_MIN, "Sat, 01 Jan 0000 00:00:00 GMT" },
};

START_TEST(format)
{
	char out[RD_DATE_SIZE];

	rd_date_format(formats[_i].t, out);
	ck_assert_str_eq(out, formats[_i].text);
}
END_TEST

START_TEST(agrees_with_libc)
{
	for (int64_t t = -INT64_C(30000000000); t < INT64_C(200000000000); t += 86400 * 50 + 7001) {
		char out[RD_DATE_SIZE], want[64];
		time_t seconds = (time_t)t;
		struct tm tm;
		int64_t back;

		rd_date_format(t, out);
		gmtime_r(&seconds, &tm);
		strftime(want, sizeof want, "%a, %d %b %Y %H:%M:%S GMT", &tm);
		ck_assert_str_eq(out, want);
		ck_assert(rd_date_parse(out, strlen(out), NOW, &back));
		ck_assert_int_eq(back, t);
	}
}
END_TEST

static const struct {
	const char *text;
	int64_t t;
} good[] = {
	{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
	{ "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
	{ "Sun Nov  6 08:49:37 1994", 784111777 },
	{ "Wed Nov 16 08:49:37 1994", 784975777 },
	{ "Wed, 06 Nov 1994 08:49:37 GMT", 784111777 }, /* the weekday may be wrong */
	{ "Tue, 29 Feb 2000 00:00:00 GMT", 951782400 },
	{ "Tuesday, 29-Feb-00 00:00:00 GMT", 951782400 },
	{ "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800 }, /* a leap second */
	{ "Fri, 31 Dec 9999 23:59:59 GMT", INT64_C(253402300799) },
	{ "Sat, 01 Jan 0000 00:00:00 GMT", INT64_C(-62167219200) },
	/* NOW is 2026-01-31 12:00: just 50 years ahead, and a second more */
	{ "Friday, 31-Jan-76 12:00:00 GMT", INT64_C(3347697600) },
	{ "Saturday, 31-Jan-76 12:00:01 GMT", 191937601 },
	{ "Thursday, 31-Jan-77 12:00:00 GMT", 223560000 },
	{ "Saturday, 31-Jan-26 12:00:00 GMT", NOW },
	{ "Saturday, 31-Dec-99 00:00:00 GMT", 946598400 },
};

START_TEST(parse_good)
{
	int64_t t = -1;

	ck_assert_msg(rd_date_parse(good[_i].text, strlen(good[_i].text), NOW, &t), "%s",
		      good[_i].text);
	ck_assert_msg(t == good[_i].t, "%s gives %lld", good[_i].text, (long long)t);
}
END_TEST

static const char *const bad[] = {
	"",
	"Sun",
	"0",
	"784111777",
	"Sun, 06 Nov 1994 08:49:37 GM",
	"Sun, 06 Nov 1994 08:49:37 GMT ",
	" Sun, 06 Nov 1994 08:49:37 GMT",
	"Sun, 06 Nov 1994 08:49:37 UTC",
	"Sun, 06 Nov 1994 08:49:37 gmt",
	"Sun, 06 Nov 1994 08:49:37 +0000",
	"sun, 06 Nov 1994 08:49:37 GMT",
	"Sux, 06 Nov 1994 08:49:37 GMT",
	"Sun, 06 nov 1994 08:49:37 GMT",
	"Sun, 06 Nox 1994 08:49:37 GMT",
	"Sun,  6 Nov 1994 08:49:37 GMT",
	"Sun, 6 Nov 1994 08:49:37 GMT",
	"Sun, 00 Nov 1994 08:49:37 GMT",
	"Sun, 31 Nov 1994 08:49:37 GMT",
	"Sun, 32 Dec 1994 08:49:37 GMT",
	"Tue, 29 Feb 1900 00:00:00 GMT",
	"Tue, 29 Feb 2001 00:00:00 GMT",
	"Sun, 06 Nov 1994 24:00:00 GMT",
	"Sun, 06 Nov 1994 08:60:37 GMT",
	"Sun, 06 Nov 1994 08:49:61 GMT",
	"Sun, 06 Nov 1994 08:49 GMT     ",
	"Sun, 06 Nov -994 08:49:37 GMT",
	"Sun, 06 Nov 94 08:49:37 GMT    ",
	"Sun, 06-Nov-94 08:49:37 GMT    ",
	"Sun, 06-Nov-1994 08:49:37 GMT",
	"Sunday, 06 Nov 1994 08:49:37 GMT",
	"Sunday, 06-Nov-1994 08:49:37 GMT",
	"Sunday 06-Nov-94 08:49:37 GMT",
	"Tuesday, 29-Feb-01 00:00:00 GMT",
	"Sun Nov 6 08:49:37 1994 ",
	"Sun Nov  6 08:49:37 1994 GMT",
	"Sun Nov 06 08:49:37 94   ",
	"Sunday Nov  6 08:49:37 1994",
};

START_TEST(parse_bad)
{
	int64_t t = 42;

	ck_assert_msg(!rd_date_parse(bad[_i], strlen(bad[_i]), NOW, &t), "%s", bad[_i]);
	ck_assert_int_eq(t, 42);
}
END_TEST

/* Cut anywhere, a date is none; the bytes after the cut are not there to be read. */
START_TEST(parse_cut)
{
	size_t whole = strlen(good[_i].text);

	for (size_t n = 0; n < whole; n++) {
		char *part = malloc(n + !n);
		int64_t t;

		memcpy(part, good[_i].text, n);
		ck_assert_msg(!rd_date_parse(part, n, NOW, &t), "%.*s", (int)n, part);
		free(part);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("date");
	TCase *tcase = tcase_create("date");
	tcase_set_timeout(tcase, 60); /* a busy machine takes its time */
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, format, 0, COUNT(formats));
	tcase_add_test(tcase, agrees_with_libc);
	tcase_add_loop_test(tcase, parse_good, 0, COUNT(good));
	tcase_add_loop_test(tcase, parse_bad, 0, COUNT(bad));
	tcase_add_loop_test(tcase, parse_cut, 0, COUNT(good));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
