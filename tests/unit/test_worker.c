/*
 * test_worker - what a worker does with its connections: each is answered, has its turn behind the
 * others, is taken up again, closes or lingers.
 */
#include "pooled.h"

START_TEST(answers)
{
	begin(1, 1);
	ask("xyz");
	reads(0, "x");
	reads(1, "y");
	reads(2, "z");
	end(3);
	ck_assert_uint_eq(sums[COUNT_CLOSED], 0);
}
END_TEST

START_TEST(turns)
{
	begin(1, 1);
	ask("mx");
	reads(0, "M");
	reads(1, "x");
	end(2);
}
END_TEST

/* One that never pauses lets the others have their turn, also where the queue is full of them. */
START_TEST(turns_though_full)
{
	struct rd_entry entry = { .ready_us = READY_US };
	int pair[2];

	begin_bound(1, 1, 1);
	ask("f");
	TEND_UNTIL(turned > 0);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	client[1] = pair[1];
	MUST(send(client[1], "x", 1, 0) == 1);
	entry.conn = conn[1] = rd_conn_open(&slots, pair[0], &toy, NULL, 0, 1);
	rd_conn_pass(conn[1], OWN_MAIN, OWN_QUEUE);
	while (rd_queue_push(&queue, &entry, 1) == 0)
		sched_yield();
	reads(1, "x");
	gate = true;
	reads(0, "M");
	end(2);
}
END_TEST

/* The first client asks again while the worker has it; as does another, if `other`. */
static void asks_meanwhile(bool other)
{
	begin(1, 1);
	ask("s");
	while (!stuck)
		sched_yield();
	MUST(send(client[0], "y", 1, 0) == 1);
	ck_assert(!rd_conn_event(conn[0], EPOLLIN));
	if (other)
		ask("x");
	gate = true;
	reads(0, "sy");
}

START_TEST(again)
{
	asks_meanwhile(false);
	ck_assert_uint_eq(conn[0]->ready_us, READY_US); /* it was not in the queue once more */
	end(1);
}
END_TEST

START_TEST(again_behind_others)
{
	asks_meanwhile(true);
	reads(1, "x");
	end(2);
	ck_assert_str_eq(answered, "sxy");
}
END_TEST

START_TEST(closes)
{
	begin(1, 1);
	ask("c");
	reads(0, "c");
	reads_end(0);
	end(1);
	ck_assert_uint_eq(sums[COUNT_CLOSED], 1);
}
END_TEST

/* It says that it sends no more, and waits for the client's end. */
START_TEST(lingers)
{
	begin(1, 1);
	ask("l");
	reads(0, "l");
	reads_end(0);
	TEND_UNTIL(rd_conn_parked(conn[0]));
	ck_assert_int_eq(send(client[0], "unread", 6, 0), 6);
	ck_assert_int_eq(shutdown(client[0], SHUT_WR), 0);
	ck_assert(rd_conn_take(conn[0]));
	rd_conn_pass(conn[0], OWN_MAIN, OWN_QUEUE);
	rd_queue_push(&queue, &(struct rd_entry){ .conn = conn[0], .ready_us = READY_US }, 1);
	TEND_UNTIL(slots.open == 0);
	end(1);
	ck_assert_uint_eq(served, 1);
}
END_TEST

/* It sends on and on: it is read off for a time, not as long as it likes. */
START_TEST(lingers_no_longer)
{
	begin(1, 1);
	ask("e");
	TEND_UNTIL(slots.open == 0);
	end(1);
	ck_assert_uint_eq(served, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("worker");
	TCase *tcase = tcase_create("worker");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, answers);
	tcase_add_test(tcase, turns);
	tcase_add_test(tcase, turns_though_full);
	tcase_add_test(tcase, again);
	tcase_add_test(tcase, again_behind_others);
	tcase_add_test(tcase, closes);
	tcase_add_test(tcase, lingers);
	tcase_add_test(tcase, lingers_no_longer);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
