/*
 * asked - what a handler asks of its request: the functions below "What was asked" of
 * replyd/handler.h, as strings that live in the exchange's memory.
 * Thread:  the one that has the exchange.
 */
#include "app/exchange.h"

#include "app/auth.h"
#include "app/route.h"
#include "base/log.h"
#include "codec/basic.h"
#include "codec/form.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

enum { ID_MAX = 128 };

/* "" and a fault where there is no memory: a reply that was made from it is not sent. */
static const char *asked_text(struct replyd_exchange *x, struct rd_span s)
{
	const char *text = rd_arena_text(&x->memory, s.at, s.len);

	if (text)
		return text;
	x->reply.fault = RD_NO_MEMORY;
	return "";
}

const char *replyd_method(struct replyd_exchange *x)
{
	if (x->head.method != METHOD_UNKNOWN)
		return rd_method_word(x->head.method);
	return asked_text(x, x->head.method_text);
}

const char *replyd_target(struct replyd_exchange *x)
{
	return asked_text(x, x->head.target);
}

const char *replyd_path(struct replyd_exchange *x)
{
	return x->path;
}

/* Decodes in[0..len), which is the exchange's own and has a byte behind it. */
static void asked_pairs(struct replyd_exchange *x, struct rd_pairs *pairs, char *in, size_t len)
{
	struct rd_form form = { in, in + len };
	struct rd_span name, value;
	size_t most = 1;

	for (size_t i = 0; i < len; i++)
		most += in[i] == '&';
	pairs->pair = rd_arena_take(&x->memory, most * sizeof(*pairs->pair));
	if (!pairs->pair) {
		x->reply.fault = RD_NO_MEMORY;
		return;
	}
	while (rd_form_next(&form, &name, &value))
		pairs->pair[pairs->count++] = (struct rd_pair){ name.at, value.at };
}

static const struct rd_pairs *asked_query(struct replyd_exchange *x)
{
	char *copy;

	if (x->query.known)
		return &x->query;
	x->query.known = true;
	copy = rd_arena_text(&x->memory, x->target.query.at, x->target.query.len);
	if (copy)
		asked_pairs(x, &x->query, copy, x->target.query.len);
	else
		x->reply.fault = RD_NO_MEMORY;
	return &x->query;
}

static bool asked_is_form(struct replyd_exchange *x)
{
	struct rd_span type = rd_head_field(&x->head, FIELD_CONTENT_TYPE);
	const char *semicolon = type.at ? memchr(type.at, ';', type.len) : NULL;

	if (semicolon)
		type.len = (size_t)(semicolon - type.at);
	return type.at &&
	       rd_span_eq_nocase(rd_span_trim(type), "application/x-www-form-urlencoded");
}

static const struct rd_pairs *asked_form(struct replyd_exchange *x)
{
	const char *body;
	char *copy;
	size_t len;

	if (x->form.known)
		return &x->form;
	x->form.known = true;
	if (x->streamed || !asked_is_form(x))
		return &x->form;
	body = replyd_body(x, &len);
	copy = body ? rd_arena_text(&x->memory, body, len) : NULL;
	if (copy)
		asked_pairs(x, &x->form, copy, len);
	else
		x->reply.fault = RD_NO_MEMORY;
	return &x->form;
}

static const char *asked_value(const struct rd_pairs *pairs, const char *name,
			       const char *otherwise)
{
	for (size_t i = 0; i < pairs->count; i++)
		if (strcmp(pairs->pair[i].name, name) == 0)
			return pairs->pair[i].value;
	return otherwise;
}

static bool asked_at(const struct rd_pairs *pairs, size_t i, const char **name, const char **value)
{
	if (i >= pairs->count)
		return false;
	*name = pairs->pair[i].name;
	*value = pairs->pair[i].value;
	return true;
}

const char *replyd_query(struct replyd_exchange *x, const char *name, const char *otherwise)
{
	return asked_value(asked_query(x), name, otherwise);
}

const char *replyd_form(struct replyd_exchange *x, const char *name, const char *otherwise)
{
	return asked_value(asked_form(x), name, otherwise);
}

bool replyd_query_at(struct replyd_exchange *x, size_t i, const char **name, const char **value)
{
	return asked_at(asked_query(x), i, name, value);
}

bool replyd_form_at(struct replyd_exchange *x, size_t i, const char **name, const char **value)
{
	return asked_at(asked_form(x), i, name, value);
}

/* The values of all fields of that name, `len` bytes of them with what stands between. */
static const char *asked_join(struct replyd_exchange *x, const char *name, size_t len)
{
	char *text = rd_arena_take(&x->memory, len + 1), *end = text;

	if (!text) {
		x->reply.fault = RD_NO_MEMORY;
		return "";
	}
	for (unsigned i = 0; i < x->head.fields; i++) {
		const struct rd_field *f = &x->head.field[i];

		if (!rd_span_eq_nocase(f->name, name))
			continue;
		if (end > text)
			end = stpcpy(end, ", ");
		end = mempcpy(end, f->value.at, f->value.len);
	}
	*end = '\0';
	return text;
}

const char *replyd_field(struct replyd_exchange *x, const char *name)
{
	size_t len = 0;
	bool found = false;

	for (unsigned i = 0; i < x->head.fields; i++) {
		if (!rd_span_eq_nocase(x->head.field[i].name, name))
			continue;
		len += x->head.field[i].value.len + 2;
		found = true;
	}
	return found ? asked_join(x, name, len) : NULL;
}

bool replyd_field_at(struct replyd_exchange *x, size_t i, const char **name, const char **value)
{
	if (i >= x->head.fields)
		return false;
	*name = asked_text(x, x->head.field[i].name);
	*value = asked_text(x, x->head.field[i].value);
	return true;
}

const char *replyd_client(struct replyd_exchange *x)
{
	return x->link ? x->link->client(x) : "unix";
}

const char *replyd_user(struct replyd_exchange *x)
{
	struct rd_span name, password, field;
	char *plain;

	if (!x->route || !x->route->policy.auth)
		return NULL; /* what a client says unasked is not proved */
	field = rd_head_field(&x->head, FIELD_AUTHORIZATION);
	plain = rd_arena_take(&x->memory, RD_BASIC_MAX);
	if (!plain || !field.at || !rd_basic_parse(field, plain, &name, &password))
		return NULL;
	explicit_bzero(plain + name.len + 1, RD_BASIC_MAX - name.len - 1);
	return name.at;
}

static bool asked_id_ok(struct rd_span id)
{
	for (size_t i = 0; i < id.len; i++)
		if (id.at[i] <= ' ' || id.at[i] >= 127 || id.at[i] == '"' || id.at[i] == '\\')
			return false;
	return id.len > 0 && id.len <= ID_MAX;
}

/* Another each time: SplitMix64, which a thread begins somewhere. */
static uint64_t asked_number(void)
{
	static _Thread_local uint64_t state;
	uint64_t z;

	if (state == 0)
		(void)!getrandom(&state, sizeof(state), GRND_NONBLOCK);
	state += 0x9e3779b97f4a7c15;
	z = (state ^ state >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

const char *replyd_id(struct replyd_exchange *x)
{
	struct rd_span field = rd_head_field(&x->head, FIELD_X_REQUEST_ID);
	uint64_t number;
	char text[16];

	if (x->id)
		return x->id;
	if (field.at && asked_id_ok(field))
		return x->id = asked_text(x, field);
	number = asked_number();
	for (size_t i = sizeof(text); i-- > 0; number >>= 4)
		text[i] = "0123456789abcdef"[number & 15];
	return x->id = asked_text(x, (struct rd_span){ text, sizeof(text) });
}

int64_t replyd_body_length(struct replyd_exchange *x)
{
	if (!x->streamed)
		return (int64_t)x->content_len;
	return x->framing.chunked ? -1 : (int64_t)x->framing.length;
}

/*
 * The file as memory, with a NUL behind it: what of its last page is behind its end is zero, and
 * where its end is a page's there is one more.
 */
static const char *asked_map(struct replyd_exchange *x)
{
	size_t len = x->content_len;
	void *at = mmap(NULL, len + 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return NULL;
	if (mmap(at, len, PROT_READ, MAP_PRIVATE | MAP_FIXED, x->content_file, 0) == MAP_FAILED) {
		munmap(at, len + 1);
		return NULL;
	}
	x->mapped = at;
	return at;
}

const char *replyd_body(struct replyd_exchange *x, size_t *len)
{
	const char *body;

	if (x->streamed) {
		errno = EINVAL;
		return NULL;
	}
	*len = x->content_len;
	if (x->mapped)
		return x->mapped;
	if (!x->content.at && x->content_len > 0)
		return asked_map(x);
	body = rd_arena_text(&x->memory, x->content.at, x->content.len);
	if (!body)
		errno = ENOMEM;
	return body;
}

ssize_t replyd_read(struct replyd_exchange *x, void *to, size_t size)
{
	uint64_t left = x->content_len - x->content_read;
	ssize_t n = (ssize_t)(size < left ? size : left);

	if (x->streamed)
		return x->link->read(x, to, size);
	if (n > 0 && x->content.at)
		memcpy(to, x->content.at + x->content_read, (size_t)n);
	else if (n > 0)
		n = pread(x->content_file, to, (size_t)n, (off_t)x->content_read);
	if (n > 0)
		x->content_read += (size_t)n;
	return n;
}

void *replyd_alloc(struct replyd_exchange *x, size_t size)
{
	return rd_arena_take(&x->memory, size);
}

void replyd_log(struct replyd_exchange *x, const char *format, ...)
{
	char text[768];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	rd_log_note("%s %.200s [%s]: %s", replyd_method(x), x->path, replyd_id(x), text);
}

bool replyd_cancelled(struct replyd_exchange *x)
{
	return x->link && x->link->cancelled(x);
}

static int asked_cancel_fd(struct replyd_exchange *x, bool timed)
{
	if (x->link)
		return x->link->cancel_fd(x, timed);
	errno = ENOTSUP;
	return -1;
}

int replyd_cancel_fd(struct replyd_exchange *x)
{
	return asked_cancel_fd(x, true);
}

int rd_exchange_cancel_fd(struct replyd_exchange *x)
{
	return asked_cancel_fd(x, false);
}

struct replyd_exchange *replyd_detach(struct replyd_exchange *x)
{
	if (x->link && x->link->detach && !x->reply.status && !x->reply.fault)
		return x->link->detach(x);
	errno = EINVAL;
	return NULL;
}

void replyd_complete(struct replyd_exchange *x)
{
	x->link->complete(x);
}
