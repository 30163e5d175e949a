/*
 * test_conn - the slot's states: who may pass to whom, what an event does in each, the close and
 * the slot's next life; and that between two threads no event is lost.
 */
#include "flow/conn.h"

#include "base/must.h"

#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <sys/eventfd.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static struct rd_slots slots;
static int peer;

static void conn_release(struct rd_conn *c)
{
	c->session = NULL;
}

static const struct rd_protocol protocol = { .name = "test", .release = conn_release };

static struct rd_conn *opened(void)
{
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	peer = pair[1];
	return rd_conn_open(&slots, pair[0], &protocol, NULL, 0, 5);
}

/* One that has come to `owner` by the way that each takes. */
static struct rd_conn *owned_by(enum rd_owner owner, enum rd_verdict want)
{
	static const enum rd_owner way[] = { OWN_MAIN, OWN_QUEUE, OWN_WORKER, OWN_PARKED };
	struct rd_conn *c = opened();

	c->want = want;
	for (size_t i = 0; way[i] != owner; i++)
		ck_assert(rd_conn_pass(c, way[i], way[i + 1]));
	return c;
}

static bool owner_is(struct rd_conn *c, enum rd_owner owner)
{
	return (atomic_load(&c->state) & 0xf) == owner;
}

static void setup(void)
{
	ck_assert_int_eq(rd_slots_init(&slots, 64, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), 0);
}

static void teardown(void)
{
	rd_slots_fini(&slots);
}

static void closed(struct rd_conn *c)
{
	rd_conn_close(&c, CLOSE_ANSWERED);
	ck_assert_ptr_null(c);
	close(peer);
}

static const struct {
	enum rd_owner from, to;
} passes[] = {
	{ OWN_MAIN, OWN_QUEUE },   { OWN_QUEUE, OWN_MAIN },    { OWN_QUEUE, OWN_WORKER },
	{ OWN_WORKER, OWN_QUEUE }, { OWN_WORKER, OWN_PARKED }, { OWN_MAIN, OWN_PARKED },
};

START_TEST(pass)
{
	struct rd_conn *c = owned_by(passes[_i].from, RD_WANTS_READ);

	ck_assert(rd_conn_pass(c, passes[_i].from, passes[_i].to));
	ck_assert(owner_is(c, passes[_i].to));
	ck_assert_int_eq(rd_conn_parked(c), passes[_i].to == OWN_PARKED);
	closed(c);
}
END_TEST

/* To pass what one does not own stops the program. */
START_TEST(pass_of_another)
{
	struct rd_conn *c = owned_by(OWN_QUEUE, RD_WANTS_READ);

	rd_conn_pass(c, OWN_WORKER, OWN_PARKED);
	closed(c);
}
END_TEST

static const struct {
	enum rd_owner owner;
	enum rd_verdict want;
	uint32_t events;
	bool taken;
	enum rd_owner after;
} events[] = {
	{ OWN_PARKED, RD_WANTS_READ, EPOLLIN, true, OWN_MAIN },
	{ OWN_PARKED, RD_WANTS_READ, EPOLLIN | EPOLLOUT, true, OWN_MAIN },
	{ OWN_PARKED, RD_WANTS_READ, EPOLLRDHUP, true, OWN_MAIN },
	{ OWN_PARKED, RD_WANTS_READ, EPOLLHUP, true, OWN_MAIN },
	{ OWN_PARKED, RD_WANTS_READ, EPOLLERR, true, OWN_MAIN },
	{ OWN_PARKED, RD_WANTS_READ, EPOLLOUT, false, OWN_PARKED },
	{ OWN_PARKED, RD_WANTS_WRITE, EPOLLOUT, true, OWN_MAIN },
	{ OWN_PARKED, RD_WANTS_WRITE, EPOLLHUP, true, OWN_MAIN },
	{ OWN_PARKED, RD_WANTS_WRITE, EPOLLERR, true, OWN_MAIN },
	{ OWN_PARKED, RD_WANTS_WRITE, EPOLLIN, false, OWN_PARKED },
	{ OWN_PARKED, RD_WANTS_WRITE, EPOLLIN | EPOLLRDHUP, false, OWN_PARKED },
	{ OWN_QUEUE, RD_WANTS_READ, EPOLLIN, false, OWN_QUEUE },
	{ OWN_WORKER, RD_WANTS_READ, EPOLLIN, false, OWN_WORKER },
	{ OWN_WORKER, RD_WANTS_READ, EPOLLOUT, false, OWN_WORKER },
	{ OWN_MAIN, RD_WANTS_READ, EPOLLIN, false, OWN_MAIN },
};

START_TEST(event)
{
	struct rd_conn *c = owned_by(events[_i].owner, events[_i].want);

	ck_assert_int_eq(rd_conn_event(c, events[_i].events), events[_i].taken);
	ck_assert(owner_is(c, events[_i].after));
	closed(c);
}
END_TEST

/* One event or several while another has it: the next park is refused, once. */
START_TEST(again)
{
	struct rd_conn *c = owned_by(_i ? OWN_QUEUE : OWN_WORKER, RD_WANTS_READ);

	ck_assert(!rd_conn_event(c, EPOLLIN));
	ck_assert(!rd_conn_event(c, EPOLLIN));
	ck_assert(!rd_conn_take(c));
	if (_i)
		ck_assert(rd_conn_pass(c, OWN_QUEUE, OWN_WORKER));
	ck_assert(!rd_conn_pass(c, OWN_WORKER, OWN_PARKED));
	ck_assert(owner_is(c, OWN_WORKER));
	ck_assert(rd_conn_pass(c, OWN_WORKER, OWN_PARKED));
	closed(c);
}
END_TEST

/* It is remembered also on the way round: back into the queue, and out again. */
START_TEST(again_in_the_queue)
{
	struct rd_conn *c = owned_by(OWN_WORKER, RD_WANTS_READ);

	ck_assert(!rd_conn_event(c, EPOLLIN));
	ck_assert(rd_conn_pass(c, OWN_WORKER, OWN_QUEUE));
	ck_assert(rd_conn_pass(c, OWN_QUEUE, OWN_WORKER));
	ck_assert(!rd_conn_pass(c, OWN_WORKER, OWN_PARKED));
	closed(c);
}
END_TEST

/* And where main, or another thread as main, is about to give it to the queue. */
START_TEST(again_on_the_way)
{
	struct rd_conn *c = owned_by(OWN_PARKED, RD_WANTS_REPLY);

	ck_assert(rd_conn_event(c, EPOLLERR));
	ck_assert(!rd_conn_event(c, EPOLLIN));
	ck_assert(rd_conn_pass(c, OWN_MAIN, OWN_QUEUE));
	ck_assert(rd_conn_pass(c, OWN_QUEUE, OWN_WORKER));
	ck_assert(!rd_conn_pass(c, OWN_WORKER, OWN_PARKED));
	closed(c);
}
END_TEST

/* Bytes and the end in one event: the worker that read the bytes looks once more. */
START_TEST(end_comes_with_bytes)
{
	struct rd_conn *c = owned_by(OWN_PARKED, RD_WANTS_READ);

	ck_assert(rd_conn_event(c, EPOLLIN | EPOLLRDHUP));
	ck_assert(rd_conn_pass(c, OWN_MAIN, OWN_QUEUE));
	ck_assert(rd_conn_pass(c, OWN_QUEUE, OWN_WORKER));
	ck_assert(!rd_conn_pass(c, OWN_WORKER, OWN_PARKED));
	closed(c);
}
END_TEST

/* What main has taken out so it may park itself, once it has looked again. */
START_TEST(end_comes_to_main)
{
	struct rd_conn *c = owned_by(OWN_PARKED, RD_WANTS_READ);

	ck_assert(rd_conn_event(c, EPOLLIN | EPOLLRDHUP));
	ck_assert(!rd_conn_pass(c, OWN_MAIN, OWN_PARKED));
	ck_assert(owner_is(c, OWN_MAIN));
	ck_assert(rd_conn_pass(c, OWN_MAIN, OWN_PARKED));
	closed(c);
}
END_TEST

/* The same while a worker has it: that one may have read already, the next reads the bytes. */
START_TEST(end_comes_while_held)
{
	struct rd_conn *c = owned_by(OWN_WORKER, RD_WANTS_READ);

	ck_assert(!rd_conn_event(c, EPOLLIN | EPOLLRDHUP));
	ck_assert(!rd_conn_pass(c, OWN_WORKER, OWN_PARKED));
	ck_assert(!rd_conn_pass(c, OWN_WORKER, OWN_PARKED));
	ck_assert(rd_conn_pass(c, OWN_WORKER, OWN_PARKED));
	rd_conn_take(c);
	closed(c);
}
END_TEST

START_TEST(take)
{
	struct rd_conn *c = owned_by((enum rd_owner)_i, RD_WANTS_READ);

	ck_assert_int_eq(rd_conn_take(c), _i == OWN_PARKED);
	ck_assert(owner_is(c, _i == OWN_PARKED ? OWN_MAIN : (enum rd_owner)_i));
	ck_assert(!rd_conn_take(c));
	closed(c);
}
END_TEST

/* An event of a descriptor that was closed, and of the next that was given its number. */
START_TEST(stale)
{
	struct rd_conn *c = owned_by(OWN_WORKER, RD_WANTS_READ), *gone = c, *next;

	ck_assert(!rd_conn_event(c, EPOLLIN));
	closed(c);
	ck_assert(!rd_conn_event(gone, EPOLLIN | EPOLLHUP));
	ck_assert(!rd_conn_take(gone));
	ck_assert(!rd_conn_parked(gone));
	next = opened();
	ck_assert_ptr_eq(next, gone);
	ck_assert(rd_conn_pass(next, OWN_MAIN, OWN_QUEUE));
	ck_assert(rd_conn_pass(next, OWN_QUEUE, OWN_WORKER));
	ck_assert(rd_conn_pass(next, OWN_WORKER, OWN_PARKED)); /* the AGAIN was the other's */
	closed(next);
	next = opened();
	ck_assert(!rd_conn_event(next, EPOLLIN)); /* costs this one a look */
	ck_assert(rd_conn_pass(next, OWN_MAIN, OWN_QUEUE));
	ck_assert(rd_conn_pass(next, OWN_QUEUE, OWN_WORKER));
	ck_assert(!rd_conn_pass(next, OWN_WORKER, OWN_PARKED));
	ck_assert(rd_conn_pass(next, OWN_WORKER, OWN_PARKED));
	closed(next);
}
END_TEST

START_TEST(begins_new)
{
	struct rd_conn *c = opened();

	c->session = &slots;
	c->exchanges = 3;
	c->registered = c->expired = c->lingering = true;
	c->deadline_us = 9;
	c->reason = CLOSE_IDLE;
	atomic_store(&slots.deadline[c->transport.fd], 9);
	ck_assert_uint_eq(slots.open, 1);
	closed(c); /* by release, else it would stop the program */
	ck_assert_uint_eq(slots.open, 0);
	c = opened();
	ck_assert_uint_eq(slots.deadline[c->transport.fd], 0);
	ck_assert_uint_eq(slots.top, c->transport.fd + 1);
	ck_assert_ptr_null(c->session);
	ck_assert_uint_eq(c->exchanges, 0);
	ck_assert(!c->registered && !c->expired && !c->lingering);
	ck_assert_uint_eq(c->deadline_us, 0);
	ck_assert_int_eq(c->reason, CLOSE_NONE);
	ck_assert_uint_eq(c->accepted_us, 5);
	closed(c);
}
END_TEST

static bool main_is_woken(void)
{
	struct pollfd p = { .fd = slots.wake_fd, .events = POLLIN };
	uint64_t count;

	if (poll(&p, 1, 0) == 0)
		return false;
	ck_assert_int_eq(read(slots.wake_fd, &count, sizeof(count)), sizeof(count));
	return true;
}

/* The close says so to main, only when main wants to know, and once. */
START_TEST(close_tells)
{
	closed(opened());
	ck_assert(!main_is_woken());
	slots.tell = true;
	closed(opened());
	ck_assert(main_is_woken());
	closed(opened());
	ck_assert(!main_is_woken());
}
END_TEST

START_TEST(words)
{
	ck_assert_str_eq(rd_close_reason_word(CLOSE_HEAD_TIMEOUT), "head-timeout");
	for (int i = 0; i < CLOSE_REASON_COUNT; i++)
		ck_assert_ptr_nonnull(rd_close_reason_word((enum rd_close_reason)i));
}
END_TEST

/*
 * Main brings something (an event for each), a worker consumes what is there and parks. Were an
 * event lost, the last would never be consumed, and the test not end.
 */
enum { EVENTS = 100000 };

static _Atomic unsigned brought;
static unsigned consumed;		 /* the owner's */
static _Atomic(struct rd_conn *) handed; /* a queue of one */
static _Atomic bool over;

static void *consumer_main(void *arg)
{
	(void)arg;
	while (!over) {
		struct rd_conn *c = atomic_exchange_explicit(&handed, NULL, memory_order_relaxed);

		if (!c) {
			sched_yield();
			continue;
		}
		rd_conn_pass(c, OWN_QUEUE, OWN_WORKER);
		do
			consumed = atomic_load_explicit(&brought, memory_order_relaxed);
		while (!rd_conn_pass(c, OWN_WORKER, OWN_PARKED));
	}
	return NULL;
}

START_TEST(no_event_is_lost)
{
	struct rd_conn *c = owned_by(OWN_PARKED, RD_WANTS_READ);
	pthread_t consumer;

	PTH(pthread_create(&consumer, NULL, consumer_main, NULL));
	for (unsigned i = 1; i <= EVENTS; i++) {
		atomic_store_explicit(&brought, i, memory_order_relaxed);
		if (!rd_conn_event(c, EPOLLIN))
			continue;
		ck_assert_ptr_null(handed); /* else it had two owners */
		rd_conn_pass(c, OWN_MAIN, OWN_QUEUE);
		atomic_store_explicit(&handed, c, memory_order_relaxed);
	}
	while (!rd_conn_take(c))
		sched_yield();
	ck_assert_uint_eq(consumed, EVENTS);
	over = true;
	PTH(pthread_join(consumer, NULL));
	closed(c);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("conn");
	TCase *tcase = tcase_create("conn");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, pass, 0, COUNT(passes));
	tcase_add_test_raise_signal(tcase, pass_of_another, SIGABRT);
	tcase_add_loop_test(tcase, event, 0, COUNT(events));
	tcase_add_loop_test(tcase, again, 0, 2);
	tcase_add_test(tcase, again_in_the_queue);
	tcase_add_test(tcase, again_on_the_way);
	tcase_add_test(tcase, end_comes_with_bytes);
	tcase_add_test(tcase, end_comes_to_main);
	tcase_add_test(tcase, end_comes_while_held);
	tcase_add_loop_test(tcase, take, OWN_MAIN, OWN_PARKED + 1);
	tcase_add_test(tcase, stale);
	tcase_add_test(tcase, begins_new);
	tcase_add_test(tcase, close_tells);
	tcase_add_test(tcase, words);
	tcase_add_test(tcase, no_event_is_lost);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
