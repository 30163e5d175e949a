/*
 * acceptor - main's loop.
 * Thread:  main's, but for rd_acceptor_stop.
 * Owns:    a connection from the accept, or from when it left the parking, until the push.
 * Never:   parses a request, performs, waits for a client.
 */
#include "flow/acceptor.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "flow/park.h"
#include "flow/pulse.h"
#include "flow/refuse.h"
#include "flow/whose.h"
#include "guard/admit.h"
#include "net/client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	LOOK_US = 1000,		   /* between two looks at a pool that is awake */
	STALLED = 50,		   /* looks at a pool that takes nothing, before main sheds */
	DRAIN_US = 20 * 1000,	   /* between two looks at what is still open while draining */
	PAUSE_US = 100 * 1000,	   /* before accepting is tried again after the system ran out */
	SWEPT = 64,		   /* expired connections taken at once */
	LAST_ACCEPTS = 4096,	   /* of what the kernel holds when the drain begins */
	COMPLAIN_US = 1000 * 1000, /* between two lines of the log that say the same */
};

/* epoll_event.data.u64 of what is not a connection; those have their descriptor. */
#define TAG_WAKE     (UINT64_C(1) << 32)
#define TAG_LISTENER (UINT64_C(2) << 32)

struct rd_conn *rd_acceptor_open(struct rd_acceptor *a, const struct rd_listener *l, int fd,
				 const struct rd_sockaddr *peer)
{
	rd_count(&a->counters, COUNT_ACCEPTED);
	return rd_conn_open(a->slots, fd, l->protocol, l->service, rd_client_of(peer), a->now_us);
}

void rd_acceptor_close(struct rd_acceptor *a, struct rd_conn *c, enum rd_close_reason reason)
{
	rd_count_close(&a->counters, reason);
	rd_conn_close(&c, reason);
}

bool rd_acceptor_complains(struct rd_acceptor *a)
{
	if (a->now_us < a->complained_us + COMPLAIN_US)
		return false;
	a->complained_us = a->now_us;
	return true;
}

static bool acceptor_poll(struct rd_acceptor *a, int op, int fd, uint32_t events, uint64_t tag)
{
	struct epoll_event event = { .events = events, .data.u64 = tag };

	return epoll_ctl(a->slots->epoll_fd, op, fd, &event) == 0;
}

/* Once, so that no listener is lost when the system is out of memory or watches later. */
static bool acceptor_register(struct rd_acceptor *a)
{
	if (!acceptor_poll(a, EPOLL_CTL_ADD, a->slots->wake_fd, EPOLLIN, TAG_WAKE))
		return false;
	for (size_t i = 0; i < a->listeners; i++)
		if (!acceptor_poll(a, EPOLL_CTL_ADD, a->listener[i].fd, EPOLLIN, TAG_LISTENER | i))
			return false;
	return true;
}

/* Off: accepting is not tried before `until_us`. */
static void acceptor_poll_listeners(struct rd_acceptor *a, bool on, uint64_t until_us)
{
	a->paused = !on;
	a->paused_us = until_us;
	for (size_t i = 0; i < a->listeners; i++)
		if (a->listener[i].fd >= 0)
			acceptor_poll(a, EPOLL_CTL_MOD, a->listener[i].fd, on ? EPOLLIN : 0,
				      TAG_LISTENER | i);
}

static void acceptor_add(struct rd_acceptor *a, struct rd_conn *c, bool begun)
{
	MUST(a->ready < RD_EVENTS);
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
static void acceptor_give(struct rd_acceptor *a, struct rd_conn *c)
{
	if (rd_refuse_told(c) && !rd_refuse_linger(a, c))
		return;
	acceptor_add(a, c,
		     c->session || c->lingering || c->expired || a->stirring ||
			     c->protocol == &rd_pulse);
	if (a->ready == RD_EVENTS)
		acceptor_push(a);
}

/* Whose it is, is known: is served, unless he may not come in, or has as many as he may. */
static void acceptor_begin(struct rd_acceptor *a, struct rd_conn *c, const struct rd_listener *l,
			   const struct rd_sockaddr *client)
{
	if (l->access && !rd_admit_may(l->access, client)) {
		if (!rd_refuse_tell(a, c, CLOSE_DENIED))
			return;
	} else if (!c->exempt && !rd_conn_enter(c)) {
		rd_count(&a->counters, COUNT_LIMITED);
		if (!rd_refuse_tell(a, c, CLOSE_LIMIT))
			return;
	}
	acceptor_give(a, c);
}

static void acceptor_ask(struct rd_acceptor *a, struct rd_conn *c, const struct rd_listener *l,
			 const struct rd_sockaddr *peer)
{
	struct rd_sockaddr client = *peer;

	if (rd_whose_ask(a, c, &client))
		acceptor_begin(a, c, l, &client);
}

/* More has come, or its time is over. Without its listener it is not known who may come in. */
static void acceptor_ask_again(struct rd_acceptor *a, struct rd_conn *c)
{
	const struct rd_listener *l = a->listener, *end = l + a->listeners;
	struct rd_sockaddr peer;

	while (l < end && l->service != c->service)
		l++;
	if (l == end)
		rd_acceptor_close(a, c, CLOSE_DRAIN);
	else if (!rd_transport_end(&c->transport, RD_END_PEER, &peer))
		rd_acceptor_close(a, c, CLOSE_PEER_RESET);
	else
		acceptor_ask(a, c, l, &peer);
}

static void acceptor_ready(struct rd_acceptor *a, struct rd_conn *c)
{
	if (c->unknown)
		acceptor_ask_again(a, c);
	else
		acceptor_give(a, c);
}

/* A close tells main from now on; false when there is room after all. */
static bool acceptor_full(struct rd_acceptor *a)
{
	if (atomic_load(&a->slots->open) < a->conns_max)
		return false;
	atomic_store(&a->slots->tell, true);
	return atomic_load(&a->slots->open) >= a->conns_max;
}

/* A balancer, who says whose its connections are; once, in the first bytes. */
static bool acceptor_believes(const struct rd_listener *l, const struct rd_sockaddr *peer)
{
	return l->balancers && rd_admit_believes(l->balancers, peer);
}

static void acceptor_come(struct rd_acceptor *a, struct rd_conn *c, const struct rd_listener *l,
			  const struct rd_sockaddr *peer)
{
	if (!acceptor_believes(l, peer)) {
		acceptor_begin(a, c, l, peer);
		return;
	}
	c->unknown = true;
	c->deadline_us = a->now_us + l->whose_us;
	acceptor_ask(a, c, l, peer);
}

static void acceptor_complain(struct rd_acceptor *a, int error, const char *what)
{
	if (rd_acceptor_complains(a))
		rd_log("accept: %s; %s", strerror(error), what);
}

/* What an accept that gave no connection means: whether to go on accepting. */
static bool acceptor_accept_failed(struct rd_acceptor *a, const struct rd_listener *l)
{
	int error = errno;

	switch (error) {
	case EAGAIN:
		return false;
	case EMFILE:
	case ENFILE:
		if (rd_refuse_accept(a, l)) {
			acceptor_complain(a, error, "clients are refused");
			return true;
		}
		/* fall through */
	case ENOBUFS:
	case ENOMEM:
		acceptor_complain(a, error, "waiting for a connection to close");
		acceptor_poll_listeners(a, false, a->now_us + PAUSE_US);
		return false;
	default:
		return true; /* that client is gone (ECONNABORTED and the like); the next, please */
	}
}

static void acceptor_accept(struct rd_acceptor *a, const struct rd_listener *l, size_t most)
{
	for (size_t i = 0; i < most; i++) {
		struct rd_sockaddr peer;
		int fd;

		if (acceptor_full(a)) {
			acceptor_poll_listeners(a, false, 0);
			return;
		}
		fd = rd_listener_accept(l, &peer);
		if (fd < 0) {
			if (acceptor_accept_failed(a, l))
				continue;
			return;
		}
		if ((size_t)fd >= a->slots->size) { /* the limit was raised under us */
			close(fd);
			continue;
		}
		acceptor_come(a, rd_acceptor_open(a, l, fd, &peer), l, &peer);
	}
}

/* What another process accepted, and left between two requests; and the server's own. */
static void acceptor_go_on(struct rd_acceptor *a)
{
	for (size_t i = 0; i < a->givens; i++) {
		struct rd_given *g = &a->given[i];
		const struct rd_listener *l = &a->listener[g->listener];
		struct rd_sockaddr peer;
		struct rd_conn *c;

		peer.len = sizeof(peer.storage);
		if (g->fd < 0 || (size_t)g->fd >= a->slots->size ||
		    getpeername(g->fd, &peer.sa, &peer.len) != 0 || acceptor_believes(l, &peer))
			continue;
		c = rd_acceptor_open(a, l, g->fd, &peer);
		c->exchanges = 1;
		g->fd = -1;
		acceptor_begin(a, c, l, &peer);
	}
	if (a->pulses)
		acceptor_give(a,
			      rd_conn_open(a->slots, a->pulse_fd, &rd_pulse, NULL, 0, a->now_us));
	acceptor_push(a);
}

static void acceptor_events(struct rd_acceptor *a, int n)
{
	for (int i = 0; i < n; i++) {
		uint64_t tag = a->event[i].data.u64;

		if (tag == TAG_WAKE) {
			rd_slots_woken(a->slots);
			acceptor_look(a); /* another thread may have pushed */
		} else if (tag & TAG_LISTENER) {
			const struct rd_listener *l = &a->listener[tag & 0xffffffff];

			if (!a->paused && l->fd >= 0)
				acceptor_accept(a, l, RD_EVENTS);
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

/*
 * Every parked connection whose server or listener ends is looked at once more by a worker, and
 * closed if nothing is begun.
 */
static void acceptor_stir(struct rd_acceptor *a)
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

/*
 * What the kernel has completed is still served, unless another process does; then the listener is
 * closed. It is watched no more, which the close does not see to where somebody else has it: he who
 * goes on with the clients does too. A reload may be reading the rest of *l.
 */
static void acceptor_end(struct rd_acceptor *a, struct rd_listener *l)
{
	bool handed = atomic_load(&a->handed);

	if (l->fd < 0)
		return;
	if (!handed && !a->paused)
		acceptor_accept(a, l, LAST_ACCEPTS);
	acceptor_poll(a, EPOLL_CTL_DEL, l->fd, 0, 0);
	rd_listener_close(l, l->lent || handed || a->slots->legacy);
}

static void acceptor_drain(struct rd_acceptor *a)
{
	a->draining = true;
	rd_changes_close(&a->changes);
	a->ended = acceptor_ended_so_far(a);
	atomic_store(&a->slots->draining, true);
	atomic_store(&a->slots->leaving, !atomic_load(&a->handed));
	for (size_t i = 0; i < a->listeners; i++)
		acceptor_end(a, &a->listener[i]);
	acceptor_push(a);
	if (atomic_load(&a->slots->leaving))
		acceptor_stir(a);
	else if (a->pulses && rd_conn_take(&a->slots->conn[a->pulse_fd]))
		rd_acceptor_close(a, &a->slots->conn[a->pulse_fd], CLOSE_DRAIN);
}

/* Has the kernel watch the new ones. False with errno, and it watches none of them. */
static bool acceptor_watch(struct rd_acceptor *a, const struct rd_change *c)
{
	for (size_t i = 0; i < c->listeners; i++) {
		const struct rd_listener *l = &c->listener[i];
		int error;

		if (l->from >= 0 || acceptor_poll(a, EPOLL_CTL_ADD, l->fd, 0, TAG_LISTENER | i))
			continue;
		error = errno;
		while (i-- > 0)
			if (c->listener[i].from < 0)
				acceptor_poll(a, EPOLL_CTL_DEL, c->listener[i].fd, 0, 0);
		errno = error;
		return false;
	}
	return true;
}

static void acceptor_set_limits(struct rd_acceptor *a)
{
	for (size_t i = 0; i < a->listeners; i++)
		if (a->listener[i].service)
			rd_service_set_limits(a->listener[i].service, &a->listener[i].limits);
}

/* The old ones' services end before the generation changes, and it before a new one accepts. */
static void acceptor_exchange(struct rd_acceptor *a, const struct rd_change *c)
{
	struct rd_listener *was = a->listener;
	bool ended = false;

	for (size_t i = 0; i < a->listeners; i++) {
		if (rd_change_keeps(c, was[i].service))
			continue;
		rd_service_end(was[i].service);
		ended = true;
	}
	rd_generations_put(c->generations, c->next);
	for (size_t i = 0; i < c->listeners; i++) {
		struct rd_listener *l = &c->listener[i];

		if (l->from >= 0)
			rd_listener_inherit(l, &was[l->from]);
	}
	for (size_t i = 0; i < a->listeners; i++) {
		acceptor_end(a, &was[i]);
		rd_service_drop(was[i].service);
		was[i].service = NULL;
	}
	a->listener = c->listener;
	a->listeners = c->listeners;
	acceptor_set_limits(a);
	acceptor_poll_listeners(a, !a->paused, a->paused_us);
	if (ended)
		acceptor_stir(a);
}

static void acceptor_change(struct rd_acceptor *a, const struct rd_change *c)
{
	if (!acceptor_watch(a, c)) {
		rd_changes_answer(&a->changes, errno);
		return;
	}
	acceptor_exchange(a, c);
	a->conns_max = c->conns_max;
	a->sweep_us = c->sweep_us;
	a->next_sweep_us = a->now_us;
	if (c->queue)
		rd_queue_set(a->queue, c->queue);
	if (c->pool)
		rd_pool_set(a->pool, c->pool->min, c->pool->max);
	rd_changes_answer(&a->changes, 0);
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
	struct rd_change *change;

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
	if (a->paused && !a->draining && a->now_us >= a->paused_us && !acceptor_full(a))
		acceptor_poll_listeners(a, true, 0);
	if ((change = rd_changes_look(&a->changes)))
		acceptor_change(a, change);
	if (!a->draining && atomic_load(&a->stop) != 0)
		acceptor_drain(a);
	if (atomic_load(&a->slots->late) && atomic_exchange(&a->slots->late, false))
		acceptor_stir(a);
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
	acceptor_set_limits(a);
	a->now_us = rd_clock_us();
	a->look_us = a->now_us + LOOK_US;
	a->next_sweep_us = a->now_us + a->sweep_us;
	if (!acceptor_register(a)) {
		int error = errno;

		rd_changes_close(&a->changes);
		acceptor_cut(a);
		errno = error;
		return -1;
	}
	rd_changes_open(&a->changes);
	acceptor_go_on(a);
	while (!acceptor_finished(a))
		acceptor_turn(a);
	rd_changes_close(&a->changes);
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
