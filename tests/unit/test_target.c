/*
 * test_target - request targets: the forms, the decoding and its one order, and that no path
 * leaves the root whatever it is written in.
 */
#include "codec/target.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const struct {
	const char *target;
	const char *path;
} paths[] = {
	{ "/", "/" },
	{ "/a", "/a" },
	{ "/a/", "/a/" },
	{ "/a/b.html", "/a/b.html" },
	{ "/a?x=1", "/a" },
	{ "/?", "/" },
	{ "/a%20b", "/a b" },
	{ "/%61%6A%6a", "/ajj" },
	{ "/%C3%A9", "/\xc3\xa9" },
	{ "/\xc3\xa9", "/\xc3\xa9" },
	{ "/%ff%80", "/\xff\x80" },
	{ "/a%3Fb", "/a?b" },
	{ "/a%23b", "/a#b" },
	{ "/a;b=c", "/a;b=c" },
	{ "/a:b@c", "/a:b@c" },
	{ "/a\\b", "/a\\b" },
	{ "/%5c..%5cb", "/\\..\\b" },
	{ "/a+b", "/a+b" },
	/* decoded once */
	{ "/%2541", "/%41" },
	{ "/%252e%252e/a", "/%2e%2e/a" },
	{ "/%252f", "/%2f" },
	/* RFC 3986 §5.2.4, and slashes that run together */
	{ "/a/b/c/./../../g", "/a/g" },
	{ "/mid/content=5/../6", "/mid/6" },
	{ "/.", "/" },
	{ "/./", "/" },
	{ "/..", "/" },
	{ "/../", "/" },
	{ "/../../../etc/passwd", "/etc/passwd" },
	{ "/a/..", "/" },
	{ "/a/../", "/" },
	{ "/a/.", "/a/" },
	{ "/a/./b", "/a/b" },
	{ "/a/b/..", "/a/" },
	{ "/a/b/../", "/a/" },
	{ "/ab/cd/../ef", "/ab/ef" },
	{ "/ab/cd/../../..", "/" },
	{ "/...", "/..." },
	{ "/.../a", "/.../a" },
	{ "/.a", "/.a" },
	{ "/..a/b", "/..a/b" },
	{ "/a..", "/a.." },
	{ "/a./b", "/a./b" },
	{ "//", "/" },
	{ "//a", "/a" },
	{ "//host/a", "/host/a" },
	{ "/a//b", "/a/b" },
	{ "/a///", "/a/" },
	{ "/a//../b", "/b" },
	{ "/a/.//../b", "/b" },
	/* dots that came encoded are dots */
	{ "/%2e", "/" },
	{ "/%2e%2e", "/" },
	{ "/%2E%2e/%2e./.%2E/etc", "/etc" },
	{ "/a/%2e%2e/b", "/b" },
	{ "/a/%2e/b", "/a/b" },
	/* the query is no path */
	{ "/a?/../b", "/a" },
	{ "/a/..?b", "/" },
	/* absolute */
	{ "http://h", "/" },
	{ "http://h/", "/" },
	{ "http://h?x", "/" },
	{ "http://h:80/a/../b?x", "/b" },
	{ "HTTP://h/a", "/a" },
	{ "https://h/a", "/a" },
	{ "http://[::1]:8080/a", "/a" },
	{ "http://h//a", "/a" },
	{ "*", "/" },
};

START_TEST(path)
{
	char out[64];
	struct rd_target t;
	const char *in = paths[_i].target;
	int status = rd_target_parse(in, strlen(in), out, sizeof out, &t);

	ck_assert_msg(status == 0, "%s: %d", in, status);
	ck_assert_str_eq(out, paths[_i].path);
	ck_assert_uint_eq(t.path_len, strlen(paths[_i].path));
}
END_TEST

static const char *const bad[] = {
	"",
	"a",
	"a/b",
	"?",
	"**",
	"*/",
	".",
	"../a",
	"h:80",
	"host",
	"/%",
	"/%2",
	"/%g1",
	"/%1g",
	"/%%41",
	"/% 1",
	"/%-1",
	"/%00",
	"/a%00.html",
	"/%0a",
	"/%0D%0A",
	"/%1f",
	"/%7f",
	"/\x01",
	"/\x7f",
	"/a?\x01",
	"/a?\x7f",
	"/%2f",
	"/a%2Fb",
	"/..%2f..%2fetc",
	"/%2e%2e%2fetc",
	"/a#b",
	"/a?b#c",
	"/\t",
	"http:",
	"http:/",
	"http://",
	"http:///a",
	"http://?x",
	"http:/h/a",
	"http//h/a",
	"ftp://h/a",
	"httpx://h/a",
	"://h/a",
	"http://u@h/a",
	"http://u:p@h/a",
	"http://h:x/a",
	"http://h:65536/a",
	"http://h:8:8/a",
	"http://[::1/a",
	"http://[::1]x/a",
	"http://h#a",
	"http://h/%2f",
	"http://h\\a/",
};

/* The text on the heap with no NUL, and one digit after its end that is not to be read. */
static char *with_digit(const char *text)
{
	size_t len = strlen(text);
	char *copy = malloc(len + 1);

	memcpy(copy, text, len);
	copy[len] = '1';
	return copy;
}

START_TEST(refused)
{
	char out[64];
	struct rd_target t;
	size_t len = strlen(bad[_i]);
	char *in = with_digit(bad[_i]);
	int status = rd_target_parse(in, len, out, sizeof out, &t);
	ck_assert_msg(status == 400, "%s: %d", bad[_i], status);
	free(in);
}
END_TEST

START_TEST(control_bytes)
{
	for (int c = 0; c < 256; c++) {
		char plain[] = "/ax", query[] = "/?x", coded[8], out[16];
		struct rd_target t;
		int want = c < 0x20 || c == 0x7f ? 400 : 0;

		snprintf(coded, sizeof coded, "/a%%%02x", (unsigned)c);
		ck_assert_int_eq(rd_target_parse(coded, 5, out, sizeof out, &t),
				 c == '/' ? 400 : want);
		plain[2] = query[2] = (char)c;
		ck_assert_int_eq(rd_target_parse(query, 3, out, sizeof out, &t),
				 c == '#' ? 400 : want);
		ck_assert_int_eq(rd_target_parse(plain, 3, out, sizeof out, &t),
				 c == '#' || c == '%' ? 400 : want);
	}
}
END_TEST

static void is_span(struct rd_span span, const char *want)
{
	if (want == NULL)
		ck_assert_ptr_null(span.at);
	else
		ck_assert_msg(rd_span_eq(span, want), "%.*s, not %s", (int)span.len, span.at, want);
}

static const struct {
	const char *target;
	enum rd_target_form form;
	const char *scheme, *host, *raw, *query;
} splits[] = {
	{ "/", RD_TARGET_ORIGIN, NULL, NULL, "/", NULL },
	{ "/a%20/..//b", RD_TARGET_ORIGIN, NULL, NULL, "/a%20/..//b", NULL },
	{ "/a?", RD_TARGET_ORIGIN, NULL, NULL, "/a", "" },
	{ "/a?b?c=%zz/%00", RD_TARGET_ORIGIN, NULL, NULL, "/a", "b?c=%zz/%00" },
	{ "*", RD_TARGET_ASTERISK, NULL, NULL, "*", NULL },
	{ "http://h", RD_TARGET_ABSOLUTE, "http", "h", "", NULL },
	{ "HTTPS://h:8?q", RD_TARGET_ABSOLUTE, "HTTPS", "h:8", "", "q" },
	{ "http://h/a?b://c", RD_TARGET_ABSOLUTE, "http", "h", "/a", "b://c" },
	{ "http://[::1]:8080/", RD_TARGET_ABSOLUTE, "http", "[::1]:8080", "/", NULL },
};

START_TEST(split)
{
	char out[64];
	struct rd_target t;
	const char *in = splits[_i].target;

	ck_assert_int_eq(rd_target_parse(in, strlen(in), out, sizeof out, &t), 0);
	ck_assert_int_eq(t.form, splits[_i].form);
	is_span(t.scheme, splits[_i].scheme);
	is_span(t.host, splits[_i].host);
	is_span(t.raw, splits[_i].raw);
	is_span(t.query, splits[_i].query);
}
END_TEST

/* Whatever the room, nothing is written beyond it, and only a lack of room is a 414. */
START_TEST(room)
{
	static const char *const targets[] = { "/", "/abc", "/a%20b/", "/a/b/../c",
					       "http://h/abc" };

	for (int i = 0; i < COUNT(targets); i++) {
		size_t len = strlen(targets[i]);
		struct rd_target t;
		bool fitted = false;

		for (size_t size = 2; size <= len + 2; size++) {
			char *out = malloc(size);
			int status = rd_target_parse(targets[i], len, out, size, &t);

			ck_assert(status == 0 || (status == 414 && !fitted));
			if (status == 0) {
				ck_assert_uint_lt(t.path_len, size);
				ck_assert_uint_eq(strlen(out), t.path_len);
				fitted = true;
			}
			free(out);
		}
		ck_assert(fitted);
	}
}
END_TEST

static const struct {
	const char *host;
	bool ok;
} hosts[] = {
	{ "h", true },
	{ "example.org", true },
	{ "a_b-c~d", true },
	{ "127.0.0.1:8080", true },
	{ "h:", true },
	{ "h:0", true },
	{ "h:65535", true },
	{ "h:0065535", true },
	{ "[::1]", true },
	{ "[::1]:80", true },
	{ "[::ffff:1.2.3.4]", true },
	{ "a%20b", true },
	{ "h!$&'()*+,;=", true },
	{ "", false },
	{ ":80", false },
	{ "h:65536", false },
	{ "h:8a", false },
	{ "h:-1", false },
	{ "h:99999999999", false },
	{ "h h", false },
	{ "h,h", true },
	{ "h/", false },
	{ "h?", false },
	{ "u@h", false },
	{ "h\\", false },
	{ "h%2", false },
	{ "h%zz", false },
	{ "h\xc3\xa9", false },
	{ "::1", false },
	{ "[]", false },
	{ "[::1", false },
	{ "[::1]x", false },
	{ "[::1]:x", false },
	{ "[1.2.3.4]", false },
	{ "[::g]", false },
	{ "[fe80::1%25eth0]", false },
	{ "[v1.a]", false },
	{ "[::1]]", false },
	{ "\"h\"", false },
	{ "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]", false },
};

START_TEST(host)
{
	char *at = with_digit(hosts[_i].host);

	ck_assert_msg(rd_target_host((struct rd_span){ at, strlen(hosts[_i].host) }) ==
			      hosts[_i].ok,
		      "%s", hosts[_i].host);
	free(at);
	ck_assert(!rd_target_host((struct rd_span){ NULL, 0 }));
	ck_assert(!rd_target_host((struct rd_span){ "[::1\0]", 6 }));
}
END_TEST

static const struct {
	const char *path, *coded;
} codes[] = {
	{ "", "" },
	{ "/a/b.html", "/a/b.html" },
	{ "/a b", "/a%20b" },
	{ "/100%", "/100%25" },
	{ "/a?b#c", "/a%3Fb%23c" },
	{ "a:b", "a%3Ab" },
	{ "/<\"'&>", "/%3C%22%27%26%3E" },
	{ "/\xc3\xa9\n", "/%C3%A9%0A" },
	{ "/-._~!$()*+,=@", "/-._~!$()*+,=@" },
	{ "/\\;[]{}|^`", "/%5C%3B%5B%5D%7B%7D%7C%5E%60" },
};

START_TEST(encode)
{
	const char *want = codes[_i].coded;
	size_t whole = strlen(want);

	for (size_t size = 0; size <= whole + 2; size++) {
		char *out = malloc(size + !size);

		ck_assert_uint_eq(
			rd_target_encode(codes[_i].path, strlen(codes[_i].path), out, size), whole);
		if (size > 0) {
			size_t n = strlen(out);
			ck_assert_int_eq(strncmp(out, want, n), 0);
			ck_assert(n == whole || (n < size && size - n <= 3));
			ck_assert(size <= whole || n == whole);
			ck_assert(n == whole || n < 1 || out[n - 1] != '%');
			ck_assert(n == whole || n < 2 || out[n - 2] != '%');
		}
		free(out);
	}
}
END_TEST

START_TEST(encoded_comes_back)
{
	char all[256] = "/", coded[1024], in[1024], out[256];
	struct rd_target t;
	size_t n = 1;

	for (int c = 0x20; c < 256; c++)
		if (c != '/' && c != 0x7f)
			all[n++] = (char)c;
	size_t len = rd_target_encode(all, n, coded, sizeof coded);
	memcpy(in, coded, len);
	ck_assert_int_eq(rd_target_parse(in, len, out, sizeof out, &t), 0);
	ck_assert_uint_eq(t.path_len, n);
	ck_assert_mem_eq(out, all, n);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("target");
	TCase *tcase = tcase_create("target");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, path, 0, COUNT(paths));
	tcase_add_loop_test(tcase, refused, 0, COUNT(bad));
	tcase_add_test(tcase, control_bytes);
	tcase_add_loop_test(tcase, split, 0, COUNT(splits));
	tcase_add_test(tcase, room);
	tcase_add_loop_test(tcase, host, 0, COUNT(hosts));
	tcase_add_loop_test(tcase, encode, 0, COUNT(codes));
	tcase_add_test(tcase, encoded_comes_back);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
