/*
 * test_queue_threads - every entry comes out exactly once: three threads push, four work and now
 * and then block, one looks and takes back what does not move.
 *
 * A queue never touches a connection, so these are only addresses.
 */
#include "flow/queue.h"

#include "base/clock.h"
#include "base/must.h"
#include "flow/conn.h"

#include <check.h>
#include <sched.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { ENTRIES = 20000, PUSHERS = 3, WORKERS = 4 };

static struct rd_conn conns[ENTRIES];
static struct rd_queue q;
static struct worker {
	pthread_t thread;
	struct rd_batch batch;
	uint64_t seen;
} workers[WORKERS];
static _Atomic unsigned times[ENTRIES], served;

static void *pusher_main(void *arg)
{
	size_t i = *(unsigned *)arg, step = ENTRIES / PUSHERS + 1;
	size_t end = (i + 1) * step < ENTRIES ? (i + 1) * step : ENTRIES;

	for (i *= step; i < end;) {
		struct rd_entry batch[8];
		size_t n = 0, taken;

		while (n < COUNT(batch) && i + n < end) {
			batch[n] = (struct rd_entry){ .conn = &conns[i + n] };
			n++;
		}
		taken = rd_queue_push(&q, batch, n);
		if (taken == 0)
			sched_yield();
		i += taken; /* the rest is still ours */
	}
	return NULL;
}

static void worker_serve(struct worker *w, const struct rd_entry *entry)
{
	size_t i = (size_t)(entry->conn - conns);

	if (i % 64 == 0) {
		rd_queue_return(&q, &w->batch, w->batch.claim);
		rd_queue_block(&q);
		sched_yield();
		rd_queue_unblock(&q);
	}
	times[i]++;
	served++;
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct rd_entry entry;
	unsigned left = 0;

	while (left < 100) { /* it leaves so often, then stays */
		while (rd_queue_pop(&q, &w->batch, rd_clock_us() + 100) > 0)
			while (rd_batch_claim(&w->batch, &entry))
				worker_serve(w, &entry);
		rd_queue_join(&q);
		left++;
	}
	while (rd_queue_pop(&q, &w->batch, 0) > 0)
		while (rd_batch_claim(&w->batch, &entry))
			worker_serve(w, &entry);
	return NULL;
}

static void look(void)
{
	for (int i = 0; i < WORKERS; i++) {
		uint64_t claim = workers[i].batch.claim;

		if (claim == workers[i].seen)
			rd_queue_return(&q, &workers[i].batch, claim);
		workers[i].seen = claim;
	}
	rd_queue_measure(&q, 1000, 1000, 9);
	rd_queue_look(&q, 1, 0);
	sched_yield();
}

START_TEST(among_threads)
{
	pthread_t pusher[PUSHERS];
	unsigned number[PUSHERS];
	struct rd_queue_config config = { 64, 8 * RD_BATCH, 2, { 0 } };

	ck_assert(rd_queue_init(&q, &config));
	for (int i = 0; i < WORKERS; i++) {
		rd_queue_join(&q);
		PTH(pthread_create(&workers[i].thread, NULL, worker_main, &workers[i]));
	}
	for (unsigned i = 0; i < PUSHERS; i++) {
		number[i] = i;
		PTH(pthread_create(&pusher[i], NULL, pusher_main, &number[i]));
	}
	while (served < ENTRIES)
		look();
	for (int i = 0; i < PUSHERS; i++)
		PTH(pthread_join(pusher[i], NULL));
	rd_queue_close(&q);
	for (int i = 0; i < WORKERS; i++)
		PTH(pthread_join(workers[i].thread, NULL));
	for (int i = 0; i < ENTRIES; i++)
		ck_assert_uint_eq(times[i], 1);
	rd_queue_fini(&q);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("queue_threads");
	TCase *tcase = tcase_create("queue_threads");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, among_threads);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
