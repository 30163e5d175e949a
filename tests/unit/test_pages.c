/* test_pages - a host's own error pages. */
#include "app/pages.h"

#include "asking.h"

#include <sys/stat.h>

static char why[256];

START_TEST(read_once)
{
	struct rd_pages *pages = rd_pages_new();
	const char *path = file_of("<p>gone\n", 8);

	ck_assert(rd_pages_add(pages, 404, path, why, sizeof(why)));
	unlink(path);
	rd_reply_begin(&x.reply);
	ck_assert(rd_pages_reply(pages, &x.reply, 404));
	ck_assert_int_eq(x.reply.status, 404);
	ck_assert_uint_eq(x.reply.length, 8);
	ck_assert_mem_eq(x.reply.body.bytes, "<p>gone\n", 8);
	ck_assert_str_eq(says("Content-Type"), "text/html; charset=utf-8");

	/* another one in its place */
	path = file_of("x", 1);
	ck_assert(rd_pages_add(pages, 404, path, why, sizeof(why)));
	unlink(path);
	rd_reply_begin(&x.reply);
	ck_assert(rd_pages_reply(pages, &x.reply, 404));
	ck_assert_uint_eq(x.reply.length, 1);
	rd_pages_free(pages);
}
END_TEST

START_TEST(has_none)
{
	struct rd_pages *pages = rd_pages_new();

	rd_reply_begin(&x.reply);
	ck_assert(!rd_pages_reply(pages, &x.reply, 404));
	ck_assert(!rd_pages_reply(pages, &x.reply, 200));
	ck_assert(!rd_pages_reply(pages, &x.reply, 304));
	ck_assert(!rd_pages_reply(pages, &x.reply, 600));
	ck_assert(!rd_pages_reply(NULL, &x.reply, 404));
	ck_assert_int_eq(x.reply.status, 0);
	rd_pages_free(pages);
	rd_pages_free(NULL);
}
END_TEST

START_TEST(statuses)
{
	struct rd_pages *pages = rd_pages_new();
	const char *path = file_of("x", 1);
	static const int wrong[] = { -1, 0, 200, 304, 399, 600, 1404 };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		ck_assert(!rd_pages_add(pages, wrong[i], path, why, sizeof(why)));
		ck_assert_ptr_nonnull(strstr(why, "400 to 599"));
	}
	ck_assert(rd_pages_add(pages, 400, path, why, sizeof(why)));
	ck_assert(rd_pages_add(pages, 599, path, why, sizeof(why)));
	unlink(path);
	rd_pages_free(pages);
}
END_TEST

START_TEST(wrong_files)
{
	struct rd_pages *pages = rd_pages_new();
	const char *path = file_of("", 0);

	ck_assert(!rd_pages_add(pages, 404, "/nowhere/404.html", why, sizeof(why)));
	ck_assert_str_eq(why, "/nowhere/404.html: No such file or directory");
	ck_assert(!rd_pages_add(pages, 404, "/tmp", why, sizeof(why)));
	ck_assert_str_eq(why, "/tmp: is not a file");
	ck_assert_int_eq(truncate(path, 1024 * 1024 + 1), 0);
	ck_assert(!rd_pages_add(pages, 404, path, why, sizeof(why)));
	ck_assert_ptr_nonnull(strstr(why, "too long"));
	ck_assert_int_eq(truncate(path, 1024 * 1024), 0);
	ck_assert(rd_pages_add(pages, 404, path, why, sizeof(why)));
	unlink(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0); /* does not wait for a writer */
	ck_assert(!rd_pages_add(pages, 404, path, why, sizeof(why)));
	unlink(path);
	rd_pages_free(pages);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pages");
	TCase *tcase = tcase_create("pages");

	tcase_add_test(tcase, read_once);
	tcase_add_test(tcase, has_none);
	tcase_add_test(tcase, statuses);
	tcase_add_test(tcase, wrong_files);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
