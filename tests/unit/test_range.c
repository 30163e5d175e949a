/* test_range - Range fields against lengths, and how the parts are announced. */
#include "codec/range.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

#define FOUR(spec) spec "," spec "," spec "," spec
#define MAX	   "18446744073709551615"
#define HUGE	   "99999999999999999999999999999999999999"

static const struct {
	const char *field;
	uint64_t length;
	const char *result; /* the ranges of a 206, or the status */
} rows[] = {
	/* one */
	{ "bytes=0-0", 100, "0-0" },
	{ "bytes=0-99", 100, "0-99" },
	{ "bytes=10-19", 100, "10-19" },
	{ "bytes=99-99", 100, "99-99" },
	{ "bytes=90-100", 100, "90-99" },
	{ "bytes=90-" MAX, 100, "90-99" },
	{ "bytes=90-" HUGE, 100, "90-99" },
	{ "bytes=00000000000000000000000000010-0011", 100, "10-11" },
	{ "BYTES=1-2", 100, "1-2" },
	{ "bytes= 1-2 ", 100, "1-2" },
	{ "bytes=0-0", 1, "0-0" },
	{ "bytes=0-", INT64_MAX, "0-9223372036854775806" },
	/* open and suffix */
	{ "bytes=0-", 100, "0-99" },
	{ "bytes=99-", 100, "99-99" },
	{ "bytes=-1", 100, "99-99" },
	{ "bytes=-99", 100, "1-99" },
	{ "bytes=-100", 100, "0-99" },
	{ "bytes=-101", 100, "0-99" },
	{ "bytes=-" HUGE, 100, "0-99" },
	/* beyond */
	{ "bytes=100-", 100, "416" },
	{ "bytes=100-100", 100, "416" },
	{ "bytes=" MAX "-", 100, "416" },
	{ "bytes=" HUGE "-" HUGE, 100, "416" },
	{ "bytes=18446744073709551616-", 100, "416" },
	{ "bytes=18446744073709551620-", 100, "416" },
	{ "bytes=-0", 100, "416" },
	{ "bytes=100-,-0,200-300", 100, "416" },
	{ "bytes=0-0", 0, "416" },
	{ "bytes=0-", 0, "416" },
	{ "bytes=-0", 0, "416" },
	{ "bytes=-5", 0, "200" },
	/* several, in the order asked for */
	{ "bytes=0-0,-1", 100, "0-0 99-99" },
	{ "bytes=-1,0-0", 100, "99-99 0-0" },
	{ "bytes=0-4,10-14", 15, "0-4 10-14" },
	{ "bytes=0-4 ,\t10-14,,20-", 100, "0-4 10-14 20-99" },
	{ "bytes=,0-4,", 100, "0-4" },
	{ "bytes=0-4,200-,10-14", 100, "0-4 10-14" },
	{ "bytes=0-4,5-9", 100, "0-4 5-9" },
	{ "bytes=0-49,50-99", 100, "0-49 50-99" },
	/* those that overlap become one */
	{ "bytes=0-9,5-14", 100, "0-14" },
	{ "bytes=5-14,0-9", 100, "0-14" },
	{ "bytes=0-9,9-9", 100, "0-9" },
	{ "bytes=0-9,2-3", 100, "0-9" },
	{ "bytes=2-3,0-9", 100, "0-9" },
	{ "bytes=1-1,1-1", 100, "1-1" },
	{ "bytes=50-59,0-9,5-14,80-", 100, "50-59 0-14 80-99" },
	{ "bytes=0-9,20-29,40-49,5-24", 100, "0-29 40-49" },
	{ "bytes=40-49,20-29,0-9,25-44", 100, "20-49 0-9" },
	{ "bytes=10-20,30-40,15-35", 100, "10-40" },
	/* more than there is */
	{ "bytes=0-,0-", 100, "200" },
	{ "bytes=0-99,0-0", 100, "200" },
	{ "bytes=0-50,50-99", 100, "200" },
	{ "bytes=0-,0-,0-", INT64_MAX, "200" },
	/* at most sixteen */
	{ "bytes=" FOUR(FOUR("1-1")), 100, "1-1" },
	{ "bytes=" FOUR(FOUR("1-1")) ",1-1", 100, "200" },
	{ "bytes=" FOUR(FOUR("900-")) ",1-1", 100, "200" },
	{ "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,"
	  "16-16,18-18,20-20,22-22,24-24,26-26,28-28,30-30",
	  100,
	  "0-0 2-2 4-4 6-6 8-8 10-10 12-12 14-14 16-16 18-18 20-20 22-22 24-24 26-26 28-28 30-30" },
	/* malformed, or of other units */
	{ "", 100, "200" },
	{ "bytes", 100, "200" },
	{ "bytes=", 100, "200" },
	{ "bytes=,", 100, "200" },
	{ "bytes 0-4", 100, "200" },
	{ "bytes:0-4", 100, "200" },
	{ "bytes =0-4", 100, "200" },
	{ " bytes=0-4", 100, "200" },
	{ "items=0-4", 100, "200" },
	{ "bytess=0-4", 100, "200" },
	{ "0-4", 100, "200" },
	{ "bytes=-", 100, "200" },
	{ "bytes=--1", 100, "200" },
	{ "bytes=0", 100, "200" },
	{ "bytes=0--1", 100, "200" },
	{ "bytes=5-4", 100, "200" },
	{ "bytes=500-400", 100, "200" },
	{ "bytes=0- 4", 100, "200" },
	{ "bytes=0 -4", 100, "200" },
	{ "bytes=- 4", 100, "200" },
	{ "bytes=+0-4", 100, "200" },
	{ "bytes=0-4x", 100, "200" },
	{ "bytes=0-4-", 100, "200" },
	{ "bytes=a-b", 100, "200" },
	{ "bytes=0-4;5-9", 100, "200" },
	{ "bytes=0-4 5-9", 100, "200" },
	{ "bytes=0x0-4", 100, "200" },
	{ "bytes=0-4,x", 100, "200" },
	{ "bytes=200-,x", 100, "200" },
	{ "bytes=*", 100, "200" },
};

START_TEST(parse)
{
	struct rd_range ranges[RD_RANGE_MOST];
	unsigned count = 99;
	size_t len = strlen(rows[_i].field);
	char got[512] = "", *copy = malloc(len + 1);

	memcpy(copy, rows[_i].field, len);
	copy[len] = '0'; /* not to be read */
	int status = rd_range_parse((struct rd_span){ copy, len }, rows[_i].length, ranges, &count);
	free(copy);

	if (status == 206)
		for (unsigned i = 0; i < count; i++)
			sprintf(got + strlen(got), "%s%llu-%llu", i ? " " : "",
				(unsigned long long)ranges[i].first,
				(unsigned long long)ranges[i].last);
	else
		sprintf(got, "%d", status);
	ck_assert_msg(strcmp(got, rows[_i].result) == 0, "%s of %llu: %s", rows[_i].field,
		      (unsigned long long)rows[_i].length, got);
}
END_TEST

START_TEST(no_field)
{
	struct rd_range ranges[RD_RANGE_MOST];
	unsigned count;

	ck_assert_int_eq(rd_range_parse((struct rd_span){ NULL, 0 }, 100, ranges, &count), 200);
}
END_TEST

START_TEST(content)
{
	char out[RD_RANGE_CONTENT];

	ck_assert_uint_eq(rd_range_content(out, &(struct rd_range){ 0, 4 }, 100), 13);
	ck_assert_str_eq(out, "bytes 0-4/100");
	ck_assert_uint_eq(rd_range_content(out, NULL, 0), 9);
	ck_assert_str_eq(out, "bytes */0");
	ck_assert_uint_lt(
		rd_range_content(out, &(struct rd_range){ UINT64_MAX, UINT64_MAX }, UINT64_MAX),
		sizeof out);
	ck_assert_str_eq(out, "bytes " MAX "-" MAX "/" MAX);
}
END_TEST

#define PART "\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 5-9/100\r\n\r\n"

static const struct {
	const char *type;
	bool end;
	const char *text;
} parts[] = {
	{ "text/plain", false, PART },
	{ NULL, false, "\r\n--B\r\nContent-Range: bytes 5-9/100\r\n\r\n" },
	{ "text/plain", true, "\r\n--B--\r\n" },
	{ NULL, true, "\r\n--B--\r\n" },
};

START_TEST(part)
{
	static const struct rd_range range = { 5, 9 };
	size_t whole = strlen(parts[_i].text);

	for (size_t size = 0; size <= whole + 1; size++) {
		char *out = malloc(size + !size);

		ck_assert_uint_eq(rd_range_part(out, size, "B", parts[_i].type,
						parts[_i].end ? NULL : &range, 100),
				  whole);
		if (size > 0) {
			ck_assert_uint_eq(strlen(out), size - 1);
			ck_assert_int_eq(strncmp(out, parts[_i].text, size - 1), 0);
		}
		free(out);
	}
}
END_TEST

START_TEST(multipart)
{
	static const struct rd_range two[] = { { 5, 9 }, { 50, 59 } };
	uint64_t length = 100;
	char body[1024] = "", head[256];

	for (int i = 0; i < 2; i++) {
		rd_range_part(head, sizeof head, "B", "text/plain", &two[i], length);
		strcat(body, head);
		for (uint64_t at = two[i].first; at <= two[i].last; at++)
			strcat(body, "x");
	}
	rd_range_part(head, sizeof head, "B", "text/plain", NULL, length);
	strcat(body, head);
	ck_assert_str_eq(body,
			 PART "xxxxx\r\n--B\r\nContent-Type: text/plain\r\n"
			      "Content-Range: bytes 50-59/100\r\n\r\nxxxxxxxxxx\r\n--B--\r\n");
	ck_assert_uint_eq(rd_range_multipart("B", "text/plain", two, 2, length), strlen(body));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("range");
	TCase *tcase = tcase_create("range");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, parse, 0, COUNT(rows));
	tcase_add_test(tcase, no_field);
	tcase_add_test(tcase, content);
	tcase_add_loop_test(tcase, part, 0, COUNT(parts));
	tcase_add_test(tcase, multipart);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
