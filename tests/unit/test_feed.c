/*
 * test_feed - what happens comes to all who trace, in its order; each gets what it asked for; what
 * one did not read in time is counted; and none of it holds anybody up.
 */
#include "observe/feed.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/thread.h"

#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRODUCERS = 3, NOTES = 20000, CONNECTIONS = 5 };

static struct rd_scribe scribe;
static struct rd_feed feed;
static struct rd_outbox box[PRODUCERS];
static const uint64_t SOON = UINT64_MAX / 2;

static void setup(void)
{
	rd_scribe_init(&scribe);
	rd_feed_init(&feed, &scribe);
	rd_feed_begin(&feed);
	for (unsigned i = 0; i < PRODUCERS; i++)
		box[i] = (struct rd_outbox){ .scribe = &scribe };
}

static void teardown(void)
{
	rd_scribe_stop(&scribe);
	for (unsigned i = 0; i < PRODUCERS; i++) {
		rd_scribe_leave(&scribe, &box[i]);
		rd_outbox_free(&box[i]);
	}
	rd_feed_fini(&feed);
	rd_scribe_fini(&scribe);
}

static void note(unsigned producer, enum rd_event_kind kind, uint32_t connection, uint64_t at_us)
{
	struct rd_event e = { .at_us = at_us,
			      .client = connection % 2,
			      .connection = connection,
			      .kind = (uint16_t)kind };

	while (box[producer].put - box[producer].taken > RD_OUTBOX_SIZE / 2)
		sched_yield();
	MUST(rd_outbox_note(&box[producer], &e));
}

/* An exchange that came at at_us and was sent took_us later. */
static void exchange(unsigned producer, uint32_t connection, unsigned series, uint64_t at_us,
		     uint64_t took_us)
{
	struct rd_record r = { .at = { at_us, at_us, at_us, at_us, at_us, at_us + took_us },
			       .client = connection % 2,
			       .connection = connection,
			       .series = (uint16_t)series };

	MUST(rd_outbox_put(&box[producer], &r, sizeof(r)));
}

static struct rd_tracer *join(const struct rd_wish *wish)
{
	struct rd_tracer *t = rd_feed_join(&feed, wish);

	ck_assert_ptr_nonnull(t);
	return t;
}

/* Reads as many; of each the connection and, of events, the kind, of an exchange 'x'. */
static const char *read_story(struct rd_tracer *t, size_t n)
{
	static const char letters[] = { 'a', 's', 'p', 'w', 'c' };
	static char text[512];
	struct rd_buffer batch = { 0 };
	struct rd_parcel *p;
	uint64_t missed;

	text[0] = '\0';
	while (n > 0) {
		ck_assert(rd_feed_take(&feed, t, &batch, &missed, SOON));
		ck_assert_uint_eq(missed, 0);
		for (size_t at = 0; (p = rd_parcel_next(&batch, &at)); n--)
			sprintf(text + strlen(text), " %u%c", p->connection,
				p->event ? letters[rd_parcel_event(p)->kind] : 'x');
	}
	rd_buffer_free(&batch);
	return text + 1;
}

START_TEST(in_order_to_all)
{
	struct rd_tracer *one = join(&(struct rd_wish){ 0 }), *two = join(&(struct rd_wish){ 0 });

	rd_scribe_stop(&scribe); /* so that it finds all at once */
	note(1, EVENT_CLOSED, 1, 5000);
	exchange(1, 2, 0, 1500, 1500);
	note(0, EVENT_ACCEPTED, 1, 1000);
	note(0, EVENT_ACCEPTED, 2, 2000);
	note(2, EVENT_PARKED, 1, 4000);
	ck_assert_int_eq(rd_scribe_start(&scribe), 0);
	ck_assert_str_eq(read_story(one, 5), "1a 2a 2x 1p 1c");
	ck_assert_str_eq(read_story(two, 5), "1a 2a 2x 1p 1c");
	rd_feed_leave(&feed, one);
	note(0, EVENT_WOKEN, 1, 6000);
	ck_assert_str_eq(read_story(two, 1), "1w");
	rd_feed_leave(&feed, two);
	ck_assert(!rd_outbox_noted(&box[0]));
	ck_assert(!rd_outbox_wanted(&box[0]));
}
END_TEST

START_TEST(of_one_client)
{
	struct rd_tracer *t = join(&(struct rd_wish){ .of_client = true, .client = 1 });

	note(0, EVENT_ACCEPTED, 1, 1000);
	note(0, EVENT_ACCEPTED, 2, 2000);
	exchange(0, 2, 0, 3000, 1);
	exchange(0, 3, 0, 4000, 1);
	ck_assert_str_eq(read_story(t, 2), "1a 3x");
	rd_feed_leave(&feed, t);
}
END_TEST

/* An exchange that is wanted comes with its connection's story, each part of it once. */
START_TEST(of_some_exchanges)
{
	struct rd_tracer *slow = join(&(struct rd_wish){ .slower_us = 100 });
	struct rd_tracer *routed = join(&(struct rd_wish){ .of_series = true, .series = 7 });

	note(0, EVENT_ACCEPTED, 1, 1000);
	note(0, EVENT_ACCEPTED, 4097, 1001); /* of the same chain */
	exchange(0, 1, 7, 2000, 99);
	note(0, EVENT_PARKED, 1, 3000);
	exchange(0, 1, 8, 4000, 100);
	note(0, EVENT_PARKED, 1, 5000);
	exchange(0, 1, 8, 6000, 200);
	ck_assert_str_eq(read_story(slow, 6), "1a 1x 1p 1x 1p 1x");
	ck_assert_str_eq(read_story(routed, 2), "1a 1x");
	exchange(0, 4097, 7, 7000, 100);
	ck_assert_str_eq(read_story(slow, 2), "4097a 4097x");
	ck_assert_str_eq(read_story(routed, 2), "4097a 4097x");
	rd_feed_leave(&feed, slow);
	rd_feed_leave(&feed, routed);
}
END_TEST

/* More connections than are remembered: the oldest stories are forgotten, and no more than that. */
START_TEST(stories_are_bounded)
{
	struct rd_tracer *t = join(&(struct rd_wish){ .slower_us = 100 });

	for (uint32_t i = 1; i <= 30000; i++)
		note(0, EVENT_ACCEPTED, i, 1000 + i);
	exchange(0, 30000, 0, 40000, 100);
	exchange(0, 1, 0, 40001, 100);
	ck_assert_str_eq(read_story(t, 3), "30000a 30000x 1x");
	rd_feed_leave(&feed, t);
}
END_TEST

/* Who does not read misses what has no room, is told how much, and gets what comes then. */
START_TEST(counts_what_is_missed)
{
	struct rd_tracer *lazy = join(&(struct rd_wish){ 0 });
	struct rd_tracer *last = join(&(struct rd_wish){ .of_client = true, .client = 1 });
	struct rd_buffer batch = { 0 };
	uint64_t count = 0, missed;
	struct rd_parcel *p;

	for (uint32_t i = 0; i < 40000; i++)
		note(0, EVENT_ACCEPTED, 2, 1000 + i);
	note(0, EVENT_CLOSED, 1, 100000);
	ck_assert_str_eq(read_story(last, 1), "1c"); /* so all is told */
	ck_assert(rd_feed_take(&feed, lazy, &batch, &missed, SOON));
	ck_assert_uint_le(batch.len, RD_TRACER_MOST);
	for (size_t at = 0; (p = rd_parcel_next(&batch, &at)); count++)
		ck_assert_uint_eq(p->at_us, 1000 + count);
	ck_assert_uint_gt(missed, 0);
	ck_assert_uint_eq(count + missed, 40001);
	rd_buffer_free(&batch);
	note(0, EVENT_CLOSED, 2, 200000);
	ck_assert_str_eq(read_story(lazy, 1), "2c");
	rd_feed_leave(&feed, lazy);
	rd_feed_leave(&feed, last);
}
END_TEST

START_TEST(so_many_at_once)
{
	struct rd_tracer *t[RD_TRACERS];

	for (int i = 0; i < RD_TRACERS; i++)
		t[i] = join(&(struct rd_wish){ 0 });
	ck_assert_ptr_null(rd_feed_join(&feed, &(struct rd_wish){ 0 }));
	ck_assert_int_eq(errno, EBUSY);
	rd_feed_leave(&feed, t[3]);
	t[3] = join(&(struct rd_wish){ 0 });
	for (int i = 0; i < RD_TRACERS; i++)
		rd_feed_leave(&feed, t[i]);
}
END_TEST

/* What was put by the scribe's stop is still read, then it is over. */
START_TEST(the_end)
{
	struct rd_tracer *t = join(&(struct rd_wish){ 0 });
	struct rd_buffer batch = { 0 };
	uint64_t missed;

	note(0, EVENT_ACCEPTED, 1, rd_clock_us());
	rd_scribe_stop(&scribe);
	rd_feed_end(&feed);
	ck_assert_str_eq(read_story(t, 1), "1a");
	ck_assert(!rd_feed_take(&feed, t, &batch, &missed, SOON));
	rd_buffer_free(&batch);
	ck_assert_ptr_null(rd_feed_join(&feed, &(struct rd_wish){ 0 }));
	ck_assert_int_eq(errno, ECANCELED);
	rd_feed_leave(&feed, t);
}
END_TEST

static void *producer_main(void *arg)
{
	unsigned me = (unsigned)((struct rd_outbox *)arg - box);

	for (uint32_t i = 0; i < NOTES; i++) {
		if (!rd_outbox_noted(&box[me]))
			continue;
		note(me, EVENT_WOKEN, i % CONNECTIONS + 1, rd_clock_us());
		while (box[me].put - box[me].taken > RD_OUTBOX_SIZE / 2 &&
		       rd_outbox_noted(&box[me]))
			sched_yield();
		exchange(me, i % CONNECTIONS + 1, 0, rd_clock_us(), i % 100);
		if (i % 64 == 0)
			sched_yield();
	}
	return NULL;
}

static _Atomic bool done;

/* Comes and goes, reads some. */
static void *tracer_main(void *arg)
{
	const struct rd_wish *wish = arg;
	struct rd_buffer batch = { 0 };
	uint64_t missed;

	while (!atomic_load(&done)) {
		struct rd_tracer *t = rd_feed_join(&feed, wish);

		MUST(t);
		for (int i = 0;
		     i < 3 && rd_feed_take(&feed, t, &batch, &missed, rd_clock_us() + 1000); i++) {
			struct rd_parcel *p;

			for (size_t at = 0; (p = rd_parcel_next(&batch, &at));)
				MUST(p->connection >= 1 && p->connection <= CONNECTIONS);
		}
		rd_feed_leave(&feed, t);
	}
	rd_buffer_free(&batch);
	return NULL;
}

START_TEST(at_once)
{
	static struct rd_wish wish[] = { { 0 },
					 { .of_client = true, .client = 1 },
					 { .slower_us = 50 } };
	struct rd_tracer *stays = join(&wish[0]);
	pthread_t producer[PRODUCERS], tracer[3];

	atomic_store(&done, false);
	for (int i = 0; i < PRODUCERS; i++)
		ck_assert_int_eq(rd_thread_start(&producer[i], 0, producer_main, &box[i]), 0);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(rd_thread_start(&tracer[i], 0, tracer_main, &wish[i]), 0);
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(producer[i], NULL);
	atomic_store(&done, true);
	for (int i = 0; i < 3; i++)
		pthread_join(tracer[i], NULL);
	rd_feed_leave(&feed, stays);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("feed");
	TCase *c = tcase_create("feed");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 120);
	tcase_add_test(c, in_order_to_all);
	tcase_add_test(c, of_one_client);
	tcase_add_test(c, of_some_exchanges);
	tcase_add_test(c, stories_are_bounded);
	tcase_add_test(c, counts_what_is_missed);
	tcase_add_test(c, so_many_at_once);
	tcase_add_test(c, the_end);
	tcase_add_test(c, at_once);
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
