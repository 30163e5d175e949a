/*
 * test_route - which route answers for a path, who owns what, and when a handler is known to
 * block.
 */
#include "app/route.h"

#include <check.h>
#include <errno.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static unsigned released;
static size_t rest;

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
		made[i] = rd_router_add(&r, 0, prefixes[i], true, &plain, NULL);
		ck_assert_ptr_nonnull(made[i]);
		if (strcmp(prefixes[i], finds[_i].prefix) == 0)
			want = made[i];
	}
	route = rd_router_find(&r, METHOD_GET, finds[_i].path, strlen(finds[_i].path), &rest);
	ck_assert_ptr_nonnull(want);
	ck_assert_ptr_eq(route, want);
	rd_router_free(&r);
}
END_TEST

/* The path need not end where its length says. */
START_TEST(by_length)
{
	struct rd_router r = { 0 };

	ck_assert_ptr_null(rd_router_find(&r, METHOD_GET, "/", 1, &rest));
	ck_assert_ptr_nonnull(rd_router_add(&r, 0, "/ab", true, &plain, NULL));
	ck_assert_ptr_null(rd_router_find(&r, METHOD_GET, "/ab", 2, &rest));
	ck_assert_ptr_nonnull(rd_router_find(&r, METHOD_GET, "/abc", 3, &rest));
	ck_assert_ptr_null(rd_router_find(&r, METHOD_GET, "/", 1, &rest));
	rd_router_free(&r);
}
END_TEST

START_TEST(owns)
{
	static unsigned one = 1, two = 2, four = 4;
	struct rd_router r = { 0 };
	struct rd_route *route = rd_router_add(&r, 0, "/a/", true, &handler, &one);

	ck_assert_ptr_eq(route->data, &one);
	ck_assert_ptr_eq(route->handler, &handler);
	ck_assert_ptr_nonnull(rd_router_add(&r, 0, "/b", true, &handler, &two));
	ck_assert_ptr_null(rd_router_add(&r, 0, "/a", true, &handler, &four)); /* there is one */
	ck_assert_ptr_null(rd_router_add(&r, 0, "/b//", true, &handler, &four));
	ck_assert_uint_eq(released, 0);
	rd_router_free(&r);
	ck_assert_uint_eq(released, 1 | 2);
	ck_assert_uint_eq(r.routes, 0);
}
END_TEST

static const struct {
	unsigned methods;
	const char *path;
	bool below;
	int error; /* with those before it */
} adds[] = {
	{ 1u << METHOD_GET | 1u << METHOD_HEAD, "/user/{id}", false, 0 },
	{ 1u << METHOD_PUT, "/user/{name}", false, 0 },
	{ 1u << METHOD_PUT | 1u << METHOD_POST, "/user/{x}", false, EEXIST },
	{ 1u << METHOD_GET, "/user/{id}", true, 0 },
	{ 1u << METHOD_GET, "/user/{id}/", true, EEXIST },
	{ 1u << METHOD_GET, "/user/me", false, 0 },
	{ 1u << METHOD_GET, "/{a}/{b}/c", false, 0 },
	{ 1u << METHOD_GET, "/user/{id}/c", false, 0 },
	{ 1u << METHOD_GET, "/{a}/{a}", false, EINVAL },
	{ 1u << METHOD_GET, "/x{a}", false, EINVAL },
	{ 1u << METHOD_GET, "/{a}x", false, EINVAL },
	{ 1u << METHOD_GET, "/{}", false, EINVAL },
	{ 1u << METHOD_GET, "/{a-b}", false, EINVAL },
	{ 1u << METHOD_GET, "x", false, EINVAL },
	{ 1u << METHOD_GET, "", false, 0 },
};

static const struct {
	enum rd_method method;
	const char *path;
	int add;	  /* the row that answers; -1: none */
	bool takes;	  /* its method, too */
	const char *rest; /* what is below */
} asks[] = {
	{ METHOD_GET, "/user/7", 0, true, "" },	     { METHOD_PUT, "/user/7", 1, true, "" },
	{ METHOD_DELETE, "/user/7", 0, false, "" },  { METHOD_GET, "/user/me", 5, true, "" },
	{ METHOD_PUT, "/user/me", 5, false, "" }, /* the path decides first */
	{ METHOD_GET, "/user/7/", 3, true, "/" },    { METHOD_GET, "/user/7/x/y", 3, true, "/x/y" },
	{ METHOD_GET, "/user/7/c", 7, true, "" },    { METHOD_GET, "/users/7/c", 6, true, "" },
	{ METHOD_GET, "/users/7/d", -1, false, "" }, { METHOD_GET, "/user/", -1, false, "" },
	{ METHOD_GET, "/user", -1, false, "" },	     { METHOD_GET, "/", 14, true, "" },
	{ METHOD_GET, "/x", -1, false, "" },
};

START_TEST(patterns)
{
	size_t n = sizeof(adds) / sizeof(*adds), len = strlen(asks[_i].path);
	struct rd_route *made[sizeof(adds) / sizeof(*adds)], *route;
	struct rd_router r = { 0 };

	for (size_t i = 0; i < n; i++) { /* in any order */
		size_t at = (i * 7 + (size_t)_i) % n;

		made[at] = adds[at].error ? NULL
					  : rd_router_add(&r, adds[at].methods, adds[at].path,
							  adds[at].below, &plain, NULL);
		ck_assert(adds[at].error || made[at]);
	}
	for (size_t i = 0; i < n; i++) {
		if (!adds[i].error)
			continue;
		ck_assert_ptr_null(rd_router_add(&r, adds[i].methods, adds[i].path, adds[i].below,
						 &plain, NULL));
		ck_assert_int_eq(errno, adds[i].error);
	}
	route = rd_router_find(&r, asks[_i].method, asks[_i].path, len, &rest);
	if (asks[_i].add < 0) {
		ck_assert_ptr_null(route);
	} else {
		ck_assert_ptr_nonnull(route);
		ck_assert_int_eq(rd_pattern_compare(&route->pattern, &made[asks[_i].add]->pattern),
				 0);
		ck_assert_int_eq(!!(route->methods & 1u << asks[_i].method), asks[_i].takes);
		ck_assert(!asks[_i].takes || route == made[asks[_i].add]);
		ck_assert_str_eq(asks[_i].path + rest, asks[_i].rest);
	}
	if (route == made[0] || route == made[1])
		ck_assert_uint_eq(route->allowed,
				  1u << METHOD_GET | 1u << METHOD_HEAD | 1u << METHOD_PUT);
	rd_router_free(&r);
}
END_TEST

static const struct {
	const char *path, *name, *value;
} params[] = {
	{ "/a/1/b/2/c", "x", "1" }, { "/a/1/b/2/c", "yy", "2" },    { "/a/1/b/2/c", "z", NULL },
	{ "/a/1/b/2", "yy", "2" },  { "/a/1 2/b/%/c", "x", "1 2" }, { "/a/1/b/2/", "y", NULL },
};

START_TEST(parameters)
{
	struct rd_pattern p;
	const char *path = params[_i].path;
	size_t len = strlen(path);
	struct rd_span value;

	ck_assert(rd_pattern_make(&p, "/a/{x}/b/{yy}", true));
	ck_assert(rd_pattern_fits(&p, path, len, &rest));
	value = rd_pattern_param(&p, path, len, params[_i].name);
	ck_assert_int_eq(!value.at, !params[_i].value);
	ck_assert(!value.at || rd_span_eq(value, params[_i].value));
	rd_pattern_free(&p);
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
	struct rd_route *route = rd_router_add(&r, 0, "/", true, &plain, NULL);

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
	tcase_add_loop_test(tcase, patterns, 0, COUNT(asks));
	tcase_add_loop_test(tcase, parameters, 0, COUNT(params));
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
