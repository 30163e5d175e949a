/*
 * answer - an HTTP reply as it comes in, on the client's side.
 * Never:   keeps a byte, allocates, or depends on where the stream was cut.
 */
#include "client/answer.h"

static enum rd_answer_part answer_refuse(struct rd_answer *a, const char *why)
{
	a->state = ANSWER_REFUSED;
	a->why = why;
	return ANSWER_BAD;
}

static struct rd_span answer_take(struct rd_span *rest, size_t len)
{
	struct rd_span taken = { rest->at, len };

	rest->at += len;
	rest->len -= len;
	return taken;
}

/* The next line without its end, which may be a bare LF (RFC 9112 §2.2); at == NULL: not whole. */
static struct rd_span answer_line(struct rd_span *rest)
{
	const char *end = rest->len ? memchr(rest->at, '\n', rest->len) : NULL;
	struct rd_span line = { NULL, 0 };

	if (!end)
		return line;
	line = answer_take(rest, (size_t)(end - rest->at) + 1);
	line.len--;
	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool answer_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200 OK", the reason being anything or nothing (RFC 9112 §4). Minus one: it is not. */
static int answer_status(struct rd_span line)
{
	const char *s = line.at;

	if (line.len < 12 || memcmp(s, "HTTP/1.", 7) != 0 || !answer_digit(s[7]) || s[8] != ' ' ||
	    s[9] < '1' || s[9] > '9' || !answer_digit(s[10]) || !answer_digit(s[11]) ||
	    (line.len > 12 && s[12] != ' '))
		return -1;
	return (s[9] - '0') * 100 + (s[10] - '0') * 10 + (s[11] - '0');
}

static bool answer_number(struct rd_span digits, uint64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < digits.len; i++)
		if (!answer_digit(digits.at[i]) || __builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, (uint64_t)(digits.at[i] - '0'), number))
			return false;
	return digits.len > 0;
}

struct framing {
	bool sized, chunked;
	bool close, keep; /* what Connection says */
	uint64_t length;
};

/* Whether `word` is in a list like "keep-alive, Upgrade" (RFC 9110 §7.6.1). */
static bool answer_lists(struct rd_span list, const char *word)
{
	while (list.len > 0) {
		const char *comma = memchr(list.at, ',', list.len);
		size_t len = comma ? (size_t)(comma - list.at) : list.len;

		if (rd_span_eq_nocase(rd_span_trim(answer_take(&list, len)), word))
			return true;
		answer_take(&list, comma ? 1 : 0);
	}
	return false;
}

static const char *answer_field(struct rd_span line, struct framing *f)
{
	const char *colon = memchr(line.at, ':', line.len);
	struct rd_span name, value;
	uint64_t length;

	if (line.at[0] == ' ' || line.at[0] == '\t')
		return NULL; /* goes on from the line before (obs-fold, RFC 9112 §5.2) */
	if (!colon || colon == line.at)
		return "a line of the head is no field";
	name = (struct rd_span){ line.at, (size_t)(colon - line.at) };
	value = rd_span_trim((struct rd_span){ colon + 1, line.len - name.len - 1 });
	name = rd_span_trim(name);
	if (rd_span_eq_nocase(name, "Transfer-Encoding")) {
		if (f->chunked || !rd_span_eq_nocase(value, "chunked"))
			return "the transfer coding is not chunked alone";
		f->chunked = true;
	} else if (rd_span_eq_nocase(name, "Content-Length")) {
		if (!answer_number(value, &length) || (f->sized && length != f->length))
			return "the Content-Length is no number, or two differ";
		f->sized = true;
		f->length = length;
	} else if (rd_span_eq_nocase(name, "Connection")) {
		f->close = f->close || answer_lists(value, "close");
		f->keep = f->keep || answer_lists(value, "keep-alive");
	}
	return NULL;
}

/* How the body ends (RFC 9112 §6.3). */
static const char *answer_frame(struct rd_answer *a, struct framing f, bool minor_zero)
{
	if (f.chunked && minor_zero)
		return "an HTTP/1.0 reply has no transfer coding";
	if (a->status == 101)
		return "the protocol was switched unasked";
	if (a->status < 200)
		a->state = ANSWER_IN_HEAD;
	else if (a->bodiless || a->status == 204 || a->status == 304)
		a->state = ANSWER_COMPLETE;
	else if (f.chunked)
		a->state = ANSWER_IN_SIZE;
	else if (f.sized)
		a->state = f.length ? ANSWER_IN_LENGTH : ANSWER_COMPLETE;
	else
		a->state = ANSWER_IN_CLOSE;
	a->left = f.length;
	a->length = a->state == ANSWER_IN_LENGTH ? f.length : 0;
	a->last = f.close || (minor_zero && !f.keep) || a->state == ANSWER_IN_CLOSE;
	return NULL;
}

/* A head that is not whole may already show that it will never be one. */
static enum rd_answer_part answer_await(struct rd_answer *a, struct rd_span come)
{
	static const char begins[] = "HTTP/1.";
	size_t known = come.len < sizeof begins - 1 ? come.len : sizeof begins - 1;

	if (known && memcmp(come.at, begins, known) != 0)
		return answer_refuse(a, "this is not an HTTP/1 reply");
	if (come.len >= RD_ANSWER_MAX)
		return answer_refuse(a, "the head is too long");
	return ANSWER_MORE;
}

static enum rd_answer_part answer_head(struct rd_answer *a, struct rd_span *rest,
				       struct rd_span *part)
{
	struct rd_span ahead = *rest, first = answer_line(&ahead), line;
	struct framing f = { 0 };
	const char *why = NULL;
	int status;

	if (!first.at)
		return answer_await(a, *rest);
	status = answer_status(first);
	if (status < 0)
		return answer_refuse(a, "this is not an HTTP/1 reply");
	while ((line = answer_line(&ahead)).at && line.len && !why)
		why = answer_field(line, &f);
	if (why)
		return answer_refuse(a, why);
	if (!line.at)
		return answer_await(a, *rest);
	a->status = status;
	*part = answer_take(rest, rest->len - ahead.len);
	why = answer_frame(a, f, first.at[7] == '0');
	if (why)
		return answer_refuse(a, why);
	return status < 200 ? ANSWER_NONE : ANSWER_HEAD;
}

static enum rd_answer_part answer_body(struct rd_answer *a, struct rd_span *rest,
				       struct rd_span *part)
{
	size_t len = rest->len;

	if (len == 0)
		return ANSWER_MORE;
	if (a->state != ANSWER_IN_CLOSE) {
		if (len > a->left)
			len = (size_t)a->left;
		a->left -= len;
		if (a->left == 0)
			a->state =
				a->state == ANSWER_IN_CHUNK ? ANSWER_IN_CHUNK_END : ANSWER_COMPLETE;
	}
	*part = answer_take(rest, len);
	return ANSWER_BODY;
}

static int answer_hex(char c)
{
	if (answer_digit(c))
		return c - '0';
	c = rd_span_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* chunk-size [ chunk-ext ] (RFC 9112 §7.1); extensions mean nothing here. */
static const char *answer_size(struct rd_answer *a, struct rd_span line)
{
	size_t i = 0;

	a->left = 0;
	for (; i < line.len && answer_hex(line.at[i]) >= 0; i++) {
		if (a->left >> 60)
			return "a chunk is too long";
		a->left = a->left << 4 | (unsigned)answer_hex(line.at[i]);
	}
	if (i == 0 || (i < line.len && !memchr("; \t", line.at[i], 3)))
		return "a chunk has no size";
	a->state = a->left ? ANSWER_IN_CHUNK : ANSWER_IN_TRAILER;
	return NULL;
}

/* The lines around the chunks. */
static enum rd_answer_part answer_between(struct rd_answer *a, struct rd_span *rest)
{
	struct rd_span line = answer_line(rest);
	const char *why = NULL;

	if (!line.at)
		return rest->len >= RD_ANSWER_MAX ? answer_refuse(a, "a line is too long")
						  : ANSWER_MORE;
	if (a->state == ANSWER_IN_SIZE)
		why = answer_size(a, line);
	else if (a->state == ANSWER_IN_TRAILER)
		a->state = line.len ? ANSWER_IN_TRAILER : ANSWER_COMPLETE;
	else if (line.len)
		why = "a chunk is longer than its size";
	else
		a->state = ANSWER_IN_SIZE;
	return why ? answer_refuse(a, why) : ANSWER_NONE;
}

static enum rd_answer_part answer_step(struct rd_answer *a, struct rd_span *rest,
				       struct rd_span *part)
{
	switch (a->state) {
	case ANSWER_IN_HEAD:
		return answer_head(a, rest, part);
	case ANSWER_IN_LENGTH:
	case ANSWER_IN_CLOSE:
	case ANSWER_IN_CHUNK:
		return answer_body(a, rest, part);
	case ANSWER_IN_SIZE:
	case ANSWER_IN_CHUNK_END:
	case ANSWER_IN_TRAILER:
		return answer_between(a, rest);
	case ANSWER_COMPLETE:
		return ANSWER_END;
	case ANSWER_REFUSED:
		break;
	}
	return ANSWER_BAD;
}

enum rd_answer_part rd_answer_next(struct rd_answer *a, struct rd_span *rest, struct rd_span *part)
{
	enum rd_answer_part found;

	do
		found = answer_step(a, rest, part);
	while (found == ANSWER_NONE);
	return found;
}

bool rd_answer_close(struct rd_answer *a)
{
	if (a->state == ANSWER_IN_CLOSE)
		a->state = ANSWER_COMPLETE;
	if (a->state == ANSWER_COMPLETE)
		return true;
	if (a->state != ANSWER_REFUSED)
		answer_refuse(a, "the reply was cut short");
	return false;
}
