/*
 * test_outbox - records come out as they went in, in their order, over the end of the ring and
 * around it; what does not fit is dropped whole, and counted.
 */
#include "observe/outbox.h"

#include "observe/scribe.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct rd_scribe scribe;
static struct rd_outbox box;
static char bytes[RD_OUTBOX_MOST];

static void setup(void)
{
	rd_scribe_init(&scribe);
	box = (struct rd_outbox){ .scribe = &scribe };
}

static void teardown(void)
{
	rd_scribe_leave(&scribe, &box);
	rd_outbox_free(&box);
	rd_scribe_fini(&scribe);
}

/* A record of that length, all of one byte. */
static bool put(size_t len, char byte)
{
	memset(bytes, byte, len);
	return rd_outbox_put(&box, bytes, len);
}

static void check_first(size_t len, char byte)
{
	size_t found = 0;
	const char *record = rd_outbox_first(&box, &found);

	ck_assert_ptr_nonnull(record);
	ck_assert_uint_eq(found, len);
	ck_assert_uint_eq((uintptr_t)record % 8, 0);
	memset(bytes, byte, len);
	ck_assert_mem_eq(record, bytes, len);
	rd_outbox_drop(&box);
}

START_TEST(is_wanted_by_sinks)
{
	static struct rd_outbox nobodys;
	struct rd_sink sink = { 0 };

	ck_assert(!rd_outbox_wanted(&nobodys));
	ck_assert(!rd_outbox_wanted(&box));
	rd_scribe_add(&scribe, &sink);
	ck_assert(rd_outbox_wanted(&box));
	rd_scribe_remove(&scribe, &sink);
	ck_assert(!rd_outbox_wanted(&box));
}
END_TEST

START_TEST(comes_out_as_it_went_in)
{
	size_t len;

	ck_assert_ptr_null(rd_outbox_first(&box, &len));
	ck_assert(put(1, 'a'));
	ck_assert(put(8, 'b'));
	ck_assert(put(RD_OUTBOX_MOST, 'c'));
	check_first(1, 'a');
	check_first(8, 'b');
	check_first(RD_OUTBOX_MOST, 'c');
	ck_assert_ptr_null(rd_outbox_first(&box, &len));
}
END_TEST

/* At each of the places where a record can meet the end of the ring. */
START_TEST(goes_around)
{
	static const size_t lens[] = {
		1, 7, 8, 9, 100, 4096, 5000, RD_OUTBOX_SIZE / 4, RD_OUTBOX_MOST
	};
	size_t len, n = sizeof(lens) / sizeof(*lens);

	for (unsigned i = 0; i < 5000; i++) {
		bool two;

		ck_assert(put(lens[i % n], (char)i));
		two = put(lens[i / n % n], (char)(i + 1));
		ck_assert(two || lens[i % n] + lens[i / n % n] > RD_OUTBOX_SIZE / 4);
		check_first(lens[i % n], (char)i);
		if (two)
			check_first(lens[i / n % n], (char)(i + 1));
	}
	ck_assert_ptr_null(rd_outbox_first(&box, &len));
}
END_TEST

START_TEST(is_bounded)
{
	unsigned in = 0;
	size_t len;

	while (put(1000, (char)in))
		in++;
	ck_assert_uint_eq(in, RD_OUTBOX_SIZE / 1008);
	ck_assert(!put(1000, 'x'));
	ck_assert_uint_eq(box.dropped, 2);
	check_first(1000, 0);
	ck_assert(put(1000, 'y'));
	ck_assert(!put(1000, 'z'));
	for (unsigned i = 1; i < in; i++)
		check_first(1000, (char)i);
	check_first(1000, 'y');
	ck_assert_ptr_null(rd_outbox_first(&box, &len));
	ck_assert_uint_eq(box.dropped, 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("outbox");
	TCase *t = tcase_create("outbox");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, is_wanted_by_sinks);
	tcase_add_test(t, comes_out_as_it_went_in);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, goes_around);
	tcase_add_test(t, is_bounded);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
