/*
 * acceptor - main's loop.
 * Thread:  main's, but for rd_acceptor_stop.
 * Owns:    a connection from when it came in, or left the parking, until the push.
 * Never:   parses a request, performs, waits for a client.
 */
#include "flow/acceptor.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "flow/entrance.h"
#include "flow/listening.h"
#include "flow/park.h"
#include "flow/pulse.h"
#include "flow/refuse.h"
#include "flow/tell.h"
#include "net/client.h"

#include <errno.h>

enum {
	LOOK_US = 1000,		   /* between two looks at a pool that is awake */
	STALLED = 50,		   /* looks at a pool that takes nothing, before main sheds */
	DRAIN_US = 20 * 1000,	   /* between two looks at what is still open while draining */
	SWEPT = 64,		   /* expired connections taken at once */
	COMPLAIN_US = 1000 * 1000, /* between two lines of the log that say the same */
};

struct rd_outbox *rd_acceptor_outbox(struct rd_acceptor *a)
{
	return &a->pool->deputy.outbox;
}

struct rd_conn *rd_acceptor_open(struct rd_acceptor *a, const struct rd_listener *l, int fd,
				 const struct rd_sockaddr *peer)
{
	struct rd_conn *c =
		rd_conn_open(a->slots, fd, l->protocol, l->service, rd_client_of(peer), a->now_us);

	rd_count(&a->counters, COUNT_ACCEPTED);
	rd_tell(rd_acceptor_outbox(a), c, EVENT_ACCEPTED, 0);
	return c;
}

void rd_acceptor_close(struct rd_acceptor *a, struct rd_conn *c, enum rd_close_reason reason)
{
	rd_count_close(&a->counters, reason);
	rd_tell(rd_acceptor_outbox(a), c, EVENT_CLOSED, reason);
	rd_conn_close(&c, reason);
}

bool rd_acceptor_complains(struct rd_acceptor *a)
{
	if (a->now_us < a->complained_us + COMPLAIN_US)
		return false;
	a->complained_us = a->now_us;
	return true;
}

static void acceptor_add(struct rd_acceptor *a, struct rd_conn *c, bool begun)
{
	MUST(a->ready < RD_EVENTS);
	RD_PROBE2(queued, c->number, c->transport.fd);
	a->batch[a->ready++] = (struct rd_entry){
		.conn = c,
		.ready_us = a->now_us,
		.client = c->client,
		.purpose = begun ? RD_GOES_ON : RD_BEGINS,
	};
}

/*
 * Sheds what is left of batch[0..n). Those that a worker must read off are the batch then, and
 * those that one had before: they may have nothing that could be refused.
 */
static void acceptor_turn_away(struct rd_acceptor *a, size_t n)
{
	a->ready = 0;
	for (size_t i = 0; i < n; i++) {
		struct rd_conn *c = a->batch[i].conn;

		if (!c)
			continue;
		rd_conn_pass(c, OWN_QUEUE, OWN_MAIN);
		if (a->batch[i].purpose == RD_BEGINS_AGAIN ||
		    rd_refuse_shed(a, c, a->batch[i].shed))
			acceptor_add(a, c, true);
	}
}

/* The pool is awake now. */
static void acceptor_look(struct rd_acceptor *a)
{
	if (a->look_us > a->now_us + LOOK_US)
		a->look_us = a->now_us + LOOK_US;
}

/* Gives all that became ready to the queue, in one push. */
static void acceptor_push(struct rd_acceptor *a)
{
	if (a->ready == 0)
		return;
	while (a->ready > 0) { /* once more, for those that were turned away and go on */
		for (size_t i = 0; i < a->ready; i++)
			rd_conn_pass(a->batch[i].conn, OWN_MAIN, OWN_QUEUE);
		if (rd_queue_push(a->queue, a->batch, a->ready) < a->ready)
			acceptor_turn_away(a, a->ready);
		else
			a->ready = 0;
	}
	acceptor_look(a);
}

/* Every worker is stuck: who waits too long is told so from here. */
static void acceptor_expire(struct rd_acceptor *a)
{
	MUST(a->ready == 0);
	acceptor_turn_away(a, rd_queue_expire(a->queue, a->batch, RD_EVENTS, a->now_us));
	acceptor_push(a);
}

/* To refuse what main took out of the parking by itself would be an answer to nothing. */
void rd_acceptor_give(struct rd_acceptor *a, struct rd_conn *c)
{
	if (rd_refuse_told(c) && !rd_refuse_linger(a, c))
		return;
	acceptor_add(a, c,
		     c->session || c->lingering || c->expired || a->stirring ||
			     c->protocol == &rd_pulse);
	if (a->ready == RD_EVENTS)
		acceptor_push(a);
}

static void acceptor_ready(struct rd_acceptor *a, struct rd_conn *c)
{
	if (c->unknown)
		rd_entrance_ask_again(a, c);
	else
		rd_acceptor_give(a, c);
}

/* Who came before it runs; and the server's own. */
static void acceptor_begin(struct rd_acceptor *a)
{
	rd_entrance_go_on(a);
	if (a->pulses)
		rd_acceptor_give(
			a, rd_conn_open(a->slots, a->pulse_fd, &rd_pulse, NULL, 0, a->now_us));
	acceptor_push(a);
}

static void acceptor_listener(struct rd_acceptor *a, uint32_t events, uint64_t tag)
{
	const struct rd_listener *l;
	unsigned k;

	if (a->paused || !(events & EPOLLIN)) /* not to be accepted from, or not yet its own */
		return;
	l = rd_listening_of(a, tag, &k);
	if (l->fd[k] >= 0)
		rd_entrance_accept(a, l, l->fd[k], RD_EVENTS);
}

static void acceptor_events(struct rd_acceptor *a, int n)
{
	for (int i = 0; i < n; i++) {
		uint64_t tag = a->event[i].data.u64;

		if (tag == RD_TAG_WAKE) {
			rd_slots_woken(a->slots);
			acceptor_look(a); /* another thread may have pushed */
		} else if (tag & RD_TAG_LISTENER) {
			acceptor_listener(a, a->event[i].events, tag);
		} else {
			struct rd_conn *c = &a->slots->conn[tag];

			if (rd_conn_event(c, a->event[i].events))
				acceptor_ready(a, c);
		}
	}
}

/* Was taken in vain. Who would have woken it meanwhile has set AGAIN. */
static void acceptor_put_back(struct rd_acceptor *a, struct rd_conn *c)
{
	if (!rd_conn_pass(c, OWN_MAIN, OWN_PARKED))
		acceptor_ready(a, c);
}

static void acceptor_sweep(struct rd_acceptor *a)
{
	unsigned expired[SWEPT];
	uint64_t next = a->now_us + a->sweep_us;
	size_t from = 0;

	while (from < a->slots->top) {
		size_t n = rd_park_sweep(a->slots->deadline, a->slots->top, a->now_us, &from,
					 expired, SWEPT, &next);

		for (size_t i = 0; i < n; i++) {
			_Atomic uint64_t *deadline = &a->slots->deadline[expired[i]];
			struct rd_conn *c = &a->slots->conn[expired[i]];

			if (!rd_conn_take(c))
				continue; /* someone has it, and looks at the clock himself */
			if (atomic_load(deadline) > a->now_us) { /* it was parked anew */
				acceptor_put_back(a, c);
				continue;
			}
			c->expired = true;
			atomic_store(deadline, 0);
			acceptor_ready(a, c);
		}
	}
	a->next_sweep_us = next;
}

void rd_acceptor_stir(struct rd_acceptor *a)
{
	a->stirring = true;
	atomic_fetch_add(&a->slots->stirred, 1);
	for (size_t i = 0; i < a->slots->top; i++) {
		struct rd_conn *c = &a->slots->conn[i];

		if (!rd_conn_take(c))
			continue;
		if (rd_conn_leaving(c))
			acceptor_ready(a, c);
		else
			acceptor_put_back(a, c);
	}
	acceptor_push(a);
	a->stirring = false;
}

/* Connections that ended, but for those that had nothing to end. */
static uint64_t acceptor_ended(const uint64_t sums[COUNTER_COUNT])
{
	return sums[COUNT_CLOSED] - sums[COUNT_CLOSED_DRAIN] - sums[COUNT_CLOSED_LEFT] -
	       sums[COUNT_CLOSED_CUT];
}

static uint64_t acceptor_ended_so_far(struct rd_acceptor *a)
{
	uint64_t sums[COUNTER_COUNT] = { 0 };

	rd_counters_add(sums, &a->counters);
	rd_pool_counters(a->pool, sums);
	return acceptor_ended(sums);
}

static void acceptor_change(struct rd_acceptor *a, const struct rd_change *c)
{
	const struct rd_share *share = &c->share[a->main];

	rd_listening_change(a, c);
	a->conns_max = share->conns_max;
	a->sweep_us = c->sweep_us;
	a->next_sweep_us = a->now_us;
	rd_queue_set(a->queue, &share->queue);
	rd_pool_set(a->pool, share->pool.min, share->pool.max);
	rd_changes_answer(a->changes);
}

static void acceptor_drain(struct rd_acceptor *a)
{
	const struct rd_change *change = rd_changes_end(a->changes, &a->changed);

	if (change)
		acceptor_change(a, change);
	a->draining = true;
	a->ended = acceptor_ended_so_far(a);
	atomic_store(&a->slots->draining, true);
	atomic_store(&a->slots->leaving, !atomic_load(&a->handed));
	for (size_t i = 0; i < a->listeners; i++)
		rd_listening_end(a, &a->listener[i]);
	acceptor_push(a);
	if (atomic_load(&a->slots->leaving))
		rd_acceptor_stir(a);
	else if (a->pulses && rd_conn_take(&a->slots->conn[a->pulse_fd]))
		rd_acceptor_close(a, &a->slots->conn[a->pulse_fd], CLOSE_DRAIN);
}

static bool acceptor_finished(struct rd_acceptor *a)
{
	return a->draining &&
	       (atomic_load(&a->slots->open) == 0 || a->now_us >= atomic_load(&a->stop));
}

/* Milliseconds until main has something to do though nothing happens; -1 for ever. */
static int acceptor_timeout(struct rd_acceptor *a)
{
	uint64_t until = a->look_us;

	if (atomic_load(&a->slots->open) > 0 && a->next_sweep_us < until)
		until = a->next_sweep_us;
	if (a->draining && a->now_us + DRAIN_US < until)
		until = a->now_us + DRAIN_US;
	if (a->paused && a->paused_us && a->paused_us < until)
		until = a->paused_us;
	if (until == UINT64_MAX)
		return -1;
	return until <= a->now_us ? 0 : (int)((until - a->now_us + 999) / 1000);
}

static void acceptor_turn(struct rd_acceptor *a)
{
	int n = epoll_wait(a->slots->epoll_fd, a->event, RD_EVENTS, acceptor_timeout(a));
	const struct rd_change *change;

	MUST(n >= 0 || errno == EINTR);
	a->now_us = rd_clock_us();
	acceptor_events(a, n);
	if (a->now_us >= a->next_sweep_us)
		acceptor_sweep(a);
	acceptor_push(a);
	if (a->now_us >= a->look_us) {
		a->look_us = rd_pool_tend(a->pool) ? a->now_us + LOOK_US : UINT64_MAX;
		if (a->pool->stalled >= STALLED)
			acceptor_expire(a);
	}
	if (a->paused && !a->draining && a->now_us >= a->paused_us && !rd_entrance_full(a))
		rd_listening_poll(a, true, 0);
	if ((change = rd_changes_look(a->changes, &a->changed)))
		acceptor_change(a, change);
	if (!a->draining && atomic_load(&a->stop) != 0)
		acceptor_drain(a);
	if (atomic_load(&a->slots->late) && atomic_exchange(&a->slots->late, false))
		rd_acceptor_stir(a);
}

/* The time is over: workers close what they hold, and main what is parked. */
static long acceptor_cut(struct rd_acceptor *a)
{
	uint64_t sums[COUNTER_COUNT] = { 0 };
	long cut;

	rd_slots_cut(a->slots);
	a->stuck = rd_pool_stop(a->pool, sums);
	if (a->stuck > 0)
		rd_log("%u workers did not return from their handlers", a->stuck);
	rd_counters_add(sums, &a->counters);
	a->finished = a->draining ? (long)(acceptor_ended(sums) - a->ended) : 0;
	cut = (long)sums[COUNT_CUT];
	if (a->stuck > a->pool->stuck) /* the written off had none any more */
		cut += a->stuck - a->pool->stuck;
	for (size_t i = 0; i < a->slots->top; i++) {
		struct rd_conn *c = &a->slots->conn[i];

		if (!rd_conn_take(c))
			continue;
		cut += rd_conn_midway(c);
		rd_acceptor_close(a, c, rd_conn_midway(c) ? CLOSE_CUT : rd_conn_dismiss(c));
	}
	return cut;
}

long rd_acceptor_run(struct rd_acceptor *a)
{
	a->paused = a->draining = a->stirring = false;
	a->ready = 0;
	a->complained_us = 0;
	a->now_us = rd_clock_us();
	a->look_us = a->now_us + LOOK_US;
	a->next_sweep_us = a->now_us + a->sweep_us;
	if (!rd_listening_begin(a)) {
		int error = errno;

		rd_changes_end(a->changes, &a->changed);
		acceptor_cut(a);
		errno = error;
		return -1;
	}
	rd_changes_open(a->changes);
	acceptor_begin(a);
	while (!acceptor_finished(a))
		acceptor_turn(a);
	return acceptor_cut(a);
}

void rd_acceptor_stop(struct rd_acceptor *a, uint64_t until_us)
{
	atomic_store(&a->stop, until_us ? until_us : 1);
	rd_wake(a->wake_fd);
}

void rd_acceptor_hand_over(struct rd_acceptor *a, uint64_t until_us)
{
	atomic_store(&a->handed, true);
	rd_acceptor_stop(a, until_us);
}
