/*
 * basic - a name and a password as the Authorization field has them.
 * Never:   takes a spelling that is not the only one: padding and spare bits are as RFC 4648 §3.5
 *          wants them.
 */
#include "codec/basic.h"

#include "base/utf8.h"

#include <stdint.h>

/* The value of a base64 digit, or -1. */
static int basic_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes all of it; false when it is not base64, or longer than `size`. */
static bool basic_decode(struct rd_span in, char *out, size_t size, size_t *len)
{
	size_t pad = 0;
	uint32_t bits = 0;
	unsigned held = 0;

	*len = 0;
	if (in.len == 0 || in.len % 4 != 0)
		return false;
	while (pad < 2 && in.at[in.len - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < in.len - pad; i++) {
		int digit = basic_digit(in.at[i]);

		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		held += 6;
		if (held < 8)
			continue;
		if (*len == size)
			return false;
		held -= 8;
		out[(*len)++] = (char)(bits >> held & 0xff);
	}
	return (bits & ((1u << held) - 1)) == 0;
}

/* UTF-8 without a control byte. */
static bool basic_is_text(const char *bytes, size_t len)
{
	unsigned point;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = rd_utf8_next((struct rd_span){ bytes + i, len - i }, &point);
		if (n == 0 || point < ' ' || point == 127)
			return false;
	}
	return true;
}

bool rd_basic_parse(struct rd_span value, char *out, struct rd_span *name, struct rd_span *password)
{
	static const char scheme[] = "basic ";
	struct rd_span word = { value.at, sizeof(scheme) - 1 };
	char *colon;
	size_t len;

	if (value.len < word.len || !rd_span_eq_nocase(word, scheme))
		return false;
	value.at += word.len;
	value.len -= word.len;
	if (!basic_decode(rd_span_trim(value), out, RD_BASIC_MAX - 1, &len) ||
	    !basic_is_text(out, len))
		return false;
	colon = memchr(out, ':', len);
	if (!colon)
		return false;
	*colon = out[len] = '\0';
	*name = (struct rd_span){ out, (size_t)(colon - out) };
	*password = (struct rd_span){ colon + 1, len - name->len - 1 };
	return true;
}
