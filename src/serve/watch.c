/*
 * watch - whether a client is still there while its handler runs.
 * Thread:  the worker's that holds the connection.
 * Owns:    two descriptors, from the first rd_watch_fd until the end.
 * Never:   waits, reads a byte.
 */
#include "serve/watch.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

static void watch_probe(struct rd_watch *w, struct rd_transport *t)
{
	static const char text[] = "HTTP/1.1 102 Processing\r\n\r\n";
	struct iovec iov = { (char *)text, sizeof(text) - 1 };
	size_t sent;

	w->probed = true; /* where it is not taken whole, the buffer was full: it is there */
	(void)rd_transport_send(t, &iov, 1, false, &sent);
}

/* False where nothing is known, also when it was just told 102. */
static bool watch_look(struct rd_watch *w, struct rd_conn *c, bool probe)
{
	struct pollfd p = { .fd = c->transport.fd, .events = POLLRDHUP };

	if (p.fd < 0 || poll(&p, 1, 0) <= 0)
		return false;
	if (p.revents & (POLLHUP | POLLERR | POLLNVAL))
		return true;
	if (p.revents & POLLRDHUP && probe && !w->probed)
		watch_probe(w, &c->transport);
	return false;
}

bool rd_watch_left(struct rd_watch *w, struct rd_conn *c, bool probe)
{
	if (watch_look(w, c, probe))
		return true;
	return w->probed && watch_look(w, c, false);
}

bool rd_watch_gone(struct rd_watch *w, struct rd_conn *c, bool probe)
{
	struct epoll_event event[3];

	if (w->epoll_fd >= 0) /* an edge that was seen is not shown again */
		(void)epoll_wait(w->epoll_fd, event, 3, 0);
	if (c->slots && atomic_load_explicit(&c->slots->cut, memory_order_relaxed))
		return true;
	return watch_look(w, c, probe);
}

static bool watch_add(struct rd_watch *w, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return fd < 0 || epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool watch_open(struct rd_watch *w, struct rd_conn *c)
{
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return w->epoll_fd >= 0 && watch_add(w, c->slots ? c->slots->cut_fd : -1, EPOLLIN) &&
	       watch_add(w, c->transport.fd, EPOLLRDHUP | EPOLLET);
}

static bool watch_timer(struct rd_watch *w, uint64_t deadline_us)
{
	struct itimerspec at = { .it_value = rd_clock_timespec(deadline_us) };

	w->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return w->timer_fd >= 0 &&
	       timerfd_settime(w->timer_fd, TFD_TIMER_ABSTIME, &at, NULL) == 0 &&
	       watch_add(w, w->timer_fd, EPOLLIN);
}

bool rd_watch_has(const struct rd_watch *w, uint64_t deadline_us)
{
	return w->epoll_fd >= 0 && (deadline_us == 0 || w->timer_fd >= 0);
}

int rd_watch_fd(struct rd_watch *w, struct rd_conn *c, uint64_t deadline_us)
{
	int error;

	if ((w->epoll_fd >= 0 || watch_open(w, c)) &&
	    (rd_watch_has(w, deadline_us) || watch_timer(w, deadline_us)))
		return w->epoll_fd;
	error = errno;
	rd_watch_end(w);
	errno = error;
	return -1;
}

void rd_watch_end(struct rd_watch *w)
{
	if (w->epoll_fd >= 0)
		close(w->epoll_fd);
	if (w->timer_fd >= 0)
		close(w->timer_fd);
	w->epoll_fd = w->timer_fd = -1;
}
