/* test_encode - which contents are worth coding; what was coded by zlib decodes to the same. */
#include "handlers/encode.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const struct {
	const char *type;
	uint64_t size;
	bool worth, packed;
} rows[] = {
	{ "text/html; charset=utf-8", 5000, true, false },
	{ "text/html;charset=utf-8", 5000, true, false },
	{ "text/plain", 1024, true, false },
	{ "text/plain", 1023, false, false },
	{ "text/plain", 0, false, false },
	{ "text/plain", 1024 * 1024, true, false },
	{ "text/plain", 1024 * 1024 + 1, false, false },
	{ "TEXT/CSS", 5000, true, false },
	{ "application/javascript", 5000, true, false },
	{ "application/json", 5000, true, false },
	{ "application/xml", 5000, true, false },
	{ "image/svg+xml", 5000, true, false },
	{ "application/ld+json", 5000, true, false },
	{ "application/atom+xml ; a=b", 5000, true, false },
	{ "application/octet-stream", 5000, false, false },
	{ "application/wasm", 5000, false, false },
	{ "application/jsonx", 5000, false, false },
	{ "x-text/html", 5000, false, false },
	{ "text", 5000, false, false },
	{ "", 5000, false, false },
	{ "image/bmp", 5000, false, false },
	{ "font/ttf", 5000, false, false },
	{ "image/png", 5000, false, true },
	{ "video/mp4; codecs=\"a\"", 5000, false, true },
	{ "audio/ogg", 5000, false, true },
	{ "font/woff2", 5000, false, true },
	{ "application/gzip", 5000, false, true },
	{ "Application/ZIP", 5000, false, true },
};

START_TEST(types)
{
	ck_assert_msg(rd_encode_worth(rows[_i].type, rows[_i].size) == rows[_i].worth, "%s",
		      rows[_i].type);
	ck_assert_msg(rd_encode_packed(rows[_i].type) == rows[_i].packed, "%s", rows[_i].type);
}
END_TEST

/* Bytes that no coding makes shorter: xorshift's. */
static char *noise(size_t len)
{
	char *bytes = malloc(len);
	uint64_t x = 88172645463325252u;

	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		bytes[i] = (char)(x >> 32);
	}
	return bytes;
}

static char *lines(size_t len)
{
	char *bytes = malloc(len);

	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = i % 16 == 15 ? '\n' : "0123456789abcdef"[(i / 16 >> i % 16) & 15];
	return bytes;
}

static const size_t lengths[] = { 1024, 65536, 65537, 1024 * 1024 };

START_TEST(gzip)
{
	size_t len = lengths[_i], coded_len = 0;
	char *in = lines(len), *out = malloc(len + 1);
	char *coded = rd_encode(RD_CODING_GZIP, in, len, &coded_len);
	z_stream z = { 0 };

	ck_assert_ptr_nonnull(coded);
	ck_assert_uint_lt(coded_len, len);
	z.next_in = (Bytef *)coded;
	z.avail_in = (uInt)coded_len;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)(len + 1);
	ck_assert_int_eq(inflateInit2(&z, 15 + 16), Z_OK);
	ck_assert_int_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
	ck_assert_uint_eq(z.total_out, len);
	ck_assert_uint_eq(z.avail_in, 0);
	inflateEnd(&z);
	ck_assert_int_eq(memcmp(in, out, len), 0);
	free(coded);
	free(out);
	free(in);
}
END_TEST

START_TEST(same_each_time)
{
	enum rd_coding coding = _i ? RD_CODING_BR : RD_CODING_GZIP;
	size_t len = 100000, a_len, b_len;
	char *in = lines(len);
	char *a = rd_encode(coding, in, len, &a_len), *b = rd_encode(coding, in, len, &b_len);

	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_nonnull(b);
	ck_assert_uint_lt(a_len, len);
	ck_assert_uint_eq(a_len, b_len);
	ck_assert_int_eq(memcmp(a, b, a_len), 0);
	free(a);
	free(b);
	free(in);
}
END_TEST

START_TEST(not_shorter)
{
	size_t len = lengths[_i], coded_len;
	char *in = noise(len);

	ck_assert_ptr_null(rd_encode(RD_CODING_GZIP, in, len, &coded_len));
	ck_assert_ptr_null(rd_encode(RD_CODING_BR, in, len, &coded_len));
	free(in);
}
END_TEST

START_TEST(not_made)
{
	size_t len = 4096, coded_len;
	char *in = lines(len);

	ck_assert_ptr_null(rd_encode(RD_CODING_ZSTD, in, len, &coded_len));
	ck_assert_ptr_null(rd_encode(RD_CODING_GZIP, in, 0, &coded_len));
	ck_assert_ptr_null(rd_encode(RD_CODING_GZIP, in, 1, &coded_len));
	free(in);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("encode");
	TCase *tcase = tcase_create("encode");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, types, 0, COUNT(rows));
	tcase_add_loop_test(tcase, gzip, 0, COUNT(lengths));
	tcase_add_loop_test(tcase, same_each_time, 0, 2);
	tcase_add_loop_test(tcase, not_shorter, 0, COUNT(lengths));
	tcase_add_test(tcase, not_made);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
