/* test_fastcgi - records: those that are written, and those that come, whole and byte by byte. */
#include "codec/fastcgi.h"

#include "asking.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))
#define BYTES(text)  text, sizeof(text) - 1

/* "o" and "e" before each byte of output and errors, then how it ends. */
static const struct {
	const char *records;
	size_t len;
	const char *parts;
	enum rd_fastcgi_step end;
	size_t left; /* bytes that are not taken */
} rows[] = {
	{ BYTES(""), "", RD_FASTCGI_MORE, 0 },
	{ BYTES("\1\6\0\1\0\2\0\0hi"), "ohoi", RD_FASTCGI_MORE, 0 },
	{ BYTES("\1\7\0\1\0\2\0\0no"), "eneo", RD_FASTCGI_MORE, 0 },
	{ BYTES("\1\6\0\1\0\1\0\0a\1\7\0\1\0\1\0\0b\1\6\0\1\0\1\0\0c"), "oaeboc", RD_FASTCGI_MORE,
	  0 },
	/* ends */
	{ BYTES("\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0"), "", RD_FASTCGI_END, 0 },
	{ BYTES("\1\6\0\1\0\1\0\0a\1\6\0\1\0\0\0\0\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0"), "oa",
	  RD_FASTCGI_END, 0 },
	{ BYTES("\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0\1\6"), "", RD_FASTCGI_END, 2 },
	{ BYTES("\1\3\0\1\0\10\0\0\0\0\0\0\1\0\0\0"), "", RD_FASTCGI_END, 0 },
	{ BYTES("\1\3\0\1\0\10\0\0\377\377\377\377\3\1\2\3"), "", RD_FASTCGI_END, 0 },
	/* padding, which belongs to its record; the last byte of a header says nothing */
	{ BYTES("\1\6\0\1\0\1\3\0appp\1\6\0\1\0\1\1\377bp"), "oaob", RD_FASTCGI_MORE, 0 },
	{ BYTES("\1\6\0\1\0\0\2\0pp\1\7\0\1\0\0\1\0p\1\7\0\1\0\0\0\0"), "", RD_FASTCGI_MORE, 0 },
	{ BYTES("\1\3\0\1\0\10\2\0\0\0\0\0\0\0\0\0p"), "", RD_FASTCGI_MORE, 0 },
	{ BYTES("\1\3\0\1\0\10\2\0\0\0\0\0\0\0\0\0ppx"), "", RD_FASTCGI_END, 1 },
	/* errors may come behind the output's end, and the output may end twice */
	{ BYTES("\1\6\0\1\0\0\0\0\1\7\0\1\0\1\0\0e\1\6\0\1\0\0\0\0"), "ee", RD_FASTCGI_MORE, 0 },
	/* wrong: as soon as the header is whole, but an end's status */
	{ BYTES("\0\6\0\1\0\1\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\2\6\0\1\0\1\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\1\6\0\0\0\1\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\1\6\0\2\0\1\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\1\6\1\1\0\1\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\1\0\0\1\0\1\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\1\1\0\1\0\1\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\1\5\0\1\0\1\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\1\13\0\1\0\1\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\1\3\0\1\0\7\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\1\3\0\1\0\11\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\1\3\0\1\1\10\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\1\3\0\1\0\0\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\1\3\0\1\0\10\0\0\0\0\0\0\4\0\0\0a"), "", RD_FASTCGI_WRONG, 1 },
	{ BYTES("\1\6\0\1\0\0\0\0\1\6\0\1\0\1\0\0a"), "", RD_FASTCGI_WRONG, 1 },
};

static struct rd_fastcgi decoder;
static char parts[128];
static size_t left;

/* Takes it in pieces of `step` bytes, each alone on the heap. */
static enum rd_fastcgi_step decode(const char *in, size_t len, size_t step)
{
	enum rd_fastcgi_step end = RD_FASTCGI_MORE;
	char *to = parts;

	decoder = (struct rd_fastcgi){ 0 };
	left = len;
	for (size_t from = 0; from < len && end == RD_FASTCGI_MORE; from += step) {
		size_t n = len - from < step ? len - from : step, at = 0, used;
		char *piece = malloc(n);
		struct rd_span part;

		memcpy(piece, in + from, n);
		do {
			end = rd_fastcgi_next(&decoder, piece + at, n - at, &used, &part);
			at += used;
			for (size_t i = 0; i < part.len; i++) {
				*to++ = end == RD_FASTCGI_OUTPUT ? 'o' : 'e';
				*to++ = part.at[i];
			}
		} while (end == RD_FASTCGI_OUTPUT || end == RD_FASTCGI_ERRORS);
		left -= at;
		free(piece);
	}
	*to = '\0';
	return end;
}

START_TEST(decoded)
{
	for (size_t step = 1; step <= rows[_i].len + 1; step++) {
		ck_assert_int_eq(decode(rows[_i].records, rows[_i].len, step), rows[_i].end);
		ck_assert_str_eq(parts, rows[_i].parts);
		ck_assert_uint_eq(left, rows[_i].left);
		ck_assert_int_eq(decoder.wrong != NULL, rows[_i].end == RD_FASTCGI_WRONG);
	}
}
END_TEST

START_TEST(ending)
{
	ck_assert_int_eq(decode(BYTES("\1\3\0\1\0\10\0\0\1\2\3\377\2\0\0\0"), 3), RD_FASTCGI_END);
	ck_assert_uint_eq(decoder.status, 0x010203ff);
	ck_assert_int_eq(decoder.protocol, RD_FASTCGI_OVERLOADED);
}
END_TEST

START_TEST(longest)
{
	char *record = calloc(1, RD_FASTCGI_HEADER + RD_FASTCGI_CONTENT);
	struct rd_fastcgi f = { 0 };
	struct rd_span part;
	size_t used;

	memcpy(record, "\1\6\0\1\377\377\377\0", RD_FASTCGI_HEADER);
	ck_assert_int_eq(
		rd_fastcgi_next(&f, record, RD_FASTCGI_HEADER + RD_FASTCGI_CONTENT, &used, &part),
		RD_FASTCGI_OUTPUT);
	ck_assert_uint_eq(part.len, RD_FASTCGI_CONTENT);
	ck_assert_int_eq(rd_fastcgi_next(&f, record, 255, &used, &part), RD_FASTCGI_MORE);
	ck_assert_uint_eq(used, 255);
	ck_assert_int_eq(f.type, 0);
	free(record);
}
END_TEST

START_TEST(begin)
{
	static const char wanted[] = "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0"
				     "\1\4\0\1\0\14\0\0\1\1ab\1\0c\2\1de="
				     "\1\4\0\1\0\0\0\0";
	struct rd_buffer b = { 0 };

	ck_assert(rd_fastcgi_begin(true, BYTES("a=b\0c=\0de==\0"), &b));
	ck_assert_uint_eq(b.len, sizeof(wanted) - 1);
	ck_assert_mem_eq(b.at, wanted, b.len);
	b.len = 0;
	ck_assert(rd_fastcgi_begin(false, NULL, 0, &b));
	ck_assert_uint_eq(b.len, 24);
	ck_assert_int_eq(b.at[10], 0);
	rd_buffer_free(&b);
}
END_TEST

/* Reads the parameters back: their sum of bytes, and how many are whole in one record. */
static void read_back(const struct rd_buffer *b, size_t *bytes, unsigned *records)
{
	*bytes = *records = 0;
	for (size_t at = 16; at < b->len;) {
		const unsigned char *h = (const unsigned char *)b->at + at;
		size_t len = (size_t)h[4] << 8 | h[5];

		ck_assert_int_eq(h[0], 1);
		ck_assert_int_eq(h[1], 4);
		ck_assert_int_eq(h[3], 1);
		*bytes += len;
		*records += len > 0;
		at += RD_FASTCGI_HEADER + len;
		ck_assert_int_eq(len == 0, at == b->len);
	}
}

/* Values of these lengths, each under the name N. */
static const struct {
	size_t values[3];
	size_t bytes;
	unsigned records;
} sizes[] = {
	{ { 127 }, 130, 1 },	       { { 128 }, 134, 1 },
	{ { 65529 }, 65535, 1 },       { { 65530 }, 65536, 2 },
	{ { 200000 }, 200006, 4 },     { { 60000, 5523 }, 65535, 1 },
	{ { 60000, 5524 }, 65536, 2 }, { { 40000, 40000, 40000 }, 120018, 3 },
	{ { 70000, 10 }, 70019, 2 },
};

START_TEST(long_ones)
{
	struct rd_buffer block = { 0 }, b = { 0 };
	size_t bytes;
	unsigned records;

	for (int i = 0; i < 3 && sizes[_i].values[i]; i++) {
		char *value = calloc(1, sizes[_i].values[i] + 1);

		memset(value, 'v', sizes[_i].values[i]);
		ck_assert(rd_buffer_print(&block, "N=%s", value));
		ck_assert(rd_buffer_add(&block, "", 1));
		free(value);
	}
	ck_assert(rd_fastcgi_begin(true, block.at, block.len, &b));
	read_back(&b, &bytes, &records);
	ck_assert_uint_eq(bytes, sizes[_i].bytes);
	ck_assert_uint_eq(records, sizes[_i].records);
	rd_buffer_free(&block);
	rd_buffer_free(&b);
}
END_TEST

START_TEST(body)
{
	unsigned char header[RD_FASTCGI_HEADER];

	rd_fastcgi_body(header, 0x1234);
	ck_assert_mem_eq(header, "\1\5\0\1\x12\x34\0\0", sizeof(header));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fastcgi");
	TCase *tcase = tcase_create("fastcgi");

	tcase_add_loop_test(tcase, decoded, 0, COUNT(rows));
	tcase_add_test(tcase, ending);
	tcase_add_test(tcase, longest);
	tcase_add_test(tcase, begin);
	tcase_add_loop_test(tcase, long_ones, 0, COUNT(sizes));
	tcase_add_test(tcase, body);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
