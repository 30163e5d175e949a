/* test_redirect - where clients are sent, and the reply that is always the same. */
#include "handlers/redirect.h"
#include "handlers/text.h"

#include "asking.h"

#include <errno.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* As if it were the handler of the route that answers below `prefix`. */
static int perform(const struct rd_handler *handler, void *data, const char *prefix,
		   const char *line)
{
	ask(line, "Host: t\r\n");
	x.rest = strlen(prefix);
	return handler->perform(&x, data);
}

static const struct {
	const char *to;
	bool rest;
	const char *prefix, *line, *location;
} rows[] = {
	{ "https://a.example/b", false, "/x", "GET /x/y?z", "https://a.example/b" },
	{ "/b?c#d", false, "", "GET /", "/b?c#d" },
	{ "https://a.example", true, "", "GET /", "https://a.example/" },
	{ "https://a.example", true, "", "GET /x/y?z=1&w", "https://a.example/x/y?z=1&w" },
	{ "https://a.example/", true, "", "GET /x", "https://a.example/x" },
	{ "https://a.example/", true, "/x", "GET /x", "https://a.example/" },
	{ "https://a.example", true, "/x", "GET /x", "https://a.example" },
	{ "https://a.example", true, "/x", "GET /x?", "https://a.example?" },
	{ "/new/", true, "/old", "GET /old/y/", "/new/y/" },
	{ "/new", true, "/old", "GET /old/", "/new/" },
	{ "/", true, "/old", "GET /old//evil.example/x", "/evil.example/x" },
	{ "https://a.example", true, "", "GET /%3cb%3e%20%22%e2%82%ac%25",
	  "https://a.example/%3Cb%3E%20%22%E2%82%AC%25" },
	{ "https://a.example", true, "", "GET /.evil.example", "https://a.example/.evil.example" },
	{ "https://a.example", true, "", "GET /@evil.example", "https://a.example/@evil.example" },
	{ "https://a.example", true, "", "GET http://evil.example/x", "https://a.example/x" },
	{ "https://a.example", true, "", "POST /x", "https://a.example/x" },
};

START_TEST(sent)
{
	struct rd_redirect *r;

	r = rd_redirect_new(308, rows[_i].to, rows[_i].rest);
	ck_assert_int_eq(perform(&rd_redirect, r, rows[_i].prefix, rows[_i].line), 308);
	ck_assert_str_eq(says("Location"), rows[_i].location);
	ck_assert_ptr_null(x.reply.fault);
	rd_redirect.release(r);
}
END_TEST

START_TEST(too_long)
{
	static char line[8000], to[RD_REPLY_FIELDS / 2 + 2];
	struct rd_redirect *r = rd_redirect_new(301, "/b", true);

	snprintf(line, sizeof(line), "GET /%07000d", 0);
	ck_assert_int_eq(perform(&rd_redirect, r, "", line), 301);
	ck_assert_uint_eq(strlen(says("Location")), 7003);
	snprintf(line, sizeof(line), "GET /%07900d", 0);
	ck_assert_int_eq(perform(&rd_redirect, r, "", line), 414);
	snprintf(line, sizeof(line), "GET /x?%07900d", 0);
	ck_assert_int_eq(perform(&rd_redirect, r, "", line), 414);
	ck_assert_uint_eq(x.reply.fields_len, 0);
	rd_redirect.release(r);

	memset(to, 'x', sizeof(to) - 1);
	ck_assert_ptr_null(rd_redirect_new(301, to, true));
	to[sizeof(to) - 2] = '\0';
	r = rd_redirect_new(301, to, true);
	ck_assert_int_eq(perform(&rd_redirect, r, "", "GET /y"), 301);
	rd_redirect.release(r);
}
END_TEST

START_TEST(arguments)
{
	static const int right[] = { 301, 302, 303, 307, 308 };
	static const int wrong[] = { 0, 200, 300, 304, 305, 306, 309, 404 };
	static const char *const bad[] = { "", "/a b", "/a\r\nX: y", "/\x7f", "/\xc3\xa9", "\t" };

	for (int i = 0; i < COUNT(right); i++) {
		struct rd_redirect *r = rd_redirect_new(right[i], "/", false);

		ck_assert_int_eq(perform(&rd_redirect, r, "", "GET /"), right[i]);
		rd_redirect.release(r);
	}
	for (int i = 0; i < COUNT(wrong); i++) {
		errno = 0;
		ck_assert_ptr_null(rd_redirect_new(wrong[i], "/", false));
		ck_assert_int_eq(errno, EINVAL);
	}
	for (int i = 0; i < COUNT(bad); i++)
		ck_assert_ptr_null(rd_redirect_new(301, bad[i], false));
	ck_assert_ptr_null(rd_redirect_new(301, "/a?b", true));
	ck_assert_ptr_null(rd_redirect_new(301, "/a#b", true));
}
END_TEST

START_TEST(text)
{
	struct rd_text *t = rd_text_new(410, "text/html", "<p>gone");

	ck_assert_int_eq(perform(&rd_text, t, "", "GET /"), 0);
	ck_assert_int_eq(x.reply.status, 410);
	ck_assert_str_eq(says("Content-Type"), "text/html");
	ck_assert_mem_eq(x.reply.body.bytes, "<p>gone", x.reply.length);
	ck_assert_uint_eq(x.reply.length, 7);
	rd_text.release(t);

	t = rd_text_new(200, NULL, "ok\n");
	perform(&rd_text, t, "", "GET /");
	ck_assert_str_eq(says("Content-Type"), "text/plain; charset=utf-8");
	rd_text.release(t);

	t = rd_text_new(204, NULL, "");
	ck_assert_int_eq(perform(&rd_text, t, "", "POST /"), 0);
	ck_assert_uint_eq(x.reply.fields_len, 0);
	ck_assert_int_eq(x.reply.status, 204);
	rd_text.release(t);

	ck_assert_ptr_null(rd_text_new(199, NULL, ""));
	ck_assert_ptr_null(rd_text_new(600, NULL, ""));
	ck_assert_ptr_null(rd_text_new(200, "a/b\r\nX: y", ""));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("redirect");
	TCase *tcase = tcase_create("redirect");

	tcase_add_loop_test(tcase, sent, 0, COUNT(rows));
	tcase_add_test(tcase, too_long);
	tcase_add_test(tcase, arguments);
	tcase_add_test(tcase, text);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
