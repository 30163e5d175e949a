/*
 * test_pool - the workers with a protocol of one byte: what is stuck holds nothing but itself,
 * workers come and leave, and the stop lets them finish.
 *
 * The test plays main: it pushes, and tends the pool until the fact is there that it waits for.
 */
#include "flow/pool.h"

#include "base/must.h"

#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

enum { CLIENTS = 8, READY_US = 42 };

static struct rd_slots slots;
static struct rd_queue queue;
static struct rd_pool pool;
static uint64_t sums[COUNTER_COUNT];
static int client[CLIENTS];
static struct rd_conn *conn[CLIENTS];
static size_t asked; /* clients so far */

static struct rd_transport_ops endless; /* what is read of it never ends */

static _Atomic unsigned served, stuck, turned;
static _Atomic bool gate;      /* lets the stuck go on */
static char answered[CLIENTS]; /* in this order, where there is one worker */

static void stick(void)
{
	stuck++;
	while (!gate)
		sched_yield();
	stuck--;
}

/*
 * 's' sticks without a word, 'b' says that it blocks, 'm' takes another turn, 'f' turn after turn
 * until the gate opens, 'c' closes, 'l' lingers; then each is answered with itself.
 */
static enum rd_verdict toy_advance(struct rd_conn *c, struct rd_worker *w)
{
	struct iovec iov = { w->in, 1 };
	size_t n;

	MUST(c->session || c->ready_us >= READY_US);
	if (c->session == &gate && !gate) {
		turned++;
		return RD_MORE;
	}
	if (c->session) { /* the turn after 'm' */
		c->session = NULL;
		w->in[0] = 'M';
	} else if (rd_transport_recv(&c->transport, w->in, 1, &n) != IO_OK) {
		return RD_WANTS_READ;
	}
	switch (w->in[0]) {
	case 's':
		stick();
		break;
	case 'b':
		rd_worker_block(w);
		stick();
		rd_worker_unblock(w);
		break;
	case 'm':
		c->session = &served;
		return RD_MORE;
	case 'f':
		c->session = &gate;
		return RD_MORE;
	}
	c->reason = CLOSE_ANSWERED;
	answered[served++ % CLIENTS] = w->in[0];
	MUST(rd_transport_send(&c->transport, &iov, 1, false, &n) == IO_OK);
	return w->in[0] == 'c' ? RD_CLOSE : w->in[0] == 'l' ? RD_LINGER : RD_WANTS_READ;
}

static void toy_release(struct rd_conn *c)
{
	c->session = NULL;
}

static const struct rd_protocol toy = {
	.name = "toy",
	.advance = toy_advance,
	.release = toy_release,
};

static enum rd_io endless_recv(struct rd_transport *t, void *to, size_t size, size_t *got,
			       int64_t *arrived_ns)
{
	(void)t;
	(void)arrived_ns;
	memset(to, 'l', size);
	*got = size;
	return IO_OK;
}

static void begin_bound(unsigned bound, unsigned min, unsigned max)
{
	struct rd_queue_config waits = { bound, max * RD_BATCH, 1, { 0 } };
	struct rd_pool_config config = {
		.min = min,
		.max = max,
		.stack = 256 * 1024,
		.idle_us = 1,
	};

	ck_assert_int_eq(rd_slots_init(&slots, 256, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), 0);
	ck_assert(rd_queue_init(&queue, &waits));
	ck_assert_int_eq(rd_pool_start(&pool, &queue, &config), 0);
}

static void begin(unsigned min, unsigned max)
{
	begin_bound(64, min, max);
}

/*
 * A client for each request. All are pushed at once, so that one worker has them in one batch; 'e'
 * is an endless 'l'.
 */
static void ask(const char *requests)
{
	struct rd_entry batch[CLIENTS];
	size_t n = strlen(requests);

	for (size_t k = 0, i = asked; k < n; k++, i++) {
		int pair[2];

		MUST(i < CLIENTS && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
		client[i] = pair[1];
		MUST(send(client[i], &requests[k], 1, 0) == 1);
		conn[i] = rd_conn_open(&slots, pair[0], &toy, NULL, 0, 1);
		endless = *conn[i]->transport.ops;
		endless.recv = endless_recv;
		if (requests[k] == 'e')
			conn[i]->transport.ops = &endless;
		rd_conn_pass(conn[i], OWN_MAIN, OWN_QUEUE);
		batch[k] = (struct rd_entry){ .conn = conn[i], .ready_us = READY_US };
	}
	asked += n;
	ck_assert_uint_eq(rd_queue_push(&queue, batch, n), n);
}

static void reads(size_t i, const char *want)
{
	char got[8] = "";

	MUST(recv(client[i], got, strlen(want), MSG_WAITALL) == (ssize_t)strlen(want));
	ck_assert_str_eq(got, want);
}

static void reads_end(size_t i)
{
	char got;

	ck_assert_int_eq(recv(client[i], &got, 1, 0), 0);
}

static unsigned alive(void)
{
	unsigned n = 0;

	rd_lock_take(&pool.lock);
	for (unsigned i = 0; i < pool.top; i++)
		n += pool.worker[i].life != WORKER_NONE;
	rd_lock_drop(&pool.lock);
	return n;
}

/* Waits for a fact as main does. */
#define TEND_UNTIL(fact)                     \
	do {                                 \
		while (!(fact)) {            \
			rd_pool_tend(&pool); \
			sched_yield();       \
		}                            \
	} while (0)

static void end(size_t clients)
{
	gate = true;
	ck_assert_uint_eq(rd_pool_stop(&pool, sums), 0);
	rd_pool_free(&pool);
	for (size_t i = 0; i < clients; i++) {
		if (rd_conn_take(conn[i]))
			rd_conn_close(&conn[i], CLOSE_DRAIN);
		close(client[i]);
	}
	ck_assert_uint_eq(slots.open, 0);
	rd_queue_fini(&queue);
	rd_slots_fini(&slots);
}

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

/* The only worker, stuck in the first of its batch with no word: main has others take the rest. */
START_TEST(stuck_holds_itself_alone)
{
	begin(1, 4);
	ask("sxxxxx");
	while (stuck == 0) /* else main may start others before the first has taken its batch */
		sched_yield();
	TEND_UNTIL(served == 5 && stuck == 1);
	ck_assert_uint_ge(pool.rescued, 1);
	gate = true;
	reads(0, "s");
	end(6);
}
END_TEST

/* The system gives no more threads: those that are there go on, and it is tried again. */
START_TEST(none_to_be_had)
{
	size_t stack;

	begin(1, 4);
	stack = pool.stack;
	pool.stack = (size_t)1 << 60;
	ask("sx");
	while (stuck == 0)
		sched_yield();
	TEND_UNTIL(pool.retry_us > 0);
	ck_assert_uint_eq(alive(), 1);
	pool.stack = stack;
	TEND_UNTIL(served == 1 && stuck == 1);
	ck_assert_uint_eq(pool.retry_us, 0);
	end(2);
}
END_TEST

/* Several at once. */
START_TEST(all_stuck_but_one)
{
	begin(1, 8);
	ask("sssssssx");
	TEND_UNTIL(served == 1 && stuck == 7);
	gate = true;
	TEND_UNTIL(served == 8);
	end(8);
}
END_TEST

/* A worker that says so hands the rest on by itself: nobody tends here. */
START_TEST(blocked_hands_on)
{
	begin(2, 2);
	ask("bxxx");
	for (size_t i = 1; i < 4; i++)
		reads(i, "x");
	ck_assert_uint_eq(served, 3);
	gate = true;
	reads(0, "b");
	end(4);
}
END_TEST

START_TEST(grows_and_shrinks)
{
	begin(1, 4);
	ck_assert_uint_eq(alive(), 1);
	ask("bbbb");
	TEND_UNTIL(stuck == 4);
	ck_assert_uint_eq(alive(), 4);
	ask("xx"); /* for a fifth, which there is not */
	for (int i = 0; i < 10; i++)
		rd_pool_tend(&pool);
	ck_assert_uint_eq(alive(), 4);
	ck_assert_uint_eq(served, 0);
	gate = true;
	TEND_UNTIL(served == 6);
	TEND_UNTIL(alive() == 1);
	end(6);
}
END_TEST

/* When nothing waits and all sleep, main need not look. */
/* Those that are too many leave when they are done, or idle; those that are too few are started. */
START_TEST(other_limits)
{
	begin(4, 4);
	ask("bbbb");
	TEND_UNTIL(stuck == 4);
	rd_pool_set(&pool, 1, 2);
	ck_assert_uint_eq(pool.over, 2);
	gate = true;
	TEND_UNTIL(alive() == 1);
	ck_assert_uint_eq(pool.over, 0);
	rd_pool_set(&pool, 3, 5);
	ck_assert_uint_eq(alive(), 3);
	ask("x");
	reads(4, "x");
	end(5);
}
END_TEST

START_TEST(rests)
{
	begin(2, 2);
	ask("x");
	reads(0, "x");
	while (rd_pool_tend(&pool))
		sched_yield();
	end(1);
}
END_TEST

static unsigned used(void)
{
	unsigned percent;

	rd_lock_take(&queue.lock);
	percent = queue.regulate.used;
	rd_lock_drop(&queue.lock);
	return percent;
}

/* What the process spends, be it by tending, reaches the regulator. */
START_TEST(measures)
{
	begin(1, 1);
	TEND_UNTIL(used() > 0);
	end(0);
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

/* What waits when the pool is stopped is still served; while draining, what is idle is closed. */
START_TEST(stop_serves_what_waits)
{
	begin(1, 1);
	slots.draining = slots.leaving = true;
	ask("sxx");
	while (stuck == 0)
		sched_yield();
	end(3);
	ck_assert_uint_eq(served, 3);
	ck_assert_uint_eq(sums[COUNT_CLOSED], 3);
	ck_assert_uint_eq(sums[COUNT_CUT], 0);
}
END_TEST

/* When time is over, all is closed, and what is in the middle of something is counted. */
START_TEST(cut)
{
	begin(1, 1);
	ask("sfx");
	while (stuck == 0)
		sched_yield();
	slots.cut = true;
	end(3);
	ck_assert_uint_eq(sums[COUNT_CLOSED], 3);
	ck_assert_uint_eq(sums[COUNT_CUT], 1);
	ck_assert_uint_eq(sums[COUNT_CLOSED_CUT], 1);
	ck_assert_uint_eq(sums[COUNT_CLOSED_DRAIN], 2);
}
END_TEST

/* One that never comes back does not hold up the end: it is left alone with what it has. */
START_TEST(stuck_at_the_end)
{
	uint64_t ignored[COUNTER_COUNT] = { 0 };

	begin(2, 2);
	ask("s");
	while (stuck == 0)
		sched_yield();
	ck_assert_uint_eq(rd_pool_stop(&pool, ignored), 1);
	ck_assert_uint_eq(alive(), 1);
	end(1);
	ck_assert_uint_eq(served, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pool");
	TCase *tcase = tcase_create("pool");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, answers);
	tcase_add_test(tcase, stuck_holds_itself_alone);
	tcase_add_test(tcase, none_to_be_had);
	tcase_add_test(tcase, all_stuck_but_one);
	tcase_add_test(tcase, blocked_hands_on);
	tcase_add_test(tcase, grows_and_shrinks);
	tcase_add_test(tcase, other_limits);
	tcase_add_test(tcase, rests);
	tcase_add_test(tcase, measures);
	tcase_add_test(tcase, turns);
	tcase_add_test(tcase, turns_though_full);
	tcase_add_test(tcase, again);
	tcase_add_test(tcase, again_behind_others);
	tcase_add_test(tcase, closes);
	tcase_add_test(tcase, lingers);
	tcase_add_test(tcase, lingers_no_longer);
	tcase_add_test(tcase, stop_serves_what_waits);
	tcase_add_test(tcase, cut);
	tcase_add_test(tcase, stuck_at_the_end);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
