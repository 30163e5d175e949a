/*
 * ask - one exchange from the client's end: the life of a socket, step by step.
 * Thread:  main; the look-up of a name has one of its own, for it cannot be given a deadline.
 * Owns:    the socket, from its making to its close.
 * Waits:   in poll, until the deadline of the whole exchange.
 */
#include "client/ask.h"

#include "base/clock.h"
#include "base/must.h"
#include "client/answer.h"
#include "client/meter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum step { LOOK_UP, SOCKET, CONNECT, SEND, FIRST_BYTE, LAST_BYTE, CLOSE, END };

struct ask {
	const struct rd_ask *ask;
	uint64_t deadline_us;
	int at, count; /* of the look-up's addresses: the next to try, how many */
	int fd;
	bool connected, sent, whole;
	uint64_t received;
	uint64_t body, body_us; /* HTTP: that has come, since when */
	struct rd_meter meter;
	struct rd_answer answer;
	char peer[288];	  /* the address that the step deals with */
	char detail[288]; /* what the trace shows beside the step */
	char why[160];	  /* the step failed: why */
	size_t len;
	char bytes[RD_ANSWER_MAX]; /* come and not taken */
};

/* Static: when the look-up is late, its thread writes here after rd_ask_run is gone. */
static struct {
	struct rd_address address;
	struct rd_sockaddr list[RD_ADDRESS_MAX];
	int count;
	char why[128];
	int done; /* eventfd, or -1 when nobody waits */
} lookup;

static const char timed_out[] = "timed out";

static enum step ask_fail(struct ask *a, const char *why, enum step next)
{
	snprintf(a->why, sizeof a->why, "%s", why);
	return next;
}

static bool ask_stop(struct ask *a, const char *why)
{
	ask_fail(a, why, END);
	return false;
}

/* Shows how far the body is, if it is time to. */
static void ask_progress(struct ask *a, uint64_t now)
{
	double mib = (double)a->body / (1 << 20), length = (double)a->answer.length / (1 << 20);
	double rate;

	if (!rd_meter_due(&a->meter, now))
		return;
	rate = mib * 1e6 / (double)(now - a->body_us);
	if (length > 0 && rate > 0)
		rd_meter_show(&a->meter, now, mib / length,
			      "%.1f of %.1f MiB, %.1f MiB/s, %.0f s left", mib, length, rate,
			      (length - mib) / rate);
	else
		rd_meter_show(&a->meter, now, -1, "%.1f MiB, %.1f MiB/s", mib, rate);
}

/* False when `until_us` has passed; the step has failed then. */
static bool ask_wait(struct ask *a, short events, uint64_t until_us)
{
	struct pollfd p = { .fd = a->fd, .events = events };
	uint64_t now = rd_clock_us();
	uint64_t next, wait_ms;

	while (now < until_us) {
		ask_progress(a, now);
		next = rd_meter_next(&a->meter);
		wait_ms = ((next < until_us ? next : until_us) - now + 999) / 1000;
		if (poll(&p, 1, wait_ms > INT_MAX ? INT_MAX : (int)wait_ms) > 0)
			return true;
		now = rd_clock_us();
	}
	return ask_stop(a, timed_out);
}

static void *ask_resolve(void *none)
{
	const char *why = "";

	lookup.count =
		rd_address_resolve(&lookup.address, false, lookup.list, RD_ADDRESS_MAX, &why);
	snprintf(lookup.why, sizeof lookup.why, "%s", why);
	if (lookup.done >= 0)
		eventfd_write(lookup.done, 1);
	return none;
}

/* Whether there is nobody to wait for. */
static bool ask_is_number(const struct rd_address *address)
{
	struct in_addr in;

	return address->kind == RD_ADDRESS_UNIX || strchr(address->host, ':') ||
	       inet_pton(AF_INET, address->host, &in) == 1;
}

static enum step ask_look_up(struct ask *a)
{
	pthread_t thread;

	snprintf(a->detail, sizeof a->detail, "%s", a->peer);
	lookup.address = *a->ask->address;
	lookup.done = ask_is_number(&lookup.address) ? -1 : eventfd(0, EFD_CLOEXEC);
	if (lookup.done < 0 || pthread_create(&thread, NULL, ask_resolve, NULL) != 0) {
		ask_resolve(NULL);
	} else {
		a->fd = lookup.done;
		if (!ask_wait(a, POLLIN, a->deadline_us))
			return END;
		PTH(pthread_join(thread, NULL));
	}
	if (lookup.done >= 0)
		close(lookup.done);
	a->count = lookup.count;
	return a->count ? SOCKET : ask_fail(a, lookup.why, END);
}

static enum step ask_socket(struct ask *a)
{
	const struct rd_sockaddr *to = &lookup.list[a->at];
	int family = to->sa.sa_family;

	rd_address_format(&to->sa, to->len, a->peer, sizeof a->peer);
	snprintf(a->detail, sizeof a->detail, "%s",
		 family == AF_UNIX    ? "Unix"
		 : family == AF_INET6 ? "IPv6"
				      : "IPv4");
	a->at++;
	a->fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | (family == AF_UNIX ? 0 : SOCK_NONBLOCK),
		       0);
	if (a->fd >= 0)
		return CONNECT;
	return ask_fail(a, strerror(errno), a->at < a->count ? SOCKET : END);
}

/* A connect to a Unix socket cannot be polled for: the kernel's own time limit bounds it. */
static void ask_limit_connect(struct ask *a, uint64_t us)
{
	struct timeval limit = { .tv_sec = (time_t)(us / 1000000),
				 .tv_usec = (suseconds_t)(us % 1000000) };

	setsockopt(a->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

static enum step ask_connect(struct ask *a)
{
	const struct rd_sockaddr *to = &lookup.list[a->at - 1];
	uint64_t now = rd_clock_us();
	uint64_t left = a->deadline_us > now ? a->deadline_us - now : 1;
	int error = 0;
	socklen_t len = sizeof error;

	left = left / (unsigned)(a->count - a->at + 1) + 1; /* the others get theirs */
	snprintf(a->detail, sizeof a->detail, "%s", a->peer);
	if (to->sa.sa_family == AF_UNIX)
		ask_limit_connect(a, left);
	if (connect(a->fd, &to->sa, to->len) != 0)
		error = errno;
	if (error == EINPROGRESS) {
		if (!ask_wait(a, POLLOUT, now + left))
			return CLOSE;
		getsockopt(a->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	}
	if (error)
		return ask_fail(a, error == EAGAIN ? timed_out : strerror(error), CLOSE);
	a->connected = true;
	return SEND;
}

/* A server may answer and close before it has read all: what it said is read even so. */
static enum step ask_send(struct ask *a)
{
	struct rd_span left = a->ask->request;
	ssize_t n;

	snprintf(a->detail, sizeof a->detail, "%zu bytes", left.len);
	while (left.len > 0) {
		n = send(a->fd, left.at, left.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN)
			return ask_fail(a, strerror(errno), FIRST_BYTE);
		if (n < 0 && !ask_wait(a, POLLOUT, a->deadline_us))
			return CLOSE;
		if (n > 0) {
			left.at += n;
			left.len -= (size_t)n;
		}
	}
	a->sent = true;
	return FIRST_BYTE;
}

/* Some more of the reply: true. False when there is none, and then whole or why is set. */
static bool ask_receive(struct ask *a)
{
	ssize_t n;

	while ((n = recv(a->fd, a->bytes + a->len, sizeof a->bytes - a->len, MSG_DONTWAIT)) < 0 &&
	       errno == EAGAIN)
		if (!ask_wait(a, POLLIN, a->deadline_us))
			return false;
	if (n > 0) {
		a->len += (size_t)n;
		a->received += (size_t)n;
		if (a->ask->steady)
			a->deadline_us = rd_clock_us() + a->ask->timeout_us;
		return true;
	}
	if (n < 0)
		return ask_stop(a, strerror(errno));
	if (a->received == 0)
		return ask_stop(a, "the server closed without a reply");
	if (a->ask->http && !rd_answer_close(&a->answer))
		return ask_stop(a, a->answer.why);
	a->whole = a->sent; /* or else the close may have cut the reply */
	return false;
}

static enum step ask_first_byte(struct ask *a)
{
	bool come = ask_receive(a);

	snprintf(a->detail, sizeof a->detail, "%zu bytes", a->len);
	return come ? LAST_BYTE : CLOSE;
}

static void ask_show(struct ask *a, struct rd_span part)
{
	fwrite(part.at, 1, part.len, a->ask->to);
}

static bool ask_shown(struct ask *a)
{
	if (fflush(a->ask->to) == 0 && !ferror(a->ask->to))
		return true;
	snprintf(a->why, sizeof a->why, "%.100s: %s", a->ask->to_name, strerror(errno));
	return false;
}

static void ask_begin_body(struct ask *a)
{
	a->body_us = rd_clock_us();
	if (a->ask->meter)
		rd_meter_begin(&a->meter, a->body_us);
}

/* Shows what has come. True when there is more to come; otherwise whole or why is set. */
static bool ask_take_http(struct ask *a)
{
	struct rd_span rest = { a->bytes, a->len }, part;
	enum rd_answer_part found;
	bool mute;

	while ((found = rd_answer_next(&a->answer, &rest, &part)) == ANSWER_HEAD ||
	       found == ANSWER_BODY) {
		mute = a->ask->fail && a->answer.status >= 400;
		if (found == ANSWER_HEAD)
			ask_begin_body(a);
		else
			a->body += part.len;
		if (found == ANSWER_HEAD ? a->ask->head : !mute)
			ask_show(a, part);
	}
	memmove(a->bytes, rest.at, rest.len);
	a->len = rest.len;
	if (!ask_shown(a))
		return false;
	if (found == ANSWER_BAD)
		return ask_stop(a, a->answer.why);
	a->whole = found == ANSWER_END;
	return found == ANSWER_MORE;
}

static bool ask_take(struct ask *a)
{
	if (a->ask->http)
		return ask_take_http(a);
	ask_show(a, (struct rd_span){ a->bytes, a->len });
	a->len = 0;
	return ask_shown(a);
}

/* A server that never pauses is never waited for. */
static bool ask_in_time(struct ask *a)
{
	uint64_t now = rd_clock_us();

	ask_progress(a, now);
	return now < a->deadline_us || ask_stop(a, timed_out);
}

static enum step ask_last_byte(struct ask *a)
{
	while (ask_take(a) && ask_in_time(a) && ask_receive(a))
		;
	rd_meter_end(&a->meter);
	snprintf(a->detail, sizeof a->detail, "%" PRIu64 " bytes", a->received);
	return CLOSE;
}

static enum step ask_close(struct ask *a)
{
	close(a->fd);
	return a->connected || a->at == a->count ? END : SOCKET;
}

static const struct {
	const char *name;
	enum step (*perform)(struct ask *a);
} steps[END] = {
	[LOOK_UP] = { "look-up", ask_look_up },
	[SOCKET] = { "socket", ask_socket },
	[CONNECT] = { "connect", ask_connect },
	[SEND] = { "send", ask_send },
	[FIRST_BYTE] = { "first byte", ask_first_byte },
	[LAST_BYTE] = { "last byte", ask_last_byte },
	[CLOSE] = { "close", ask_close },
};

/* Wide enough for any count of bytes, and for every address once they are known. */
static int ask_width(const struct ask *a)
{
	char text[RD_ADDRESS_TEXT];
	size_t width = sizeof "999999999 bytes" - 1, len = strlen(a->ask->name);

	if (len > width)
		width = len;
	for (int i = 0; i < a->count; i++) {
		len = strlen(rd_address_format(&lookup.list[i].sa, lookup.list[i].len, text,
					       sizeof text));
		if (len > width)
			width = len;
	}
	return (int)width;
}

static void ask_trace(const struct ask *a, const char *step, uint64_t us)
{
	if (a->ask->trace)
		fprintf(stderr, "%-10s   %-*s  %9" PRIu64 " µs%s%s\n", step, ask_width(a),
			a->detail, us, a->why[0] ? "  " : "", a->why);
}

bool rd_ask_run(const struct rd_ask *ask, struct rd_asked *asked)
{
	uint64_t began = rd_clock_us(), then = began, now;
	struct ask a = { .ask = ask, .deadline_us = began + ask->timeout_us, .fd = -1 };
	enum step step = LOOK_UP, next;

	snprintf(a.peer, sizeof a.peer, "%s", ask->name);
	for (; step != END; step = next) {
		a.detail[0] = a.why[0] = '\0';
		next = steps[step].perform(&a);
		now = rd_clock_us();
		ask_trace(&a, steps[step].name, now - then);
		if (step == SOCKET)
			asked->failure[0] = '\0'; /* a fresh try */
		if (a.why[0] && !asked->failure[0])
			snprintf(asked->failure, sizeof asked->failure, "%s %s: %s",
				 steps[step].name, a.peer, a.why);
		then = rd_clock_us();
	}
	a.detail[0] = a.why[0] = '\0';
	ask_trace(&a, "total", then - began);
	asked->status = a.answer.status;
	return a.whole;
}
