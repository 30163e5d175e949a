/*
 * framing - what the fields of a head say together: where the message ends, whose host is asked,
 * whether the connection goes on. Anything ambiguous is refused, so that no two readers of one
 * stream see different requests in it.
 * Thread:  any.
 */
#include "codec/head.h"
#include "codec/list.h"
#include "codec/target.h"
#include "codec/token.h"

/* Digits alone, and below 2^63. */
static bool framing_number(struct rd_span s, uint64_t *out)
{
	uint64_t n = 0;

	if (s.len == 0 || s.len > 18)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(s.at[i] - '0');
	}
	*out = n;
	return true;
}

/* Once, well-formed; RFC 9112 §3.2. */
static int framing_host(const struct rd_head *head, struct rd_framing *f)
{
	const struct rd_field *field;
	unsigned i = 0;

	field = rd_head_next(head, FIELD_HOST, &i);
	if (!field)
		return head->minor ? 400 : 0;
	if (rd_head_next(head, FIELD_HOST, &i) || !rd_target_host(field->value))
		return 400;
	f->host = field->value;
	return 0;
}

/* Several that agree to the letter are one (RFC 9112 §6.3). */
static int framing_length(const struct rd_head *head, struct rd_framing *f)
{
	struct rd_span first = rd_head_field(head, FIELD_CONTENT_LENGTH);
	const struct rd_field *field;
	unsigned i = 0;

	while ((field = rd_head_next(head, FIELD_CONTENT_LENGTH, &i))) {
		uint64_t n;

		if (!framing_number(field->value, &n) || !rd_span_same(field->value, first))
			return 400;
		f->has_length = true;
		f->length = n;
	}
	return 0;
}

/* A coding that is not "chunked", whatever its parameters. */
static bool framing_unknown(struct rd_span coding)
{
	const char *semicolon = memchr(coding.at, ';', coding.len);

	if (semicolon)
		coding.len = (size_t)(semicolon - coding.at);
	coding = rd_span_trim(coding);
	return rd_token(coding) && !rd_span_eq_nocase(coding, "chunked");
}

/* "chunked" alone, once, without parameters, and in 1.1 only; RFC 9112 §6.1, §6.3, §7.1. */
static int framing_coding(const struct rd_head *head, struct rd_framing *f)
{
	const struct rd_field *field;
	struct rd_span list, coding;
	bool unknown = false, misused = false;
	unsigned i = 0;

	if (!head->first[FIELD_TRANSFER_ENCODING])
		return 0;
	if (head->minor == 0 || f->has_length)
		return 400;
	while ((field = rd_head_next(head, FIELD_TRANSFER_ENCODING, &i))) {
		list = field->value;
		while (rd_list_next(&list, &coding)) {
			unknown |= framing_unknown(coding);
			misused |= f->chunked || !rd_span_eq_nocase(coding, "chunked");
			f->chunked = true;
		}
	}
	if (unknown)
		return 501;
	return f->chunked && !misused ? 0 : 400;
}

static int framing_expect(const struct rd_head *head, struct rd_framing *f)
{
	const struct rd_field *field;
	struct rd_span list, element;
	unsigned i = 0;

	while (head->minor && (field = rd_head_next(head, FIELD_EXPECT, &i))) {
		list = field->value;
		while (rd_list_next(&list, &element)) {
			if (!rd_span_eq_nocase(element, "100-continue"))
				return 417;
			f->expect_continue = true;
		}
	}
	return 0;
}

/* RFC 9112 §9.3 */
static void framing_connection(const struct rd_head *head, struct rd_framing *f)
{
	const struct rd_field *field;
	struct rd_span list, option;
	bool close = false, keep = head->minor;
	unsigned i = 0;

	while ((field = rd_head_next(head, FIELD_CONNECTION, &i))) {
		list = field->value;
		while (rd_list_next(&list, &option)) {
			close |= rd_span_eq_nocase(option, "close");
			keep |= rd_span_eq_nocase(option, "keep-alive");
		}
	}
	f->keep_alive = keep && !close;
}

int rd_head_framing(const struct rd_head *head, struct rd_framing *f)
{
	int status;

	*f = (struct rd_framing){ 0 };
	framing_connection(head, f);
	if ((status = framing_host(head, f)) || (status = framing_length(head, f)) ||
	    (status = framing_coding(head, f)))
		return status;
	return framing_expect(head, f);
}
