/* test_arena - pieces are apart, aligned and whole until all are freed at once. */
#include "base/arena.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES = 2000 };

static struct rd_arena arena;

static void end(void)
{
	rd_arena_free(&arena);
	ck_assert_ptr_null(arena.block);
}

/* Of lengths below, at and above that of a block; each keeps what was written to it. */
START_TEST(apart)
{
	static unsigned char *piece[PIECES];
	static size_t len[PIECES];
	size_t wrong = 0;

	for (size_t i = 0; i < PIECES; i++) {
		len[i] = i % 100 == 99 ? 5000 + i : i * 37 % 4200;
		piece[i] = rd_arena_take(&arena, len[i]);
		ck_assert_ptr_nonnull(piece[i]);
		ck_assert_uint_eq((uintptr_t)piece[i] % _Alignof(max_align_t), 0);
		memset(piece[i], (int)(i % 251), len[i]);
	}
	for (size_t i = 0; i < PIECES; i++)
		for (size_t at = 0; at < len[i]; at++)
			wrong += piece[i][at] != i % 251;
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

/* A piece that ends where its block does, and one byte more. */
START_TEST(edges)
{
	for (size_t len = 3900; len < 4200; len++) {
		char *first = rd_arena_take(&arena, len), *then = rd_arena_take(&arena, 1);

		ck_assert_ptr_nonnull(first);
		ck_assert_ptr_nonnull(then);
		memset(first, 'a', len);
		*then = 'b';
		ck_assert_int_eq(first[len - 1], 'a');
		rd_arena_free(&arena);
	}
}
END_TEST

/* Small pieces share a block. */
START_TEST(together)
{
	char *first = rd_arena_take(&arena, 10), *then = rd_arena_take(&arena, 10);

	ck_assert_ptr_nonnull(first);
	ck_assert(then > first && then - first < 100);
}
END_TEST

START_TEST(empty)
{
	ck_assert_ptr_nonnull(rd_arena_take(&arena, 0));
	rd_arena_free(&arena);
	rd_arena_free(&arena);
	ck_assert_str_eq(rd_arena_text(&arena, NULL, 0), "");
}
END_TEST

START_TEST(texts)
{
	char bytes[] = { 'a', 'b', 'c' };
	char *text = rd_arena_text(&arena, bytes, 2);

	bytes[0] = 'x';
	ck_assert_str_eq(text, "ab");
	text = rd_arena_text(&arena, "a\0b", 3);
	ck_assert_mem_eq(text, "a\0b", 4);
}
END_TEST

/* More than there can be is refused, and what was taken stays. */
START_TEST(too_long)
{
	char *text = rd_arena_text(&arena, "abc", 3);

	ck_assert_ptr_null(rd_arena_take(&arena, SIZE_MAX));
	ck_assert_ptr_null(rd_arena_take(&arena, SIZE_MAX - 15));
	ck_assert_ptr_null(rd_arena_take(&arena, (size_t)PTRDIFF_MAX));
	ck_assert_str_eq(text, "abc");
	ck_assert_ptr_nonnull(rd_arena_take(&arena, 1));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("arena");
	TCase *tcase = tcase_create("arena");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, NULL, end);
	tcase_add_test(tcase, apart);
	tcase_add_test(tcase, edges);
	tcase_add_test(tcase, together);
	tcase_add_test(tcase, empty);
	tcase_add_test(tcase, texts);
	tcase_add_test(tcase, too_long);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
