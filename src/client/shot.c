/*
 * shot - the life of one connection of a load: connect, send, read, and again.
 * Thread:  the only one.
 * Owns:    the socket, from its making to its close.
 * Never:   waits.
 */
#include "client/shot.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { READS = 16 }; /* in a row; then the others have their turn */

static enum rd_shot_outcome shot_fail(struct rd_shot *shot, enum rd_load_failure failure, int error,
				      struct rd_shot_why *why)
{
	rd_shot_close(shot);
	*why = (struct rd_shot_why){ failure, error };
	return SHOT_FAILED;
}

static enum rd_shot_outcome shot_error(struct rd_shot *shot, int error, struct rd_shot_why *why)
{
	switch (error) {
	case ECONNREFUSED:
	case ENOENT: /* no Unix socket there */
	case EAGAIN: /* the backlog of a Unix socket is full */
		return shot_fail(shot, FAILURE_REFUSED, 0, why);
	case ECONNRESET:
	case EPIPE:
		return shot_fail(shot, FAILURE_RESET, 0, why);
	case ETIMEDOUT:
		return shot_fail(shot, FAILURE_TIMED_OUT, 0, why);
	default:
		return shot_fail(shot, FAILURE_OTHER, error, why);
	}
}

void rd_shot_close(struct rd_shot *shot)
{
	if (shot->fd >= 0)
		close(shot->fd);
	shot->fd = -1;
	shot->registered = false;
	shot->state = SHOT_IDLE;
	shot->kept.len = 0;
}

static bool shot_register(struct rd_shots *all, struct rd_shot *shot, int operation)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
				     .data.ptr = shot };

	return epoll_ctl(all->epoll_fd, operation, shot->fd, &event) == 0;
}

/* Registered the first time only: what is answered at once needs no event. */
static enum rd_shot_outcome shot_wait(struct rd_shots *all, struct rd_shot *shot,
				      struct rd_shot_why *why)
{
	if (!shot->registered && !shot_register(all, shot, EPOLL_CTL_ADD))
		return shot_error(shot, errno, why);
	shot->registered = true;
	return SHOT_WAITS;
}

/* Made and on its way: 0, or errno. */
static int shot_connect(struct rd_shots *all, struct rd_shot *shot)
{
	const struct rd_sockaddr *to = &all->address[all->address_at];

	shot->address = all->address_at;
	shot->fd = socket(to->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (shot->fd < 0)
		return errno;
	if (connect(shot->fd, &to->sa, to->len) == 0 || errno == EINPROGRESS)
		return 0;
	return errno;
}

/* Until one has taken a connection, the addresses of the name are tried in turn. */
static bool shot_next_address(struct rd_shots *all, const struct rd_shot *shot)
{
	if (all->reached || shot->sent > 0)
		return false;
	if (shot->address == all->address_at && all->address_at + 1 < all->address_count)
		all->address_at++;
	return shot->address < all->address_at;
}

static enum rd_shot_outcome shot_replied(struct rd_shots *all, struct rd_shot *shot, bool keep)
{
	if (!keep || all->close || shot->sent < all->request.len)
		rd_shot_close(shot);
	shot->state = SHOT_IDLE;
	return SHOT_REPLIED;
}

/* The server has closed its side. */
static enum rd_shot_outcome shot_ended(struct rd_shots *all, struct rd_shot *shot,
				       struct rd_shot_why *why)
{
	if (shot->received > 0 && (!all->http || rd_answer_close(&shot->answer)))
		return shot_replied(all, shot, false);
	return shot_fail(shot, FAILURE_CLOSED, 0, why);
}

/* Takes what of a reply is in bytes[0..len). */
static enum rd_shot_outcome shot_take(struct rd_shots *all, struct rd_shot *shot, size_t len,
				      struct rd_shot_why *why)
{
	struct rd_span rest = { all->bytes, len }, part;
	enum rd_answer_part found;

	if (!all->http)
		return SHOT_WAITS;
	do
		found = rd_answer_next(&shot->answer, &rest, &part);
	while (found == ANSWER_HEAD || found == ANSWER_BODY);
	if (found == ANSWER_BAD)
		return shot_fail(shot, FAILURE_MALFORMED, 0, why);
	if (found == ANSWER_END)
		return shot_replied(all, shot, !shot->answer.last && rest.len == 0);
	shot->kept.len = 0;
	if (rest.len > 0 && !rd_buffer_add(&shot->kept, rest.at, rest.len))
		return shot_fail(shot, FAILURE_OTHER, ENOMEM, why);
	return SHOT_WAITS;
}

/* Until the kernel has no more; `ended` when it is known that an end comes behind. */
static enum rd_shot_outcome shot_read(struct rd_shots *all, struct rd_shot *shot, bool ended,
				      struct rd_shot_why *why)
{
	enum rd_shot_outcome outcome;

	for (unsigned reads = 0; reads < READS; reads++) {
		size_t kept = shot->kept.len, room = sizeof all->bytes - kept;
		ssize_t n;

		if (kept > 0)
			memcpy(all->bytes, shot->kept.at, kept);
		n = recv(shot->fd, all->bytes + kept, room, 0);
		if (n < 0)
			return errno == EAGAIN ? shot_wait(all, shot, why)
					       : shot_error(shot, errno, why);
		if (n == 0)
			return shot_ended(all, shot, why);
		shot->received += (size_t)n;
		outcome = shot_take(all, shot, kept + (size_t)n, why);
		if (outcome != SHOT_WAITS)
			return outcome;
		if ((size_t)n < room && !ended)
			return shot_wait(all, shot, why);
	}
	if (shot->registered && !shot_register(all, shot, EPOLL_CTL_MOD)) /* told at once again */
		return shot_error(shot, errno, why);
	return shot_wait(all, shot, why);
}

/* A server may answer and close before it has read all: what it said is read even so. */
static enum rd_shot_outcome shot_send(struct rd_shots *all, struct rd_shot *shot,
				      struct rd_shot_why *why)
{
	while (shot->sent < all->request.len) {
		ssize_t n = send(shot->fd, all->request.at + shot->sent,
				 all->request.len - shot->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			return shot_wait(all, shot, why);
		if (n < 0 && shot->sent == 0)
			return shot_error(shot, errno, why);
		if (n < 0)
			break;
		shot->sent += (size_t)n;
		all->reached = true;
	}
	shot->state = SHOT_READING;
	return SHOT_WAITS;
}

static enum rd_shot_outcome shot_start(struct rd_shots *all, struct rd_shot *shot,
				       struct rd_shot_why *why)
{
	int error = shot->fd < 0 ? shot_connect(all, shot) : 0;
	enum rd_shot_outcome outcome;

	shot->state = SHOT_SENDING;
	shot->sent = 0;
	shot->received = 0;
	shot->answer = (struct rd_answer){ .bodiless = all->bodiless };
	outcome = error ? shot_error(shot, error, why) : shot_send(all, shot, why);
	/* Straight behind a request there is no reply yet: an event tells of it. */
	return outcome == SHOT_WAITS ? shot_wait(all, shot, why) : outcome;
}

enum rd_shot_outcome rd_shot_begin(struct rd_shots *all, struct rd_shot *shot,
				   struct rd_shot_why *why)
{
	enum rd_shot_outcome outcome;

	do
		outcome = shot_start(all, shot, why);
	while (outcome == SHOT_FAILED && shot_next_address(all, shot));
	return outcome;
}

static enum rd_shot_outcome shot_idle(struct rd_shot *shot)
{
	char byte;

	if (shot->fd >= 0 && (recv(shot->fd, &byte, 1, MSG_PEEK) >= 0 || errno != EAGAIN))
		rd_shot_close(shot);
	return SHOT_WAITS;
}

enum rd_shot_outcome rd_shot_event(struct rd_shots *all, struct rd_shot *shot, bool ended,
				   struct rd_shot_why *why)
{
	enum rd_shot_outcome outcome = SHOT_WAITS;

	if (shot->state == SHOT_IDLE)
		return shot_idle(shot);
	if (shot->state == SHOT_SENDING)
		outcome = shot_send(all, shot, why);
	if (outcome == SHOT_WAITS && shot->sent > 0)
		outcome = shot_read(all, shot, ended, why);
	if (outcome == SHOT_FAILED && shot_next_address(all, shot))
		outcome = rd_shot_begin(all, shot, why);
	return outcome;
}
