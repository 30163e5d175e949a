/*
 * test_cache - what is kept and for how long, that a reference outlives the cache's, and many
 * threads at it.
 */
#include "handlers/cache.h"

#include "base/must.h"

#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 1000, MEGABYTE = 1024 * 1024 };

static struct rd_cache *cache;

static struct rd_file *file_at(const char *path, size_t bytes)
{
	struct rd_file *f = rd_file_new(path, strlen(path));

	MUST(f);
	f->plain.bytes = malloc(1); /* only its size is looked at */
	f->plain.size = bytes;
	return f;
}

static _Thread_local unsigned seen; /* of the last look */

static struct rd_file *found(const char *path)
{
	return rd_cache_find(cache, path, strlen(path), &seen);
}

static bool kept(const char *path)
{
	struct rd_file *f = found(path);

	if (f) {
		ck_assert_uint_eq(f->path_len, strlen(path));
		ck_assert_mem_eq(f->path, path, f->path_len);
		rd_file_drop(f);
	}
	return f;
}

/* Keeps a new file for that path, and has no reference of its own to it. */
static void keep_if(const char *path, size_t bytes, unsigned since)
{
	struct rd_file *f = file_at(path, bytes);

	rd_cache_keep(cache, f, since);
	rd_file_drop(f);
}

static void keep(const char *path, size_t bytes)
{
	kept(path);
	keep_if(path, bytes, seen);
}

static const char *number(int i)
{
	static char path[32];

	snprintf(path, sizeof(path), "/file/%d", i);
	return path;
}

static int kept_of(int n)
{
	int count = 0;

	for (int i = 0; i < n; i++)
		count += kept(number(i));
	return count;
}

static void forget(const char *path)
{
	rd_cache_forget(cache, path, strlen(path));
}

static void begin(size_t descriptors)
{
	cache = rd_cache_new(descriptors);
	ck_assert_ptr_nonnull(cache);
}

START_TEST(finds)
{
	begin(10000);
	ck_assert(!kept("/a"));
	for (int i = 0; i < MANY; i++)
		keep(number(i), 10);
	ck_assert_int_eq(kept_of(MANY), MANY);
	for (int i = MANY; i-- > 0;) /* each in the place of the one before */
		keep(number(i), 10);
	ck_assert_int_eq(kept_of(MANY), MANY);
	ck_assert(!kept("/file/"));
	ck_assert(!kept("/file/1000"));
	ck_assert_ptr_null(rd_cache_find(cache, "/file/10", 6, &seen));
	for (int i = 0; i < MANY; i += 2)
		forget(number(i));
	forget("/other");
	ck_assert_int_eq(kept_of(MANY), MANY / 2);
	ck_assert(kept(number(1)) && !kept(number(2)));
	rd_cache_free(cache);
}
END_TEST

START_TEST(replaces)
{
	struct rd_file *first = file_at("/a", 1), *second = file_at("/a", 2), *f;

	begin(100);
	rd_cache_keep(cache, first, seen);
	rd_cache_keep(cache, second, seen);
	ck_assert_uint_eq(first->refs, 1); /* ours: still good to be sent */
	ck_assert_uint_eq(second->refs, 2);
	f = found("/a");
	ck_assert_ptr_eq(f, second);
	ck_assert_uint_eq(second->refs, 3);
	rd_file_drop(f);
	forget("/a");
	ck_assert(!kept("/a"));
	ck_assert_uint_eq(second->refs, 1);
	ck_assert_str_eq(second->path, "/a");
	rd_file_drop(first);
	rd_file_drop(second);
	rd_cache_free(cache);
}
END_TEST

/* What was opened before it was to be forgotten is not kept after. */
START_TEST(forgets_what_comes_late)
{
	struct rd_file *f;
	unsigned before;

	begin(100);
	ck_assert(!kept("/a"));
	before = seen;
	forget("/a");
	keep_if("/a", 1, before);
	ck_assert(!kept("/a"));
	keep_if("/a", 2, seen);
	ck_assert(kept("/a"));
	keep_if("/a", 1, before); /* nor in the place of what was opened later */
	f = found("/a");
	ck_assert_uint_eq(f->plain.size, 2);
	rd_file_drop(f);
	rd_cache_free(cache);
}
END_TEST

/* The descriptor is closed with the last reference, wherever that is. */
START_TEST(outlives_the_cache)
{
	struct rd_file *f = file_at("/a", 1);
	int fd = open("/dev/null", O_RDONLY);

	begin(100);
	ck_assert_int_eq(f->plain.fd, -1);
	f->plain.fd = fd;
	rd_cache_keep(cache, f, seen);
	rd_cache_free(cache);
	ck_assert_int_ge(fcntl(fd, F_GETFD), 0);
	rd_file_drop(f);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}
END_TEST

/* However few it may keep, it keeps the last; what is asked for in between outlasts the rest. */
START_TEST(least_asked_for_goes)
{
	begin(64);
	keep("/favourite", 1);
	for (int i = 0; i < MANY; i++) {
		keep(number(i), 1);
		ck_assert(kept(number(i)));
		ck_assert(kept("/favourite"));
	}
	ck_assert_int_ge(kept_of(MANY), 48);
	ck_assert_int_le(kept_of(MANY), 64 + 16); /* in each of its parts one more */
	rd_cache_free(cache);
}
END_TEST

START_TEST(bytes_are_bounded)
{
	begin(10000);
	for (int i = 0; i < MANY; i++) {
		keep(number(i), MEGABYTE);
		ck_assert(kept(number(i)));
	}
	ck_assert_int_ge(kept_of(MANY), 32);
	ck_assert_int_le(kept_of(MANY), 64);
	keep("/huge", 100 * MEGABYTE); /* alone in its part */
	ck_assert(kept("/huge"));
	rd_cache_free(cache);
}
END_TEST

/* A file that came to hold more counts for more; one that is not kept, for nothing. */
START_TEST(grown)
{
	struct rd_file *f = file_at("/grows", 1);

	begin(10000);
	kept("/grows");
	rd_cache_keep(cache, f, seen);
	forget("/grows");
	rd_cache_grown(cache, f, 100 * MEGABYTE);
	for (int i = 0; i < MANY; i++)
		keep(number(i), 1);
	ck_assert_int_eq(kept_of(MANY), MANY);
	for (int i = 0; i < MANY; i++)
		forget(number(i));

	kept("/grows");
	rd_cache_keep(cache, f, seen);
	rd_cache_grown(cache, f, 100 * MEGABYTE);
	ck_assert(kept("/grows"));
	for (int i = 0; i < MANY; i++)
		keep(number(i), 1);
	ck_assert(!kept("/grows"));
	ck_assert_int_eq(kept_of(MANY), MANY); /* it went alone */
	rd_file_drop(f);
	rd_cache_free(cache);
}
END_TEST

enum { THREADS = 4, PATHS = 40, TIMES = 20000 };

static void *user_main(void *arg)
{
	unsigned random = *(unsigned *)arg;

	for (int i = 0; i < TIMES; i++) {
		char path[32];
		struct rd_file *f;

		random = random * 1103515245u + 12345u;
		snprintf(path, sizeof(path), "/file/%u", (random >> 16) % PATHS);
		if (random >> 28 == 0)
			forget(path);
		f = found(path);
		if (!f) {
			keep_if(path, 100 * 1000, seen);
			continue;
		}
		MUST(strcmp(f->path, path) == 0);
		if (random >> 28 == 1)
			rd_cache_grown(cache, f, 100 * 1000);
		rd_file_drop(f);
	}
	return NULL;
}

START_TEST(among_threads)
{
	pthread_t thread[THREADS];
	unsigned seed[THREADS];

	begin(8);
	for (unsigned i = 0; i < THREADS; i++) {
		seed[i] = i;
		PTH(pthread_create(&thread[i], NULL, user_main, &seed[i]));
	}
	for (int i = 0; i < THREADS; i++)
		PTH(pthread_join(thread[i], NULL));
	ck_assert_int_ge(kept_of(PATHS), 1);
	rd_cache_free(cache);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cache");
	TCase *tcase = tcase_create("cache");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, finds);
	tcase_add_test(tcase, replaces);
	tcase_add_test(tcase, forgets_what_comes_late);
	tcase_add_test(tcase, outlives_the_cache);
	tcase_add_test(tcase, least_asked_for_goes);
	tcase_add_test(tcase, bytes_are_bounded);
	tcase_add_test(tcase, grown);
	tcase_add_test(tcase, among_threads);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
