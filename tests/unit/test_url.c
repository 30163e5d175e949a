/*
 * test_url - what a URL says about host, port and target.
 */
#include "client/url.h"

#include <check.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

#define TEN	"0123456789"
#define FIFTY	TEN TEN TEN TEN TEN
#define HOST255 FIFTY FIFTY FIFTY FIFTY FIFTY "01234"

static const struct {
	const char *text;
	const char *name;
	unsigned port;
	const char *host, *target;
} good[] = {
	{ "http://localhost", "localhost", 80, "localhost", "" },
	{ "http://localhost/", "localhost", 80, "localhost", "/" },
	{ "HTTP://localhost:8080/a/b?c=d:e@f", "localhost", 8080, "localhost:8080",
	  "/a/b?c=d:e@f" },
	{ "http://127.0.0.1:80/%20", "127.0.0.1", 80, "127.0.0.1", "/%20" },
	{ "http://[::1]/a", "::1", 80, "[::1]", "/a" },
	{ "http://[::1]:8080/a#b?c", "::1", 8080, "[::1]:8080", "/a" },
	{ "http://[fe80::1%lo]:8080", "fe80::1%lo", 8080, "[fe80::1]:8080", "" },
	{ "http://h?q/r", "h", 80, "h", "?q/r" },
	{ "http://h#f", "h", 80, "h", "" },
	{ "http://" HOST255 "/", HOST255, 80, HOST255, "/" },
};

START_TEST(parse_good)
{
	struct rd_url url;
	const char *why;

	ck_assert(rd_url_is(good[_i].text));
	ck_assert_msg(rd_url_parse(good[_i].text, &url, &why), "%s: %s", good[_i].text, why);
	ck_assert_str_eq(url.address.host, good[_i].name);
	ck_assert_uint_eq(url.address.port, good[_i].port);
	ck_assert_str_eq(url.host, good[_i].host);
	ck_assert_msg(rd_span_eq(url.target, good[_i].target), "%s: %.*s", good[_i].text,
		      (int)url.target.len, url.target.at);
}
END_TEST

static const struct {
	const char *text;
	const char *why; /* a word that the message has */
} bad[] = {
	{ "https://localhost/", "http://" },
	{ "ftp://localhost/", "http://" },
	{ "http:/localhost/", "http://" },
	{ "http://", "a host follows" },
	{ "http:///a", "a host follows" },
	{ "http://:80/", "a host follows" },
	{ "http://*/", "a host follows" },
	{ "http://unix:/run/replyd.sock", "a path follows" },
	{ "http://localhost:/", "65535" },
	{ "http://localhost:65536/", "65535" },
	{ "http://localhost:0/", "1 to 65535" },
	{ "http://::1/", "brackets" },
	{ "http://[::1/", "']'" },
	{ "http://[::1]a/", "port follows" },
	{ "http://me@localhost/", "user" },
	{ "http://a b/", "letters" },
	{ "http://a/b c", "%20" },
	{ "http://a/\r\nX:", "%HH" },
	{ "http://a/caf\xc3\xa9", "%HH" },
	{ "http://a/\x7f", "%HH" },
	{ "http://" HOST255 "5/", "255" },
};

START_TEST(parse_bad)
{
	struct rd_url url;
	const char *why = NULL;

	ck_assert_msg(!rd_url_parse(bad[_i].text, &url, &why), "%s was taken", bad[_i].text);
	ck_assert_msg(strstr(why, bad[_i].why) != NULL, "%s: %s", bad[_i].text, why);
}
END_TEST

START_TEST(not_a_url)
{
	ck_assert(!rd_url_is("localhost:8080"));
	ck_assert(!rd_url_is("[::1]:8080"));
	ck_assert(!rd_url_is("unix:/run/a://b"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("url");
	TCase *tcase = tcase_create("url");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, parse_good, 0, COUNT(good));
	tcase_add_loop_test(tcase, parse_bad, 0, COUNT(bad));
	tcase_add_test(tcase, not_a_url);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
