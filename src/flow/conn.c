/*
 * conn - a client's connection: its slot, its owner, and how it changes hands.
 * Thread:  the owner's; rd_conn_event and rd_conn_take are main's.
 * Owns:    the table of slots.
 * Never:   takes a lock.
 */
#include "flow/conn.h"

#include "base/must.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define AGAIN 0x10u
#define TWICE 0x20u /* and once more: the stream's end lies behind the bytes that came with it */
#define OWNER 0x0fu

static void *slots_map(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

static void slots_unmap(struct rd_slots *s)
{
	if (s->conn)
		munmap(s->conn, s->size * sizeof(*s->conn));
	if (s->deadline)
		munmap((void *)s->deadline, s->size * sizeof(*s->deadline));
	if (s->epoll_fd >= 0)
		close(s->epoll_fd);
	if (s->cut_fd >= 0)
		close(s->cut_fd);
	if (s->reserve_fd >= 0)
		close(s->reserve_fd);
}

void rd_wake(int wake_fd)
{
	uint64_t one = 1;
	int saved = errno;

	if (write(wake_fd, &one, sizeof(one)) < 0)
		MUST(errno == EAGAIN); /* as good: it is awake */
	errno = saved;
}

int rd_slots_init(struct rd_slots *s, size_t size, int wake_fd)
{
	*s = (struct rd_slots){
		.size = size,
		.step = 1,
		.epoll_fd = -1,
		.wake_fd = wake_fd,
		.cut_fd = -1,
		.reserve_fd = -1,
	};
	s->conn = slots_map(size * sizeof(*s->conn));
	s->deadline = slots_map(size * sizeof(*s->deadline));
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	s->cut_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (s->conn && s->deadline && s->epoll_fd >= 0 && s->cut_fd >= 0 && s->reserve_fd >= 0)
		return 0;
	slots_unmap(s);
	return -1;
}

void rd_slots_fini(struct rd_slots *s)
{
	MUST(s->open == 0);
	slots_unmap(s);
}

void rd_slots_wake(struct rd_slots *s)
{
	rd_wake(s->wake_fd);
}

void rd_slots_woken(struct rd_slots *s)
{
	uint64_t count;

	if (read(s->wake_fd, &count, sizeof(count)) < 0)
		MUST(errno == EAGAIN);
}

void rd_slots_cut(struct rd_slots *s)
{
	uint64_t one = 1;

	atomic_store(&s->cut, true);
	MUST(write(s->cut_fd, &one, sizeof(one)) == sizeof(one));
}

struct rd_conn *rd_conn_open(struct rd_slots *slots, int fd, const struct rd_protocol *protocol,
			     struct rd_service *service, uint64_t client, uint64_t now_us)
{
	struct rd_conn *c = &slots->conn[fd];

	MUST(fd >= 0 && (size_t)fd < slots->size);
	MUST(atomic_load_explicit(&c->state, memory_order_acquire) == OWN_NONE);
	rd_plain_init(&c->transport, fd);
	c->protocol = protocol;
	c->service = service;
	rd_service_take(service);
	c->session = NULL;
	c->slots = slots;
	c->client = client;
	c->accepted_us = c->ready_us = now_us;
	c->deadline_us = 0;
	c->number = slots->opened += slots->step;
	c->exchanges = 0;
	c->reason = CLOSE_NONE;
	c->registered = c->rested = c->expired = c->shed = c->lingering = false;
	c->last_look = c->unended = c->counted = c->unknown = c->exempt = false;
	if ((size_t)fd >= atomic_load_explicit(&slots->top, memory_order_relaxed))
		atomic_store_explicit(&slots->top, (size_t)fd + 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&slots->open, 1, memory_order_relaxed);
	atomic_store_explicit(&c->state, OWN_MAIN, memory_order_release);
	return c;
}

bool rd_conn_enter(struct rd_conn *c)
{
	struct rd_limits *limits =
		c->service ? atomic_load_explicit(&c->service->limits, memory_order_acquire) : NULL;

	if (!limits)
		return true;
	c->counted = rd_limits_enter(limits, c->client, c->accepted_us);
	return c->counted;
}

bool rd_conn_pass(struct rd_conn *c, enum rd_owner from, enum rd_owner to)
{
	unsigned state = atomic_load_explicit(&c->state, memory_order_relaxed);

	do {
		MUST((state & OWNER) == from);
		if (to == OWN_PARKED && state & (AGAIN | TWICE)) {
			atomic_fetch_and_explicit(&c->state, state & TWICE ? ~TWICE : ~AGAIN,
						  memory_order_acquire);
			return false;
		}
	} while (!atomic_compare_exchange_weak_explicit(&c->state, &state, to | (state & ~OWNER),
							memory_order_acq_rel,
							memory_order_relaxed));
	return true;
}

static bool conn_wants(const struct rd_conn *c, uint32_t events)
{
	static const uint32_t wanted[] = {
		[RD_WANTS_READ] = EPOLLIN | EPOLLRDHUP,
		[RD_WANTS_WRITE] = EPOLLOUT,
		[RD_WANTS_REPLY] = EPOLLRDHUP,
	};

	return events &
	       (wanted[atomic_load_explicit(&c->want, memory_order_relaxed)] | EPOLLHUP | EPOLLERR);
}

bool rd_conn_event(struct rd_conn *c, uint32_t events)
{
	unsigned state = atomic_load_explicit(&c->state, memory_order_acquire), next;
	bool ended = events & (EPOLLRDHUP | EPOLLHUP), taken;

	do {
		switch (state & OWNER) {
		case OWN_PARKED:
			if (!conn_wants(c, events))
				return false;
			/* The stream's end came along: one short read is not all. */
			next = OWN_MAIN | (ended ? AGAIN : 0);
			taken = true;
			break;
		case OWN_MAIN: /* another thread, on the way from the parking to the queue */
		case OWN_QUEUE:
		case OWN_WORKER:
			next = state | AGAIN | (ended ? TWICE : 0);
			taken = false;
			break;
		default:
			return false; /* of a descriptor that was closed meanwhile */
		}
	} while (!atomic_compare_exchange_weak_explicit(
		&c->state, &state, next, memory_order_acq_rel, memory_order_acquire));
	return taken;
}

bool rd_conn_take(struct rd_conn *c)
{
	unsigned state = OWN_PARKED;

	return atomic_compare_exchange_strong_explicit(&c->state, &state, OWN_MAIN,
						       memory_order_acq_rel, memory_order_relaxed);
}

enum rd_owner rd_conn_owner(const struct rd_conn *c)
{
	return atomic_load_explicit(&c->state, memory_order_relaxed) & OWNER;
}

bool rd_conn_parked(const struct rd_conn *c)
{
	return rd_conn_owner(c) == OWN_PARKED;
}

bool rd_conn_midway(const struct rd_conn *c)
{
	return c->session && !c->lingering;
}

static bool conn_ends(const struct rd_conn *c, const _Atomic bool *all)
{
	if (c->service && rd_service_ended(c->service))
		return true;
	return atomic_load_explicit(all, memory_order_relaxed);
}

bool rd_conn_draining(const struct rd_conn *c)
{
	return c->slots && conn_ends(c, &c->slots->draining);
}

bool rd_conn_leaving(const struct rd_conn *c)
{
	return c->slots && conn_ends(c, &c->slots->leaving);
}

enum rd_close_reason rd_conn_dismiss(const struct rd_conn *c)
{
	const struct rd_slots *slots = c->slots;
	bool ends = atomic_load_explicit(&slots->draining, memory_order_relaxed);

	if (slots->legacy && ends && c->service && rd_legacy_leave(slots->legacy, c->transport.fd))
		return CLOSE_LEFT;
	return CLOSE_DRAIN;
}

void rd_conn_close(struct rd_conn **conn, enum rd_close_reason reason)
{
	struct rd_conn *c = *conn;
	struct rd_slots *slots = c->slots;
	struct rd_transport transport = c->transport;
	struct rd_service *service = c->service;

	*conn = NULL;
	MUST(reason > CLOSE_NONE && reason < CLOSE_REASON_COUNT);
	if (c->session)
		c->protocol->release(c);
	MUST(c->session == NULL);
	if (c->counted) /* before its client can know of the end, and come again */
		rd_limits_leave(service->limits, c->client);
	if (slots) {
		atomic_store_explicit(&slots->deadline[transport.fd], 0, memory_order_relaxed);
		atomic_store_explicit(&c->state, OWN_NONE, memory_order_release);
	}
	/* From here on the slot is not ours: the next accept may be given this descriptor. */
	rd_transport_close(&transport);
	if (!slots)
		return;
	rd_service_drop(service);
	atomic_fetch_sub(&slots->open, 1); /* main sets tell, then reads open: one of us sees */
	if (atomic_load(&slots->tell) && atomic_exchange(&slots->tell, false))
		rd_slots_wake(slots);
}

const char *rd_close_reason_word(enum rd_close_reason reason)
{
	static const char *const words[] = {
#define CLOSE_REASON(name, word, fault, text) [CLOSE_##name] = word,
#include "tbl/close_reason.h"
#undef CLOSE_REASON
	};

	MUST(reason < CLOSE_REASON_COUNT);
	return words[reason];
}
