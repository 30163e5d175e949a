/*
 * lane - one exchange with the control lane of a server: connect, ask, read, close.
 * Thread:  the caller's, which waits.
 * Owns:    the socket, from its making to its close.
 */
#include "config.h"

#include "control/lane.h"

#include "base/clock.h"
#include "client/answer.h"
#include "net/connect.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BODY_MAX = 64 * 1024 * 1024 }; /* of one that is kept */

struct lane {
	const struct rd_lane *lane;
	struct rd_said *said;
	bool (*take)(void *data, struct rd_span piece);
	void *data;
	uint64_t until_us;
	int fd;
	struct rd_answer answer;
	bool text; /* the body is plain text */
	size_t len;
	char bytes[RD_ANSWER_MAX]; /* come and not taken */
};

bool rd_lane_parse(struct rd_lane *lane, const char *text, const char **why)
{
	char address[sizeof(lane->name)];
	bool path = strchr(text, '/') && strncmp(text, "unix:", 5) != 0;

	if (snprintf(address, sizeof(address), "%s%s", path ? "unix:" : "", text) >=
	    (int)sizeof(address)) {
		*why = "it is too long";
		return false;
	}
	snprintf(lane->name, sizeof(lane->name), "%s", path ? text : address);
	return rd_address_parse(address, &lane->address, why);
}

static bool lane_fail(struct lane *l, const char *why)
{
	snprintf(l->said->word, sizeof(l->said->word), "%s", why);
	l->said->status = 0;
	return false;
}

/* Nobody listens. */
static const char *lane_nobody(const struct rd_address *address)
{
	struct stat is;

	if (address->kind != RD_ADDRESS_UNIX)
		return "nobody listens there";
	if (stat(address->path, &is) == 0 && !S_ISSOCK(is.st_mode))
		return "it is no socket";
	return "nobody listens there any more: the server has ended";
}

/* What the error means here, where it has a meaning of its own. */
static const char *lane_error(const struct rd_address *address, int error)
{
	switch (error) {
	case ENOENT:
		return "there is no such socket: no server runs that has its control lane there";
	case ECONNREFUSED:
		return lane_nobody(address);
	case EACCES:
		return "permission denied: only root and the user of the server may connect";
	case ETIMEDOUT:
		return "timed out";
	default:
		return strerror(error);
	}
}

/* False with errno when the time is up, or the caller wants no more. */
static bool lane_wait(const struct lane *l, short events)
{
	struct pollfd p[] = { { .fd = l->fd, .events = events },
			      { .fd = l->lane->cancel_fd, .events = POLLIN } };
	uint64_t now;

	while ((now = rd_clock_us()) < l->until_us) {
		uint64_t ms = (l->until_us - now + 999) / 1000;
		int n = poll(p, 2, ms > INT_MAX ? INT_MAX : (int)ms);

		errno = ECANCELED;
		if (n > 0 && p[1].revents)
			return false;
		if (n > 0)
			return true;
	}
	errno = ETIMEDOUT;
	return false;
}

static bool lane_connect(struct lane *l)
{
	const struct rd_address *address = &l->lane->address;
	struct rd_sockaddr list[RD_ADDRESS_MAX];
	const char *why;
	int count = rd_address_resolve(address, false, list, RD_ADDRESS_MAX, &why);

	if (count == 0)
		return lane_fail(l, why);
	for (int i = 0; i < count && l->fd < 0; i++)
		l->fd = rd_connect(&list[i], l->until_us, l->lane->cancel_fd);
	return l->fd >= 0 || lane_fail(l, lane_error(address, errno));
}

static bool lane_send(struct lane *l, const char *method, const char *target)
{
	char request[1024];
	size_t len = (size_t)snprintf(request, sizeof(request),
				      "%s %s HTTP/1.1\r\nHost: localhost\r\n"
				      "User-Agent: replyctl/" PACKAGE_VERSION "\r\n"
				      "Connection: close\r\n\r\n",
				      method, target);

	if (len >= sizeof(request))
		return lane_fail(l, "what is asked for is too long");
	for (size_t at = 0; at < len;) {
		ssize_t n = send(l->fd, request + at, len - at, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n > 0)
			at += (size_t)n;
		else if (errno != EAGAIN)
			return true; /* the server may have said why, and closed */
		else if (!lane_wait(l, POLLOUT))
			return lane_fail(l, lane_error(&l->lane->address, errno));
	}
	return true;
}

/* Whether the head has a field `name` whose value begins with `value`. */
static bool lane_has(struct rd_span head, const char *name, const char *value)
{
	size_t name_len = strlen(name), value_len = strlen(value);

	for (const char *at = head.at, *end = head.at + head.len; at; at++) {
		struct rd_span line = { at, (size_t)(end - at) }, part;

		if (line.len > name_len && line.at[name_len] == ':' &&
		    rd_span_eq_nocase((struct rd_span){ line.at, name_len }, name)) {
			part = rd_span_trim((struct rd_span){ line.at + name_len + 1,
							      line.len - name_len - 1 });
			return part.len >= value_len &&
			       rd_span_eq_nocase((struct rd_span){ part.at, value_len }, value);
		}
		at = memchr(at, '\n', line.len);
		if (!at)
			break;
	}
	return false;
}

/* "404 Not Found", of the first line of the head. */
static void lane_head(struct lane *l, struct rd_span head)
{
	struct rd_said *said = l->said;

	said->status = l->answer.status;
	said->json = lane_has(head, "Content-Type", "application/json");
	l->text = lane_has(head, "Content-Type", "text/plain");
	if (said->status >= 400)
		snprintf(said->word, sizeof(said->word), "%.*s",
			 (int)strcspn(head.at + sizeof("HTTP/1.1"), "\r\n"),
			 head.at + sizeof("HTTP/1.1"));
}

/* A piece of the body. False: no more is wanted; the status is 0 where that is a failure. */
static bool lane_take(struct lane *l, struct rd_span piece)
{
	struct rd_said *said = l->said;

	if (said->status < 400 && l->take)
		return l->take(l->data, piece);
	if (said->status >= 400 && !l->text)
		return true;
	if (said->body.len + piece.len > BODY_MAX)
		return lane_fail(l, "the reply is too long");
	return rd_buffer_add(&said->body, piece.at, piece.len) || lane_fail(l, "no memory");
}

/* Takes what has come. True when there is more to come. */
static bool lane_parse(struct lane *l)
{
	struct rd_span rest = { l->bytes, l->len }, part;
	enum rd_answer_part found;

	while ((found = rd_answer_next(&l->answer, &rest, &part)) == ANSWER_HEAD ||
	       found == ANSWER_BODY) {
		if (found == ANSWER_HEAD)
			lane_head(l, part);
		else if (!lane_take(l, part))
			return false;
	}
	memmove(l->bytes, rest.at, rest.len);
	l->len = rest.len;
	if (found == ANSWER_BAD)
		return lane_fail(l, l->answer.why);
	return found == ANSWER_MORE;
}

/* Some more of the reply. False: there is none; the status is 0 where it is not whole. */
static bool lane_receive(struct lane *l)
{
	ssize_t n;

	while ((n = recv(l->fd, l->bytes + l->len, sizeof(l->bytes) - l->len, MSG_DONTWAIT)) < 0 &&
	       (errno == EAGAIN || errno == EINTR))
		if (!lane_wait(l, POLLIN))
			break;
	if (n < 0)
		return lane_fail(l, lane_error(&l->lane->address, errno));
	l->len += (size_t)n;
	if (l->lane->endless)
		l->until_us = rd_clock_us() + l->lane->timeout_us;
	if (n == 0 && l->len == 0 && l->answer.status == 0)
		return lane_fail(l, "the server closed without a reply");
	if (n == 0 && !rd_answer_close(&l->answer))
		return lane_fail(l, l->answer.why);
	return n > 0;
}

/* What the server says of a refusal stands for the words of the status. */
static void lane_refused(struct rd_said *said)
{
	size_t len = said->body.len;

	while (len > 0 && said->body.at[len - 1] == '\n')
		len--;
	if (len > 0)
		snprintf(said->word, sizeof(said->word), "%.*s", (int)len, said->body.at);
	for (char *c = said->word; *c; c++)
		if (((unsigned char)*c < ' ' && *c != '\n') || *c == 127)
			*c = '?';
	rd_buffer_free(&said->body);
}

bool rd_lane_ask(const struct rd_lane *lane, const char *method, const char *target,
		 bool (*take)(void *data, struct rd_span piece), void *data, struct rd_said *said)
{
	struct lane l = { .lane = lane,
			  .said = said,
			  .take = take,
			  .data = data,
			  .until_us = rd_clock_us() + lane->timeout_us,
			  .fd = -1 };

	if (lane_connect(&l) && lane_send(&l, method, target))
		while (lane_receive(&l) && lane_parse(&l))
			;
	if (l.fd >= 0)
		close(l.fd);
	if (said->status >= 400 || said->status == 0)
		lane_refused(said);
	return said->status > 0 && said->status < 400;
}
