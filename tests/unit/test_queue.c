/*
 * test_queue - order, bound, batches and what is taken back of them, who sleeps and who is woken,
 * the close. test_queue_threads has what many at once do to it.
 *
 * A queue never touches a connection, so these are only addresses. The test's own thread plays a
 * worker where it says rd_queue_join.
 */
#include "flow/queue.h"

#include "base/must.h"
#include "flow/conn.h"

#include <check.h>
#include <sched.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { ENTRIES = 80, LONG_AGO = 1 };

static struct rd_conn conns[ENTRIES];
static struct rd_queue q;
static struct rd_batch mine;

static void queue_of(unsigned bound, unsigned concurrency)
{
	struct rd_queue_config config = { bound, 8 * RD_BATCH, concurrency, { 0 } };

	ck_assert(rd_queue_init(&q, &config));
	mine = (struct rd_batch){ 0 };
}

/* Pushes conns[from..to), in one batch; how many were taken. */
static size_t push(size_t from, size_t to)
{
	struct rd_entry batch[64];
	size_t n = 0, taken;

	for (size_t i = from; i < to; i++)
		batch[n++] = (struct rd_entry){ .conn = &conns[i], .ready_us = i };
	taken = rd_queue_push(&q, batch, n);
	for (size_t i = 0; i < n; i++)
		ck_assert_ptr_eq(batch[i].conn, i < taken ? NULL : &conns[from + i]);
	return taken;
}

/* Begins what is next of my batch: it is conns[i]. */
static void claims(size_t i)
{
	struct rd_entry entry;

	ck_assert(rd_batch_claim(&mine, &entry));
	ck_assert_ptr_eq(entry.conn, &conns[i]);
	ck_assert_uint_eq(entry.ready_us, i);
}

static void claims_no_more(void)
{
	struct rd_entry entry;

	ck_assert(!rd_batch_claim(&mine, &entry));
}

static void pops(size_t from, size_t to)
{
	ck_assert_uint_eq(rd_queue_pop(&q, &mine, 0), to - from);
	for (size_t i = from; i < to; i++)
		claims(i);
	claims_no_more();
}

/* How many there are, without the look that wakes some. */
static struct rd_regulate counts(void)
{
	struct rd_regulate r;

	rd_lock_take(&q.lock);
	r = q.regulate;
	rd_lock_drop(&q.lock);
	return r;
}

static void leave_and_end(void)
{
	rd_queue_leave(&q);
	rd_queue_fini(&q);
}

/* What is left is popped, and the pop that finds nothing leaves. */
static void close_and_end(void)
{
	struct rd_entry entry;

	rd_queue_close(&q);
	while (rd_queue_pop(&q, &mine, 0) > 0)
		while (rd_batch_claim(&mine, &entry))
			continue;
	rd_queue_fini(&q);
}

START_TEST(order)
{
	queue_of(7, 1);
	rd_queue_join(&q);
	for (size_t i = 0; i + 7 <= 70; i += 7) { /* the ring goes round */
		ck_assert_uint_eq(push(i, i + 1), 1);
		ck_assert_uint_eq(push(i + 1, i + 4), 3);
		pops(i, i + 4);
		ck_assert_uint_eq(push(i + 4, i + 7), 3);
		pops(i + 4, i + 7);
	}
	leave_and_end();
}
END_TEST

START_TEST(full)
{
	queue_of(4, 1);
	rd_queue_join(&q);
	ck_assert_uint_eq(push(0, 6), 4);
	ck_assert_uint_eq(push(4, 6), 0);
	pops(0, 4);
	ck_assert_uint_eq(push(4, 6), 2);
	pops(4, 6);
	leave_and_end();
}
END_TEST

/* What is to be kept is taken though the queue is full; the others not, wherever they stand. */
START_TEST(keep)
{
	struct rd_entry batch[4];

	queue_of(2, 1);
	rd_queue_join(&q);
	ck_assert_uint_eq(push(0, 1), 1);
	for (size_t i = 0; i < COUNT(batch); i++)
		batch[i] = (struct rd_entry){ .conn = &conns[i + 1],
					      .ready_us = i + 1,
					      .purpose = i == 2 ? RD_GOES_ON : RD_BEGINS };
	ck_assert_uint_eq(rd_queue_push(&q, batch, COUNT(batch)), 2);
	ck_assert_ptr_null(batch[0].conn);
	ck_assert_ptr_eq(batch[1].conn, &conns[2]);
	ck_assert_ptr_null(batch[2].conn);
	ck_assert_ptr_eq(batch[3].conn, &conns[4]);
	ck_assert_uint_eq(rd_queue_pop(&q, &mine, 0), 3);
	claims(0);
	claims(3); /* what is begun and what is not have their turns by alternation */
	claims(1);
	claims_no_more();
	rd_queue_close(&q);
	ck_assert_uint_eq(rd_queue_push(&q, &batch[3], 1), 0);
	ck_assert_uint_eq(rd_queue_pop(&q, &mine, 0), 0);
	rd_queue_fini(&q);
}
END_TEST

static const struct {
	unsigned concurrency, waiting, taken;
} shares[] = {
	{ 1, 1, 1 }, { 1, 15, 15 }, { 1, 16, 16 }, { 1, 17, 16 }, { 2, 1, 1 },
	{ 2, 3, 2 }, { 4, 16, 4 },  { 4, 17, 5 },  { 8, 7, 1 },	  { 2, 64, 16 },
};

START_TEST(batch_is_a_share)
{
	queue_of(64, shares[_i].concurrency);
	rd_queue_join(&q);
	push(0, shares[_i].waiting);
	pops(0, shares[_i].taken);
	close_and_end();
}
END_TEST

START_TEST(returned_in_front)
{
	queue_of(4, 1);
	rd_queue_join(&q);
	push(0, 4);
	ck_assert_uint_eq(rd_queue_pop(&q, &mine, 0), 4);
	claims(0);
	ck_assert_uint_eq(push(4, 8), 4);
	ck_assert_uint_eq(rd_queue_return(&q, &mine, mine.claim), 3); /* though it is full */
	claims_no_more();
	ck_assert_uint_eq(rd_queue_return(&q, &mine, mine.claim), 0);
	ck_assert_uint_eq(push(8, 9), 0);
	pops(1, 8);
	leave_and_end();
}
END_TEST

/* Main saw a claim; when it comes to take the rest back, the worker has gone on. */
START_TEST(return_comes_late)
{
	uint64_t seen;

	queue_of(8, 1);
	rd_queue_join(&q);
	push(0, 3);
	ck_assert_uint_eq(rd_queue_pop(&q, &mine, 0), 3);
	seen = mine.claim;
	claims(0);
	ck_assert_uint_eq(rd_queue_return(&q, &mine, seen), 0); /* in the same batch */
	claims(1);
	claims(2);
	push(3, 6);
	ck_assert_uint_eq(rd_queue_pop(&q, &mine, 0), 3);
	ck_assert_uint_eq(rd_queue_return(&q, &mine, seen), 0); /* in the next, just as long */
	claims(3);
	claims(4);
	claims(5);
	leave_and_end();
}
END_TEST

/* What waits stays, whatever the new bound is. */
START_TEST(other_bound)
{
	struct rd_queue_config config = { .bound = 1 };

	queue_of(2, 1);
	rd_queue_join(&q);
	ck_assert_uint_eq(push(0, 3), 2);
	rd_queue_set(&q, &config);
	ck_assert_uint_eq(push(2, 3), 0);
	pops(0, 2);
	ck_assert_uint_eq(push(2, 4), 1);
	config.bound = 3;
	rd_queue_set(&q, &config);
	ck_assert_uint_eq(push(3, 5), 2);
	pops(2, 5);
	leave_and_end();
}
END_TEST

/* Others wait as long as any is in the queue, or in the batch. */
START_TEST(others)
{
	struct rd_entry entry;

	queue_of(16, 1);
	rd_queue_join(&q);
	ck_assert(!rd_queue_others(&q, &mine));
	ck_assert_uint_eq(push(0, 2), 2);
	ck_assert(rd_queue_others(&q, &mine));
	ck_assert_uint_eq(rd_queue_pop(&q, &mine, 0), 2);
	claims(0);
	ck_assert(rd_queue_others(&q, &mine));
	ck_assert_uint_eq(rd_queue_return(&q, &mine, mine.claim), 1);
	ck_assert(rd_queue_others(&q, &mine));
	pops(1, 2);
	ck_assert(!rd_queue_others(&q, &mine));
	ck_assert_uint_eq(push(2, 3), 1);
	ck_assert_uint_eq(rd_queue_expire(&q, &entry, 1, 1000), 0);
	ck_assert(rd_queue_others(&q, &mine));
	pops(2, 3);
	leave_and_end();
}
END_TEST

START_TEST(closed)
{
	queue_of(8, 1);
	rd_queue_join(&q);
	push(0, 3);
	rd_queue_close(&q);
	ck_assert_uint_eq(push(3, 5), 0);
	pops(0, 3);
	ck_assert_uint_eq(rd_queue_pop(&q, &mine, 0), 0);
	rd_queue_fini(&q);
}
END_TEST

START_TEST(leaves_in_time)
{
	queue_of(8, 1);
	rd_queue_join(&q);
	ck_assert_uint_eq(rd_queue_pop(&q, &mine, LONG_AGO), 0);
	ck_assert_uint_eq(counts().running, 0);
	rd_queue_join(&q);
	push(0, 1);
	ck_assert_uint_eq(rd_queue_pop(&q, &mine, LONG_AGO), 1); /* work goes before leaving */
	leave_and_end();
}
END_TEST

/* One runs more than may: it takes nothing, though there is something. */
START_TEST(one_too_many)
{
	queue_of(8, 1);
	rd_queue_join(&q);
	rd_queue_join(&q);
	push(0, 1);
	ck_assert_uint_eq(rd_queue_pop(&q, &mine, LONG_AGO), 0);
	ck_assert_uint_eq(counts().running, 1);
	pops(0, 1);
	leave_and_end();
}
END_TEST

/* A worker in its first sleep: pops once, begins all of it, leaves. */
struct sleeper {
	pthread_t thread;
	struct rd_batch batch;
	size_t got;
};

static void *sleeper_main(void *arg)
{
	struct sleeper *s = arg;
	struct rd_entry entry;

	s->got = rd_queue_pop(&q, &s->batch, 0);
	while (rd_batch_claim(&s->batch, &entry))
		continue;
	if (s->got > 0)
		rd_queue_leave(&q);
	return NULL;
}

static void sleepers_start(struct sleeper *s, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		s[i] = (struct sleeper){ 0 };
		rd_queue_join(&q);
		PTH(pthread_create(&s[i].thread, NULL, sleeper_main, &s[i]));
	}
	while (counts().asleep < n)
		sched_yield();
}

/* What all of them popped together. */
static size_t sleepers_end(struct sleeper *s, unsigned n)
{
	size_t got = 0;

	rd_queue_close(&q);
	for (unsigned i = 0; i < n; i++) {
		PTH(pthread_join(s[i].thread, NULL));
		got += s[i].got;
	}
	return got;
}

START_TEST(close_ends_all)
{
	struct sleeper s[4];

	queue_of(8, 2);
	sleepers_start(s, 4);
	ck_assert_uint_eq(sleepers_end(s, 4), 0);
	ck_assert_uint_eq(counts().running + counts().asleep, 0);
	rd_queue_fini(&q);
}
END_TEST

START_TEST(push_wakes_one)
{
	struct sleeper s[3];

	queue_of(8, 2);
	sleepers_start(s, 3);
	push(0, 1);
	ck_assert_uint_eq(counts().asleep, 2);
	push(1, 2);
	ck_assert_uint_eq(counts().asleep, 1);
	ck_assert_uint_eq(sleepers_end(s, 3), 2);
	rd_queue_fini(&q);
}
END_TEST

START_TEST(push_wakes_none_when_enough_run)
{
	struct sleeper s[1];

	queue_of(8, 1);
	sleepers_start(s, 1);
	rd_queue_join(&q);
	push(0, 1);
	ck_assert_uint_eq(counts().asleep, 1);
	pops(0, 1);
	rd_queue_leave(&q);
	ck_assert_uint_eq(sleepers_end(s, 1), 0);
	rd_queue_fini(&q);
}
END_TEST

START_TEST(block_lets_another_run)
{
	struct sleeper s[1];

	queue_of(8, 1);
	sleepers_start(s, 1);
	rd_queue_join(&q);
	push(0, 1);
	rd_queue_block(&q);
	ck_assert_uint_eq(counts().asleep, 0);
	rd_queue_unblock(&q);
	rd_queue_leave(&q);
	ck_assert_uint_eq(sleepers_end(s, 1), 1);
	rd_queue_fini(&q);
}
END_TEST

/* The one that may run is stuck: a look wakes a sleeper, and asks for threads when none sleeps. */
START_TEST(look_rescues)
{
	struct sleeper s[1];
	struct rd_queue_view v;

	queue_of(8, 1);
	sleepers_start(s, 1);
	rd_queue_join(&q);
	push(0, 1);
	v = rd_queue_look(&q, 0, 0);
	ck_assert_uint_eq(v.asleep, 1); /* it moves */
	v = rd_queue_look(&q, 1, 0);
	ck_assert_uint_eq(v.asleep, 0);
	ck_assert_uint_eq(v.wanted, 0);
	rd_queue_leave(&q);
	ck_assert_uint_eq(sleepers_end(s, 1), 1);
	rd_queue_fini(&q);

	queue_of(8, 1);
	rd_queue_join(&q);
	push(0, 3);
	for (unsigned stuck = 1; stuck <= 2; stuck++) {
		v = rd_queue_look(&q, stuck, 0);
		ck_assert_uint_eq(v.wanted, stuck == 1 ? 2 : 3);
		ck_assert_uint_eq(v.waiting, 3);
	}
	pops(0, 1);
	pops(1, 2);
	pops(2, 3);
	leave_and_end();
}
END_TEST

/* What a worker waits for here is not its handler's. */
START_TEST(measured)
{
	struct sleeper s[1];

	queue_of(8, 1);
	sleepers_start(s, 1);
	ck_assert(counts().idled);
	rd_queue_look(&q, 0, 0);
	ck_assert(!counts().idled);
	rd_queue_measure(&q, 8000, 4000, 1);
	ck_assert_uint_eq(counts().used, 25);
	ck_assert(!counts().waits);
	rd_queue_measure(&q, 8000, 4000, 1);
	ck_assert_uint_eq(counts().used, 37);
	ck_assert(counts().waits);
	ck_assert_uint_eq(sleepers_end(s, 1), 0);
	rd_queue_fini(&q);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("queue");
	TCase *tcase = tcase_create("queue");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, order);
	tcase_add_test(tcase, full);
	tcase_add_test(tcase, keep);
	tcase_add_loop_test(tcase, batch_is_a_share, 0, COUNT(shares));
	tcase_add_test(tcase, returned_in_front);
	tcase_add_test(tcase, return_comes_late);
	tcase_add_test(tcase, other_bound);
	tcase_add_test(tcase, others);
	tcase_add_test(tcase, closed);
	tcase_add_test(tcase, leaves_in_time);
	tcase_add_test(tcase, one_too_many);
	tcase_add_test(tcase, close_ends_all);
	tcase_add_test(tcase, push_wakes_one);
	tcase_add_test(tcase, push_wakes_none_when_enough_run);
	tcase_add_test(tcase, block_lets_another_run);
	tcase_add_test(tcase, look_rescues);
	tcase_add_test(tcase, measured);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
