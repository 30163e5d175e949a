/*
 * test_scribe - what producers put comes to every sink, once and in each one's order, while
 * producers come and go, sinks come and go, and the scribe rests, sleeps and is stopped.
 */
#include "observe/scribe.h"

#include "base/must.h"
#include "base/thread.h"

#include <check.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum { PRODUCERS = 4, RECORDS = 20000 };

struct told {
	unsigned producer, number;
	char text[200]; /* so that the ring is full now and then */
};

static struct rd_scribe scribe;
static struct rd_outbox box[PRODUCERS];

static struct counting {
	struct rd_sink sink;
	unsigned next[PRODUCERS]; /* the least that may come */
	unsigned took, written;	  /* under the scribe's lock; by the scribe alone */
} counting;

static void counting_take(struct rd_sink *sink, const void *record, size_t len)
{
	struct counting *c = (struct counting *)(void *)sink;
	const struct told *told = record;

	MUST(len == sizeof(*told) && told->producer < PRODUCERS);
	MUST(told->number >= c->next[told->producer]);
	MUST(told->text[0] == 'x' && told->text[sizeof(told->text) - 1] == 'y');
	c->next[told->producer] = told->number + 1;
	c->took++;
}

static void counting_write(struct rd_sink *sink)
{
	struct counting *c = (struct counting *)(void *)sink;

	c->written = c->took;
}

static void setup(void)
{
	memset(&counting, 0, sizeof(counting));
	counting.sink = (struct rd_sink){ .take = counting_take, .write = counting_write };
	rd_scribe_init(&scribe);
	for (unsigned i = 0; i < PRODUCERS; i++)
		box[i] = (struct rd_outbox){ .scribe = &scribe };
}

static void teardown(void)
{
	for (unsigned i = 0; i < PRODUCERS; i++) {
		rd_scribe_leave(&scribe, &box[i]);
		rd_outbox_free(&box[i]);
	}
	rd_scribe_fini(&scribe);
}

static bool tell(unsigned producer, unsigned number)
{
	struct told told = { .producer = producer, .number = number, .text = "x" };

	told.text[sizeof(told.text) - 1] = 'y';
	return rd_outbox_put(&box[producer], &told, sizeof(told));
}

static void *producer_main(void *arg)
{
	unsigned me = (unsigned)((struct rd_outbox *)arg - box);

	for (unsigned i = 0; i < RECORDS; i++) {
		tell(me, i);
		if (i % 1000 == 0)
			sched_yield();
	}
	return NULL;
}

static unsigned dropped(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < PRODUCERS; i++)
		sum += box[i].dropped;
	return (unsigned)sum;
}

static void *visitor_main(void *stop)
{
	struct counting other;

	while (!atomic_load((_Atomic bool *)stop)) {
		memset(&other, 0, sizeof(other));
		other.sink = (struct rd_sink){ .take = counting_take, .write = counting_write };
		rd_scribe_add(&scribe, &other.sink);
		sched_yield();
		rd_scribe_remove(&scribe, &other.sink);
	}
	return NULL;
}

START_TEST(nothing_is_lost_and_nothing_doubled)
{
	_Atomic bool stop = false;
	pthread_t producer[PRODUCERS], visitor;

	rd_scribe_add(&scribe, &counting.sink);
	ck_assert_int_eq(rd_scribe_start(&scribe), 0);
	ck_assert_int_eq(rd_thread_start(&visitor, 0, visitor_main, &stop), 0);
	for (unsigned i = 0; i < PRODUCERS; i++)
		ck_assert_int_eq(rd_thread_start(&producer[i], 0, producer_main, &box[i]), 0);
	for (unsigned i = 0; i < PRODUCERS; i++)
		PTH(pthread_join(producer[i], NULL));
	atomic_store(&stop, true);
	PTH(pthread_join(visitor, NULL));
	rd_scribe_stop(&scribe);
	ck_assert_uint_eq(counting.took + dropped(), PRODUCERS * RECORDS);
	ck_assert_uint_eq(counting.written, counting.took);
	rd_scribe_remove(&scribe, &counting.sink);
}
END_TEST

/* It sleeps by now, or is about to: each record wakes it. */
static struct waking {
	struct rd_sink sink;
	sem_t written;
	bool took;
} waking;

static void waking_take(struct rd_sink *sink, const void *record, size_t len)
{
	(void)record, (void)len;
	((struct waking *)(void *)sink)->took = true;
}

static void waking_write(struct rd_sink *sink)
{
	struct waking *w = (struct waking *)(void *)sink;

	if (w->took)
		sem_post(&w->written);
	w->took = false;
}

START_TEST(wakes_for_each)
{
	waking.sink = (struct rd_sink){ .take = waking_take, .write = waking_write };
	sem_init(&waking.written, 0, 0);
	rd_scribe_add(&scribe, &waking.sink);
	ck_assert_int_eq(rd_scribe_start(&scribe), 0);
	ck_assert_int_eq(rd_scribe_start(&scribe), 0); /* as before */
	for (unsigned i = 0; i < 100; i++) {
		ck_assert(tell(i % PRODUCERS, i));
		while (sem_wait(&waking.written) != 0)
			continue;
	}
	rd_scribe_stop(&scribe);
	rd_scribe_remove(&scribe, &waking.sink);
	sem_destroy(&waking.written);
}
END_TEST

START_TEST(takes_what_is_left_and_starts_anew)
{
	rd_scribe_add(&scribe, &counting.sink);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(rd_scribe_start(&scribe), 0);
		ck_assert(tell(0, 2 * i));
		ck_assert(tell(1, 2 * i + 1));
		rd_scribe_stop(&scribe);
		rd_scribe_stop(&scribe); /* it is */
		ck_assert_uint_eq(counting.written, 2 * i + 2);
	}
	rd_scribe_remove(&scribe, &counting.sink);
}
END_TEST

/* One whose `write` waits as long as it may. */
static void stubborn_write(struct rd_sink *sink)
{
	struct counting *c = (struct counting *)(void *)sink;

	while (c->took > 0 && !rd_scribe_late(&scribe))
		sched_yield();
}

START_TEST(a_sink_that_waits_holds_nobody_up)
{
	unsigned put = 0;

	counting.sink.write = stubborn_write;
	rd_scribe_add(&scribe, &counting.sink);
	ck_assert_int_eq(rd_scribe_start(&scribe), 0);
	while (dropped() == 0) /* the producer goes on until its ring is full, and beyond */
		put += tell(0, put);
	rd_scribe_stop(&scribe);
	ck_assert_uint_gt(put, 0);
	ck_assert_uint_le(counting.took, put);
	rd_scribe_remove(&scribe, &counting.sink);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("scribe");
	TCase *t = tcase_create("scribe");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nothing_is_lost_and_nothing_doubled);
	tcase_add_test(t, wakes_for_each);
	tcase_add_test(t, takes_what_is_left_and_starts_anew);
	tcase_add_test(t, a_sink_that_waits_holds_nobody_up);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
