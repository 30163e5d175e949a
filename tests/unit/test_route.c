/*
 * test_route - which route answers for a path, who owns what, and when a handler is known to
 * block.
 */
#include "app/route.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
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
	ck_assert_ptr_eq(route->handler.release, handler_release);
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
	{ 1u << METHOD_GET, "/x//y", false, EINVAL },
	{ 1u << METHOD_GET, "/x//", true, EINVAL },
	{ 1u << METHOD_GET, "/x/./y", false, EINVAL },
	{ 1u << METHOD_GET, "/..", false, EINVAL },
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
	{ METHOD_GET, "/user", -1, false, "" },	     { METHOD_GET, "/", 18, true, "" },
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

/* The same by the book: a list of segments, and which of two patterns is nearer. */
enum { DEEP = 4, MADE = 6 };

struct plain {
	unsigned segments, methods;
	const char *segment[DEEP];
	bool below;
	char text[64];
	struct rd_route *route;
};

static unsigned chance(unsigned below)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % below;
}

static void plain_make(struct plain *p, const char *const *words, unsigned kinds)
{
	char *end = p->text;

	*p = (struct plain){ .segments = chance(DEEP), .below = chance(2) };
	for (unsigned i = 0; i < p->segments; i++) {
		p->segment[i] = words[chance(kinds)];
		end += sprintf(end, "/%s", p->segment[i]);
		if (*p->segment[i] == '{') /* each name is another */
			end += sprintf(end - 1, "%u}", i) - 1;
	}
	if (p->below || end == p->text)
		strcpy(end, "/");
	p->methods = 1 + chance(15);
}

static bool plain_fits(const struct plain *p, const struct plain *path)
{
	if (path->segments < p->segments || (path->segments > p->segments && !p->below))
		return false;
	if (path->segments == p->segments && p->segments > 0 && path->below && !p->below)
		return false; /* there is a slash more */
	for (unsigned i = 0; i < p->segments; i++)
		if (*p->segment[i] != '{' && strcmp(p->segment[i], path->segment[i]) != 0)
			return false;
	return true;
}

/* What stands at a place of a pattern, the nearest first. */
static int plain_kind(const struct plain *p, unsigned at)
{
	if (at >= p->segments)
		return p->below ? 3 : 2;
	return *p->segment[at] == '{';
}

static int plain_nearer(const struct plain *a, const struct plain *b)
{
	for (unsigned i = 0; i <= DEEP; i++)
		if (plain_kind(a, i) != plain_kind(b, i))
			return plain_kind(a, i) - plain_kind(b, i);
	return 0;
}

static bool plain_same(const struct plain *a, const struct plain *b)
{
	for (unsigned i = 0; i <= DEEP; i++) {
		if (plain_kind(a, i) != plain_kind(b, i))
			return false;
		if (plain_kind(a, i) == 0 && strcmp(a->segment[i], b->segment[i]) != 0)
			return false;
	}
	return true;
}

static struct rd_route *plain_add(struct rd_router *r, struct plain *list, unsigned i)
{
	bool conflict = false;

	for (unsigned j = 0; j < i; j++)
		conflict = conflict || (list[j].route && plain_same(&list[j], &list[i]) &&
					list[j].methods & list[i].methods);
	list[i].route =
		rd_router_add(r, list[i].methods, list[i].text, list[i].below, &plain, NULL);
	ck_assert_int_eq(!list[i].route, conflict);
	return list[i].route;
}

static void plain_ask(const struct rd_router *r, const struct plain *list, const struct plain *path)
{
	const struct plain *best = NULL;
	unsigned method = chance(4);
	struct rd_route *route = rd_router_find(r, method, path->text, strlen(path->text), &rest);
	size_t at = 0;

	for (unsigned i = 0; i < MADE; i++) {
		const struct plain *p = &list[i];
		int order = best ? plain_nearer(p, best) : -1;

		if (!p->route || !plain_fits(p, path))
			continue;
		if (order < 0 || (order == 0 && p->methods & 1u << method))
			best = p;
	}
	ck_assert_msg(!best == !route, "%s: %s", path->text, best ? best->text : "none");
	if (!best)
		return;
	ck_assert_msg(rd_pattern_compare(&route->pattern, &best->route->pattern) == 0,
		      "%s: %s, not %s", path->text, best->text, route->pattern.text);
	ck_assert_int_eq(!(route->methods & 1u << method), !(best->methods & 1u << method));
	for (unsigned i = 0; i < best->segments; i++)
		at += 1 + strlen(path->segment[i]);
	ck_assert_uint_eq(rest, !best->below ? strlen(path->text) : at);
}

START_TEST(by_the_book)
{
	static const char *const words[] = { "{n}", "a", "ab", "b", "abc" };

	for (unsigned round = 0; round < 5000; round++) {
		struct plain list[MADE], path;
		struct rd_router r = { 0 };

		for (unsigned i = 0; i < MADE; i++) {
			plain_make(&list[i], words, 4);
			plain_add(&r, list, i);
		}
		for (unsigned i = 0; i < 20; i++) {
			plain_make(&path, words + 1, 4);
			plain_ask(&r, list, &path);
		}
		rd_router_free(&r);
	}
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
	const char *text;
	unsigned methods; /* 0: wrong */
} lists[] = {
	{ "", RD_METHODS_ANY },
	{ "GET", 1u << METHOD_GET | 1u << METHOD_HEAD },
	{ "HEAD", 1u << METHOD_HEAD },
	{ "PUT,POST", 1u << METHOD_PUT | 1u << METHOD_POST },
	{ " PUT ,\tPOST", 1u << METHOD_PUT | 1u << METHOD_POST },
	{ "OPTIONS, TRACE, OPTIONS", 1u << METHOD_OPTIONS | 1u << METHOD_TRACE },
	{ "get", 0 },
	{ "GET POST", 0 },
	{ "GET,", 0 },
	{ ",GET", 0 },
	{ ",", 0 },
	{ " ", 0 },
	{ "BREW", 0 },
	{ "CONNECT", 0 },
};

START_TEST(method_lists)
{
	unsigned methods = 0;
	bool right = rd_router_methods(lists[_i].text, strlen(lists[_i].text), &methods);

	ck_assert_int_eq(right, lists[_i].methods != 0);
	ck_assert(!right || methods == lists[_i].methods);
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

	tcase_set_timeout(tcase, 60); /* sanitizers take their time */
	tcase_add_loop_test(tcase, longest_prefix, 0, COUNT(finds));
	tcase_add_loop_test(tcase, patterns, 0, COUNT(asks));
	tcase_add_test(tcase, by_the_book);
	tcase_add_loop_test(tcase, method_lists, 0, COUNT(lists));
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
