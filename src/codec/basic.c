/*
 * basic - a name and a password as the Authorization field has them.
 * Never:   takes a spelling that is not the only one: padding and spare bits are as RFC 4648 §3.5
 *          wants them.
 */
#include "codec/basic.h"

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

/* The length of the UTF-8 sequence that begins here (RFC 3629 §4), 0 when none does. */
static size_t basic_sequence(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t len;

	if (p[0] < 0x80)
		return 1;
	len = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
	if (len == 0 || len > left)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed) /* surrogates */
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/* UTF-8 without a control byte. */
static bool basic_is_text(const char *bytes, size_t len)
{
	const unsigned char *p = (const unsigned char *)bytes;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		if (p[i] < ' ' || p[i] == 127)
			return false;
		n = basic_sequence(p + i, len - i);
		if (n == 0)
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
