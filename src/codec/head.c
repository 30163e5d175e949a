/*
 * head - parses a request head in one pass, in place.
 * Thread:  any.
 * Owns:    nothing: the result points into the caller's bytes.
 * Never:   copies, allocates, or guesses what a malformed line may have meant.
 */
#include "codec/head.h"

/* Classes of bytes (RFC 9110 §5.6.2, §5.5; RFC 3986 for the target: any visible byte but '#'). */
enum { TOKEN = 1, VALUE = 2, TARGET = 4 };

static const uint8_t class[256] = {
	['\t'] = VALUE,
	[' '] = VALUE,
	['!'] = TOKEN | VALUE | TARGET,
	['"'] = VALUE | TARGET,
	['#'] = TOKEN | VALUE,
	['$' ... '\''] = TOKEN | VALUE | TARGET,
	['(' ... ')'] = VALUE | TARGET,
	['*' ... '+'] = TOKEN | VALUE | TARGET,
	[','] = VALUE | TARGET,
	['-' ... '.'] = TOKEN | VALUE | TARGET,
	['/'] = VALUE | TARGET,
	['0' ... '9'] = TOKEN | VALUE | TARGET,
	[':' ... '@'] = VALUE | TARGET,
	['A' ... 'Z'] = TOKEN | VALUE | TARGET,
	['[' ... ']'] = VALUE | TARGET,
	['^' ... 'z'] = TOKEN | VALUE | TARGET,
	['{'] = VALUE | TARGET,
	['|'] = TOKEN | VALUE | TARGET,
	['}'] = VALUE | TARGET,
	['~'] = TOKEN | VALUE | TARGET,
	[0x80 ... 0xff] = VALUE | TARGET,
};

static const struct {
	const char *word;
	uint8_t len, id;
} known[64] = {
#define FIELD(name, word, slot) [slot] = { word, sizeof(word) - 1, FIELD_##name },
#include "tbl/field.h"
#undef FIELD
};

/* What is left to read, and where it ends. */
struct cursor {
	const char *at, *end;
};

static size_t head_run(const struct cursor *c, unsigned wanted)
{
	const char *p = c->at;

	while (p < c->end && class[(unsigned char)*p] & wanted)
		p++;
	return (size_t)(p - c->at);
}

enum rd_field_id rd_field_id(const char *name, size_t len)
{
	unsigned first, last, slot;

	if (len == 0)
		return FIELD_OTHER;
	first = (unsigned char)name[0] | 0x20;
	last = (unsigned char)name[len - 1] | 0x20;
	slot = ((unsigned)len + first * 36 + last * 55) % 64;
	if (known[slot].len == len && strncasecmp(name, known[slot].word, len) == 0)
		return known[slot].id;
	return FIELD_OTHER;
}

static enum rd_method head_method(struct rd_span s)
{
#define METHOD(name, safe)        \
	if (rd_span_eq(s, #name)) \
		return METHOD_##name;
#include "tbl/method.h"
#undef METHOD
	return METHOD_UNKNOWN;
}

const char *rd_method_word(enum rd_method method)
{
	static const char *const words[] = {
#define METHOD(name, safe) #name,
#include "tbl/method.h"
#undef METHOD
		""
	};

	return words[method];
}

/* Each step of the parse: > 0 the step is done, 0 more is needed, < 0 minus a status. */
enum { DONE = 1, MORE = 0 };

/* CR LF at c->at. A CR without LF, or a LF without CR, is no line end (RFC 9112 §2.2). */
static int head_line_end(struct cursor *c)
{
	if (c->at == c->end)
		return MORE;
	if (*c->at != '\r')
		return -400;
	if (c->at + 1 == c->end)
		return MORE;
	if (c->at[1] != '\n')
		return -400;
	c->at += 2;
	return DONE;
}

static int head_version(struct cursor *c, struct rd_head *head)
{
	static const char name[] = "HTTP/";
	size_t have = (size_t)(c->end - c->at);
	size_t len = have < 5 ? have : 5;

	if (memcmp(c->at, name, len) != 0)
		return -400;
	if (have < 8) /* "HTTP/1.1" */
		return MORE;
	if (c->at[5] < '0' || c->at[5] > '9' || c->at[6] != '.' || c->at[7] < '0' || c->at[7] > '9')
		return -400;
	if (c->at[5] != '1')
		return -505;
	head->minor = c->at[7] > '0';
	c->at += 8;
	return DONE;
}

static int head_request_line(struct cursor *c, struct rd_head *head)
{
	size_t n = head_run(c, TOKEN);
	int got;

	if (c->at + n == c->end)
		return MORE;
	if (n == 0 || c->at[n] != ' ')
		return -400;
	head->method_text = (struct rd_span){ c->at, n };
	head->method = head_method(head->method_text);
	c->at += n + 1;
	n = head_run(c, TARGET);
	if (c->at + n == c->end)
		return MORE;
	if (n == 0 || c->at[n] != ' ')
		return -400;
	head->target = (struct rd_span){ c->at, n };
	c->at += n + 1;
	got = head_version(c, head);
	return got == DONE ? head_line_end(c) : got;
}

static int head_field_line(struct cursor *c, struct rd_head *head)
{
	struct rd_field *f = &head->field[head->fields];
	size_t n = head_run(c, TOKEN);

	if (c->at + n == c->end)
		return MORE;
	if (n == 0 || c->at[n] != ':') /* obs-fold, or white space before the colon */
		return -400;
	f->name = (struct rd_span){ c->at, n };
	f->id = rd_field_id(c->at, n);
	c->at += n + 1;
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t'))
		c->at++;
	n = head_run(c, VALUE);
	f->value = (struct rd_span){ c->at, n };
	while (f->value.len > 0 &&
	       (c->at[f->value.len - 1] == ' ' || c->at[f->value.len - 1] == '\t'))
		f->value.len--;
	c->at += n;
	return head_line_end(c);
}

static void head_keep(struct rd_head *head)
{
	enum rd_field_id id = head->field[head->fields++].id;

	if (head->first[id] == 0)
		head->first[id] = (uint16_t)head->fields;
}

/*
 * Lets the cursor see no more than `most` bytes, so that what is refused, and why, does not depend
 * on how much came behind. True when so many are there: what is not complete in them is too long.
 */
static bool head_narrow(struct cursor *c, const char *end, size_t most)
{
	bool full = (size_t)(end - c->at) >= most;

	c->end = full ? c->at + most : end;
	return full;
}

static int head_first_line(struct cursor *c, const struct rd_head_limits *limits,
			   struct rd_head *head)
{
	const char *start = c->at;
	size_t most = limits->line < limits->head ? limits->line : limits->head;
	bool full = head_narrow(c, c->end, most);
	int got = head_request_line(c, head);

	if (got != MORE || !full)
		return got;
	if (most < limits->line)
		return -431;
	return memchr(start, ' ', most) ? -414 : -501;
}

/* After the request line: fields until the empty line, within `room` bytes. */
static int head_fields(struct cursor *c, size_t room, const struct rd_head_limits *limits,
		       struct rd_head *head)
{
	const char *end = c->end;

	for (;;) {
		const char *line = c->at;
		bool full = head_narrow(c, end, room < limits->field ? room : limits->field);
		int got = MORE;

		if (c->at < c->end && *c->at == '\r') {
			got = head_line_end(c);
			return got == MORE && full ? -431 : got;
		}
		if (c->at < c->end && head->fields == limits->fields)
			return -431;
		if (c->at < c->end)
			got = head_field_line(c, head);
		if (got != DONE)
			return got == MORE && full ? -431 : got;
		room -= (size_t)(c->at - line);
		head_keep(head);
	}
}

int rd_head_parse(const char *buf, size_t len, const struct rd_head_limits *limits,
		  struct rd_head *head)
{
	struct cursor c = { buf, buf + len };
	const char *start;
	int got;

	head->method = METHOD_UNKNOWN;
	head->minor = 1;
	head->fields = 0;
	memset(head->first, 0, sizeof(head->first));
	if (len > 0 && *buf == '\r') {
		got = head_line_end(&c);
		if (got != DONE)
			return got;
	}
	start = c.at;
	got = head_first_line(&c, limits, head);
	if (got != DONE)
		return got;
	c.end = buf + len;
	got = head_fields(&c, limits->head - (size_t)(c.at - start), limits, head);
	return got == DONE ? (int)(c.at - buf) : got;
}

struct rd_span rd_head_field(const struct rd_head *head, enum rd_field_id id)
{
	unsigned first = head->first[id];

	return first ? head->field[first - 1].value : (struct rd_span){ NULL, 0 };
}

const struct rd_field *rd_head_next(const struct rd_head *head, enum rd_field_id id, unsigned *i)
{
	if (head->first[id] == 0)
		return NULL;
	if (*i + 1 < head->first[id])
		*i = head->first[id] - 1u;
	while (*i < head->fields) {
		const struct rd_field *f = &head->field[(*i)++];

		if (f->id == id)
			return f;
	}
	return NULL;
}
