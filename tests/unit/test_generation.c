/*
 * test_generation - the life of what a configuration makes: who uses an old one goes on with it,
 * who begins has the newest, and after the last it is freed, once, by another thread.
 */
#include "flow/service.h"

#include "base/must.h"

#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum { WORKERS = 6, ROUNDS = 3000, KEPT = 8 };

/* `whole` is false once it is freed; a sanitizer sees more. */
struct thing {
	struct rd_generation generation;
	_Atomic bool whole;
};

static struct rd_generations *all;
static struct rd_service *service;
static _Atomic unsigned freed, seen;
static _Atomic bool stop;
static pthread_t freed_by;

static void thing_free(struct rd_generation *g)
{
	struct thing *thing = (struct thing *)g;

	MUST(atomic_exchange(&thing->whole, false));
	freed_by = pthread_self();
	free(thing);
	atomic_fetch_add(&freed, 1);
}

static struct thing *thing_new(void)
{
	struct thing *thing = calloc(1, sizeof(*thing));

	MUST(thing);
	rd_generation_begin(&thing->generation, all, thing_free);
	thing->whole = true;
	thing->generation.serves[0] = thing;
	return thing;
}

/* Puts a new one; the old one is its users' alone. */
static struct thing *put(void)
{
	struct thing *thing = thing_new();

	rd_generations_put(all, &thing->generation);
	rd_generation_drop(&thing->generation);
	return thing;
}

static void are_freed(unsigned n)
{
	while (atomic_load(&freed) < n)
		usleep(100);
	ck_assert_uint_eq(atomic_load(&freed), n);
}

static void setup(void)
{
	freed = 0;
	stop = false;
	MUST((all = rd_generations_new()));
	MUST((service = rd_service_new(all, 0)));
}

static void teardown(void)
{
	rd_service_drop(service);
	rd_generations_leave(all);
}

START_TEST(newest)
{
	struct rd_hand hand = { 0 };
	struct thing *one = put(), *two;

	ck_assert_uint_eq(one->generation.number, 1);
	ck_assert_ptr_eq(rd_service_generation(service, &hand), &one->generation);
	two = put();
	ck_assert_uint_eq(two->generation.number, 2);
	ck_assert(one->whole); /* in hand */
	ck_assert_uint_eq(rd_generations_living(all), 2);
	ck_assert_ptr_eq(rd_service_generation(service, &hand), &two->generation);
	are_freed(1);
	ck_assert(!pthread_equal(freed_by, pthread_self()));
	rd_hand_leave(&hand);
	ck_assert(two->whole);
}
END_TEST

/* What a worker laid down does not outlive the next one, though it sleeps on. */
START_TEST(taken_from_who_rests)
{
	struct rd_hand hand[2] = { 0 };
	struct thing *two;

	put();
	for (int i = 0; i < 2; i++) {
		rd_service_generation(service, &hand[i]);
		rd_hand_rest(&hand[i]);
		rd_hand_rest(&hand[i]); /* nothing more */
	}
	two = put();
	are_freed(1);
	for (int i = 0; i < 2; i++) {
		ck_assert_ptr_eq(rd_service_generation(service, &hand[i]), &two->generation);
		rd_hand_leave(&hand[i]);
	}
}
END_TEST

/* Nor does what it lays down when there is a newer one already. */
START_TEST(laid_down_late)
{
	struct rd_hand hand = { 0 };

	put();
	rd_service_generation(service, &hand);
	put();
	ck_assert_uint_eq(rd_generations_living(all), 2);
	rd_hand_rest(&hand);
	are_freed(1);
	rd_hand_leave(&hand);
}
END_TEST

/* An exchange that outlives its worker's turn. */
START_TEST(counted)
{
	struct rd_hand hand = { 0 };
	struct rd_generation *mine;
	struct thing *one = put();

	mine = rd_generation_take(rd_service_generation(service, &hand));
	rd_hand_rest(&hand);
	put();
	put();
	are_freed(1);
	ck_assert(one->whole);
	ck_assert_ptr_eq(rd_service_serves(service, mine), one);
	rd_generation_drop(mine);
	are_freed(2);
	rd_hand_leave(&hand);
}
END_TEST

/* A listener that is gone: its connections go on with the last one that had it. */
START_TEST(ended)
{
	struct rd_service *gone = rd_service_new(all, 0);
	struct rd_hand hand = { 0 };
	struct thing *one = put();

	rd_service_take(gone); /* a connection */
	ck_assert_ptr_eq(rd_service_generation(gone, &hand), &one->generation);
	ck_assert(!rd_service_ended(gone));
	rd_service_end(gone);
	put();
	ck_assert(rd_service_ended(gone));
	ck_assert_ptr_eq(rd_service_generation(gone, &hand), &one->generation);
	ck_assert_ptr_eq(rd_service_now(gone), one);
	ck_assert_ptr_ne(rd_service_now(service), one);
	rd_service_drop(gone);
	rd_hand_leave(&hand);
	ck_assert(one->whole);
	rd_service_drop(gone);
	are_freed(1);
}
END_TEST

/* As a detached exchange does. */
START_TEST(outlives_all)
{
	struct thing *one = put();
	struct rd_generation *mine = rd_generation_take(&one->generation);

	teardown();
	ck_assert(one->whole);
	rd_generation_drop(mine);
	are_freed(1);
	setup();
}
END_TEST

static void *work(void *arg)
{
	struct rd_generation *kept[KEPT] = { NULL };
	struct rd_hand hand = { 0 };
	unsigned seed = (unsigned)(size_t)arg, last = 0;

	while (!atomic_load(&stop)) {
		struct rd_generation *g = rd_service_generation(service, &hand);
		const struct thing *thing = rd_service_serves(service, g);

		MUST(thing->whole && g->number >= last);
		last = g->number;
		atomic_store_explicit(&seen, last, memory_order_relaxed);
		switch (rand_r(&seed) % 8) {
		case 0:
		case 1:
			rd_hand_rest(&hand);
			break;
		case 2:
			rd_generation_drop(kept[seed % KEPT]);
			kept[seed % KEPT] = rd_generation_take(g);
			break;
		case 3:
			rd_hand_leave(&hand);
			break;
		case 4:
			sched_yield();
		}
	}
	for (int i = 0; i < KEPT; i++) {
		MUST(!kept[i] || ((struct thing *)kept[i])->whole);
		rd_generation_drop(kept[i]);
	}
	rd_hand_rest(&hand);
	rd_hand_leave(&hand);
	return NULL;
}

/* Many that begin, rest, keep and leave, while new ones are put all the time. */
START_TEST(by_many)
{
	pthread_t thread[WORKERS];

	put();
	for (size_t i = 0; i < WORKERS; i++)
		PTH(pthread_create(&thread[i], NULL, work, (void *)(i + 1)));
	for (int i = 1; i < ROUNDS; i++) {
		unsigned number = put()->generation.number;

		while (i % 16 == 0 && atomic_load(&seen) < number)
			sched_yield();
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < WORKERS; i++)
		PTH(pthread_join(thread[i], NULL));
	are_freed(ROUNDS - 1);
	while (rd_generations_living(all) > 1)
		usleep(100);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("generation");
	TCase *tcase = tcase_create("generation");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 300);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, newest);
	tcase_add_test(tcase, taken_from_who_rests);
	tcase_add_test(tcase, laid_down_late);
	tcase_add_test(tcase, counted);
	tcase_add_test(tcase, ended);
	tcase_add_test(tcase, outlives_all);
	tcase_add_test(tcase, by_many);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
