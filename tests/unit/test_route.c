/*
 * test_route - which route answers for a path, who owns what, and when a handler is known to
 * block.
 */
#include "app/route.h"

#include <check.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static unsigned released;

static void handler_release(void *data)
{
	released |= *(unsigned *)data;
}

static const struct rd_handler handler = { .name = "test", .release = handler_release };
static const struct rd_handler plain = { .name = "plain" };

static const char *const prefixes[] = { "/a", "/", "/a/b/", "/ab", "/c%20d", "/a/b/c" };

static const struct {
	const char *path, *prefix;
} finds[] = {
	{ "/", "/" },
	{ "/a", "/a" },
	{ "/a/", "/a" },
	{ "/a/x", "/a" },
	{ "/ab", "/ab" },
	{ "/ab/", "/ab" },
	{ "/abc", "/" },
	{ "/a/b", "/a/b/" },
	{ "/a/b/", "/a/b/" },
	{ "/a/bc", "/a" },
	{ "/a/b/x", "/a/b/" },
	{ "/a/b/c", "/a/b/c" },
	{ "/a/b/c/d", "/a/b/c" },
	{ "/a/b/cd", "/a/b/" },
	{ "/x", "/" },
	{ "/A", "/" },
	{ "/c d", "/" },
};

START_TEST(longest_prefix)
{
	struct rd_router r = { 0 };
	struct rd_route *route, *made[COUNT(prefixes)], *want = NULL;

	for (size_t i = 0; i < COUNT(prefixes); i++) {
		made[i] = rd_router_add(&r, prefixes[i], &plain, NULL);
		ck_assert_ptr_nonnull(made[i]);
		if (strcmp(prefixes[i], finds[_i].prefix) == 0)
			want = made[i];
	}
	route = rd_router_find(&r, finds[_i].path, strlen(finds[_i].path));
	ck_assert_ptr_nonnull(want);
	ck_assert_ptr_eq(route, want);
	rd_router_free(&r);
}
END_TEST

/* The path need not end where its length says. */
START_TEST(by_length)
{
	struct rd_router r = { 0 };

	ck_assert_ptr_null(rd_router_find(&r, "/", 1));
	ck_assert_ptr_nonnull(rd_router_add(&r, "/ab", &plain, NULL));
	ck_assert_ptr_null(rd_router_find(&r, "/ab", 2));
	ck_assert_ptr_nonnull(rd_router_find(&r, "/abc", 3));
	ck_assert_ptr_null(rd_router_find(&r, "/", 1));
	rd_router_free(&r);
}
END_TEST

START_TEST(owns)
{
	static unsigned one = 1, two = 2, four = 4;
	struct rd_router r = { 0 };
	struct rd_route *route = rd_router_add(&r, "/a/", &handler, &one);

	ck_assert_ptr_eq(route->data, &one);
	ck_assert_ptr_eq(route->handler, &handler);
	ck_assert_ptr_nonnull(rd_router_add(&r, "/b", &handler, &two));
	ck_assert_ptr_null(rd_router_add(&r, "/a", &handler, &four)); /* there is one */
	ck_assert_ptr_null(rd_router_add(&r, "/b//", &handler, &four));
	ck_assert_uint_eq(released, 0);
	rd_router_free(&r);
	ck_assert_uint_eq(released, 1 | 2);
	ck_assert_uint_eq(r.routes, 0);
}
END_TEST

static const struct {
	unsigned us, times;
	bool blocks;
} learns[] = {
	{ 0, 1000, false },  { 7, 1000, false },  { 90, 1000, false }, { 200, 1, false },
	{ 200, 1000, true }, { 110, 1000, true }, { 10000, 1, true },  { 1000000, 1, true },
};

/* And what has become quick again no longer counts as blocking. */
START_TEST(learns_what_blocks)
{
	struct rd_router r = { 0 };
	struct rd_route *route = rd_router_add(&r, "/", &plain, NULL);

	ck_assert(!rd_route_blocks(route));
	for (unsigned i = 0; i < learns[_i].times; i++)
		rd_route_learn(route, learns[_i].us);
	ck_assert_int_eq(rd_route_blocks(route), learns[_i].blocks);
	for (unsigned i = 0; i < 200; i++)
		rd_route_learn(route, 0);
	ck_assert(!rd_route_blocks(route));
	ck_assert_uint_lt(route->mean_us, 8);
	rd_router_free(&r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("route");
	TCase *tcase = tcase_create("route");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, longest_prefix, 0, COUNT(finds));
	tcase_add_test(tcase, by_length);
	tcase_add_test(tcase, owns);
	tcase_add_loop_test(tcase, learns_what_blocks, 0, COUNT(learns));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
