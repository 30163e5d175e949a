/*
 * test_park - the sweep as a function of the deadlines and a given time, and how a connection
 * goes in.
 */
#include "flow/park.h"

#include "base/must.h"
#include "observe/outbox.h"

#include <check.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <sys/eventfd.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { SLOTS = 8, MOST = 4 };

static struct rd_outbox outbox; /* nobody traces */

static const struct {
	uint64_t deadline[SLOTS], now_us, next_us; /* next_us: UINT64_MAX, none */
	unsigned expired[SLOTS], count;
} sweeps[] = {
	{ .now_us = 100, .next_us = UINT64_MAX },
	{ { 100 }, 99, 100, { 0 }, 0 },
	{ { 100 }, 100, UINT64_MAX, { 0 }, 1 },
	{ { 0, 0, 0, 0, 0, 0, 0, 1 }, 100, UINT64_MAX, { 7 }, 1 },
	{ { 300, 50, 200, 100, 0, 101 }, 100, 101, { 1, 3 }, 2 },
	{ { 1, 1, 1, 1, 1, 1, 1, 1 }, 1, UINT64_MAX, { 0, 1, 2, 3, 4, 5, 6, 7 }, 8 },
	{ { 9, 1, 1, 0, 1, 1, 1, 4 }, 1, 4, { 1, 2, 4, 5, 6 }, 5 },
	{ { UINT64_MAX, UINT64_MAX - 1 }, 5, UINT64_MAX - 1, { 0 }, 0 },
};

/* However few are taken at once, it is the same. */
START_TEST(sweep)
{
	_Atomic uint64_t deadline[SLOTS];

	for (int i = 0; i < SLOTS; i++)
		deadline[i] = sweeps[_i].deadline[i];
	for (size_t max = 1; max <= SLOTS; max++) {
		unsigned expired[SLOTS], count = 0;
		uint64_t next_us = UINT64_MAX;
		size_t from = 0;

		while (from < SLOTS) {
			size_t n = rd_park_sweep(deadline, SLOTS, sweeps[_i].now_us, &from,
						 expired + count, max, &next_us);

			ck_assert_uint_le(n, max);
			count += (unsigned)n;
		}
		ck_assert_uint_eq(count, sweeps[_i].count);
		for (unsigned i = 0; i < count; i++)
			ck_assert_uint_eq(expired[i], sweeps[_i].expired[i]);
		ck_assert_uint_eq(next_us, sweeps[_i].next_us);
	}
}
END_TEST

/* What was found before is kept when it is the earlier. */
START_TEST(sweep_lowers_only)
{
	_Atomic uint64_t deadline[1] = { 500 };
	uint64_t next_us = 400;
	unsigned expired[1];
	size_t from = 0;

	ck_assert_uint_eq(rd_park_sweep(deadline, 1, 1, &from, expired, 1, &next_us), 0);
	ck_assert_uint_eq(next_us, 400);
}
END_TEST

static struct rd_slots slots;
static int peer;

static struct rd_conn *held_conn(void)
{
	struct rd_conn *c;
	int pair[2];

	ck_assert_int_eq(rd_slots_init(&slots, 64, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	peer = pair[1];
	c = rd_conn_open(&slots, pair[0], NULL, NULL, 0, 1);
	rd_conn_pass(c, OWN_MAIN, OWN_QUEUE);
	rd_conn_pass(c, OWN_QUEUE, OWN_WORKER);
	return c;
}

static void closed(struct rd_conn *c)
{
	rd_conn_close(&c, CLOSE_ANSWERED);
	close(peer);
	rd_slots_fini(&slots);
}

/* What epoll has to say now. */
static uint32_t events(void)
{
	struct epoll_event event = { .events = 0 };

	ck_assert_int_ge(epoll_wait(slots.epoll_fd, &event, 1, 0), 0);
	return event.events;
}

START_TEST(enters)
{
	struct rd_conn *c = held_conn(), *parked = c;

	c->deadline_us = 77;
	ck_assert_int_eq(rd_park_enter(&parked, OWN_WORKER, RD_WANTS_READ, &outbox), PARK_PARKED);
	ck_assert_ptr_null(parked);
	ck_assert(rd_conn_parked(c));
	ck_assert_uint_eq(slots.deadline[c->transport.fd], 77);

	/* That it may be written comes at once, and is not what it waits for. */
	ck_assert(!rd_conn_event(c, events()));
	ck_assert_int_eq(send(peer, "x", 1, 0), 1);
	ck_assert(rd_conn_event(c, events()));
	closed(c);
}
END_TEST

/* An event came while it was held: it does not go in, and may at the second try. */
START_TEST(again)
{
	struct rd_conn *c = held_conn(), *parked = c;

	ck_assert(!rd_conn_event(c, EPOLLIN));
	ck_assert_int_eq(rd_park_enter(&parked, OWN_WORKER, RD_WANTS_READ, &outbox), PARK_AGAIN);
	ck_assert_ptr_eq(parked, c);
	ck_assert_int_eq(rd_park_enter(&parked, OWN_WORKER, RD_WANTS_WRITE, &outbox), PARK_PARKED);
	ck_assert(rd_conn_event(c, EPOLLOUT));
	closed(c);
}
END_TEST

/* The kernel will not watch it: it stays the worker's. */
START_TEST(refused)
{
	struct rd_conn *c = held_conn(), *parked = c;
	int epoll_fd = slots.epoll_fd;

	slots.epoll_fd = peer;
	ck_assert_int_eq(rd_park_enter(&parked, OWN_WORKER, RD_WANTS_READ, &outbox), PARK_REFUSED);
	ck_assert_ptr_eq(parked, c);
	slots.epoll_fd = epoll_fd;
	closed(c);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("park");
	TCase *tcase = tcase_create("park");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, sweep, 0, COUNT(sweeps));
	tcase_add_test(tcase, sweep_lowers_only);
	tcase_add_test(tcase, enters);
	tcase_add_test(tcase, again);
	tcase_add_test(tcase, refused);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
