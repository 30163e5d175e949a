/*
 * pooled - a pool of workers with a protocol of one byte.
 *
 * The test plays main: it pushes, and tends the pool until the fact is there that it waits for.
 */
#ifndef TESTS_UNIT_POOLED_H
#define TESTS_UNIT_POOLED_H

#include "flow/pool.h"

#include "base/must.h"

#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

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

static inline void stick(void)
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
static inline enum rd_verdict toy_advance(struct rd_conn *c, struct rd_worker *w)
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

static inline void toy_release(struct rd_conn *c)
{
	c->session = NULL;
}

static const struct rd_protocol toy = {
	.name = "toy",
	.advance = toy_advance,
	.release = toy_release,
};

static inline enum rd_io endless_recv(struct rd_transport *t, void *to, size_t size, size_t *got,
				      int64_t *arrived_ns)
{
	(void)t;
	(void)arrived_ns;
	memset(to, 'l', size);
	*got = size;
	return IO_OK;
}

static inline void begin_bound(unsigned bound, unsigned min, unsigned max)
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

static inline void begin(unsigned min, unsigned max)
{
	begin_bound(64, min, max);
}

/*
 * A client for each request. All are pushed at once, so that one worker has them in one batch; 'e'
 * is an endless 'l'.
 */
static inline void ask(const char *requests)
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

static inline void reads(size_t i, const char *want)
{
	char got[8] = "";

	MUST(recv(client[i], got, strlen(want), MSG_WAITALL) == (ssize_t)strlen(want));
	ck_assert_str_eq(got, want);
}

static inline void reads_end(size_t i)
{
	char got;

	ck_assert_int_eq(recv(client[i], &got, 1, 0), 0);
}

/* Waits for a fact as main does. */
#define TEND_UNTIL(fact)                     \
	do {                                 \
		while (!(fact)) {            \
			rd_pool_tend(&pool); \
			sched_yield();       \
		}                            \
	} while (0)

static inline void end(size_t clients)
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

#endif
