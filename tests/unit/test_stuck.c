/*
 * test_stuck - who has a connection when its handler is late: the claim, step by step; then many
 * handlers that return at the very moment in which main takes their connections away.
 */
#include "flow/stuck.h"

#include "base/clock.h"
#include "base/must.h"

#include <check.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AT_ONCE = 8, ROUNDS = 5000 };

static struct rd_conn *const conn = (struct rd_conn *)8; /* never looked into */

START_TEST(is_never_late_without_limit)
{
	struct rd_claim c = { 0 };

	rd_claim_begin(&c, conn, NULL, 0);
	ck_assert(!rd_claim_late(&c, UINT64_MAX - 1));
	ck_assert(!rd_claim_take(&c, UINT64_MAX - 1));
	ck_assert(rd_claim_hold(&c));
	rd_claim_release(&c);
	ck_assert(rd_claim_end(&c));
}
END_TEST

START_TEST(is_taken_once_when_late)
{
	struct rd_claim c = { 0 };

	rd_claim_begin(&c, conn, &c, 100);
	ck_assert(!rd_claim_take(&c, 99));
	ck_assert(!rd_claim_taken(&c));
	ck_assert(rd_claim_late(&c, 100));
	ck_assert(rd_claim_take(&c, 100));
	ck_assert_ptr_eq(c.conn, conn);
	ck_assert_ptr_eq(c.turn, &c);
	ck_assert(rd_claim_taken(&c));
	ck_assert(!rd_claim_take(&c, 200));
	ck_assert(!rd_claim_hold(&c));
	ck_assert(!rd_claim_hold(&c));
	ck_assert(!rd_claim_end(&c));
	rd_claim_begin(&c, conn, NULL, 0);
	ck_assert(!rd_claim_taken(&c));
	ck_assert(rd_claim_hold(&c));
}
END_TEST

START_TEST(is_not_taken_while_held)
{
	struct rd_claim c = { 0 };

	rd_claim_begin(&c, conn, NULL, 100);
	ck_assert(rd_claim_hold(&c));
	ck_assert(rd_claim_hold(&c)); /* one use in another */
	rd_claim_release(&c);
	ck_assert(!rd_claim_take(&c, 100));
	rd_claim_release(&c);
	ck_assert(rd_claim_take(&c, 100));
}
END_TEST

START_TEST(is_not_taken_after_its_end)
{
	struct rd_claim c = { 0 };

	rd_claim_begin(&c, conn, NULL, 100);
	ck_assert(rd_claim_end(&c));
	ck_assert(rd_claim_hold(&c));
	rd_claim_release(&c);
	ck_assert(!rd_claim_take(&c, 100));
}
END_TEST

/* What a handler may still use when its connection is gone: it is on its worker's stack. */
struct turn {
	unsigned long used;
};

static struct rd_slots slots;
static struct rd_queue queue;
static struct rd_pool pool;

static void reply(struct rd_conn *c, char by)
{
	struct iovec iov = { &by, 1 };
	size_t n;

	MUST(rd_transport_send(&c->transport, &iov, 1, false, &n) == IO_OK);
}

/* A handler that is late at once, and uses its connection as long as it may. */
static void handle(struct rd_worker *w, struct rd_conn *c, struct turn *turn, unsigned uses)
{
	while (uses-- > 0 && rd_claim_hold(&w->claim)) {
		c->exchanges++;
		turn->used++;
		rd_claim_release(&w->claim);
		if (uses % 2)
			sched_yield();
	}
	turn->used++; /* nobody else's, though main may look at it when it takes the connection */
}

static enum rd_verdict late_advance(struct rd_conn *c, struct rd_worker *w)
{
	unsigned round = (unsigned)c->accepted_us; /* from the begin on, c is not only ours */
	struct turn turn = { 0 };

	if (round % 2)
		rd_worker_block(w);
	rd_stuck_begin(w, c, &turn, rd_clock_us());
	handle(w, c, &turn, round % 7);
	if (!rd_stuck_end(w)) {
		if (w->blocked)
			rd_worker_unblock(w);
		return RD_TAKEN;
	}
	if (w->blocked)
		rd_worker_unblock(w);
	reply(c, 'w');
	c->reason = CLOSE_ANSWERED;
	return RD_CLOSE;
}

static enum rd_verdict late_take(struct rd_conn *c, void *turn)
{
	MUST(turn);
	reply(c, 'm');
	c->reason = CLOSE_LATE;
	return RD_CLOSE;
}

static void late_release(struct rd_conn *c)
{
	c->session = NULL;
}

static const struct rd_protocol late = {
	.name = "late",
	.advance = late_advance,
	.take = late_take,
	.release = late_release,
};

/* The client's end. */
static int ask(unsigned round)
{
	struct rd_entry entry = { 0 };
	int pair[2];

	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
	entry.conn = rd_conn_open(&slots, pair[0], &late, NULL, 0, round);
	rd_conn_pass(entry.conn, OWN_MAIN, OWN_QUEUE);
	MUST(rd_queue_push(&queue, &entry, 1) == 1);
	return pair[1];
}

/* One byte, then the end: it was answered once. */
static bool answered(int client, unsigned *by_main, unsigned *by_worker)
{
	char got[2];
	ssize_t n = recv(client, got, sizeof(got), 0);

	if (n < 0)
		return false;
	ck_assert_int_eq(n, 1);
	while ((n = recv(client, &got[1], 1, 0)) < 0)
		sched_yield();
	ck_assert_int_eq(n, 0);
	*(got[0] == 'm' ? by_main : by_worker) += 1;
	close(client);
	return true;
}

START_TEST(one_of_two_has_it)
{
	struct rd_pool_config config = {
		.min = 1, .max = 3, .stack = 256 * 1024, .idle_us = 1, .stuck_max = 3
	};
	struct rd_queue_config waits = { .bound = 64, .more = 6 * RD_BATCH, .concurrency = 2 };
	unsigned by_main = 0, by_worker = 0, round = 0, done = 0;
	int client[AT_ONCE];

	ck_assert_int_eq(rd_slots_init(&slots, 256, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), 0);
	ck_assert(rd_queue_init(&queue, &waits));
	ck_assert_int_eq(rd_pool_start(&pool, &queue, &config), 0);
	for (size_t i = 0; i < AT_ONCE; i++)
		client[i] = ask(round++);
	for (size_t i = 0; done < ROUNDS; i = (i + 1) % AT_ONCE) {
		if (answered(client[i], &by_main, &by_worker)) {
			client[i] = ask(round++);
			done++;
		}
		rd_pool_tend(&pool);
	}
	for (size_t i = 0; i < AT_ONCE; i++)
		while (!answered(client[i], &by_main, &by_worker))
			rd_pool_tend(&pool);
	while (atomic_load(&pool.stuck) > 0)
		rd_pool_tend(&pool);
	ck_assert_uint_gt(by_main, 0);
	ck_assert_uint_gt(by_worker, 0);
	ck_assert_uint_eq(rd_pool_stop(&pool, (uint64_t[COUNTER_COUNT]){ 0 }), 0);
	rd_pool_free(&pool);
	rd_queue_fini(&queue);
	rd_slots_fini(&slots);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stuck");
	TCase *tcase = tcase_create("stuck");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 300); /* a busy machine takes its time */
	tcase_add_test(tcase, is_never_late_without_limit);
	tcase_add_test(tcase, is_taken_once_when_late);
	tcase_add_test(tcase, is_not_taken_while_held);
	tcase_add_test(tcase, is_not_taken_after_its_end);
	tcase_add_test(tcase, one_of_two_has_it);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
