/*
 * fastcgi - the records of FastCGI 1.0.
 * Thread:  any; what is kept is the caller's.
 */
#include "codec/fastcgi.h"

#include <string.h>

enum {
	VERSION = 1,
	ID = 1, /* of the only request on its connection */
	RESPONDER = 1,
	KEEP = 1,
	ENDING = 8, /* bytes of the content of an end */
	SHORT = 127 /* a length that takes one byte, at most */
};

enum { BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, STDERR = 7 };

static void fastcgi_header(unsigned char *to, unsigned type, size_t len)
{
	to[0] = VERSION;
	to[1] = (unsigned char)type;
	to[2] = 0;
	to[3] = ID;
	to[4] = (unsigned char)(len >> 8);
	to[5] = (unsigned char)len;
	to[6] = to[7] = 0;
}

void rd_fastcgi_body(unsigned char to[RD_FASTCGI_HEADER], size_t len)
{
	fastcgi_header(to, STDIN, len);
}

static bool fastcgi_add_header(struct rd_buffer *to, unsigned type, size_t len)
{
	unsigned char header[RD_FASTCGI_HEADER];

	fastcgi_header(header, type, len);
	return rd_buffer_add(to, header, sizeof(header));
}

static size_t fastcgi_length(unsigned char to[4], size_t len)
{
	if (len <= SHORT) {
		to[0] = (unsigned char)len;
		return 1;
	}
	to[0] = (unsigned char)(len >> 24 | 0x80);
	to[1] = (unsigned char)(len >> 16);
	to[2] = (unsigned char)(len >> 8);
	to[3] = (unsigned char)len;
	return 4;
}

/* The record of parameters that begins at `start` gets its length. */
static void fastcgi_close(struct rd_buffer *to, size_t start)
{
	fastcgi_header((unsigned char *)to->at + start, PARAMS,
		       to->len - start - RD_FASTCGI_HEADER);
}

/* Bytes of parameters, in the record at *start or, where it is full, in more behind it. */
static bool fastcgi_param_bytes(struct rd_buffer *to, size_t *start, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		size_t room = *start + RD_FASTCGI_HEADER + RD_FASTCGI_CONTENT - to->len;
		size_t n = len < room ? len : room;

		if (!rd_buffer_add(to, at, n))
			return false;
		at += n;
		len -= n;
		if (len == 0)
			break;
		fastcgi_close(to, *start);
		*start = to->len;
		if (!fastcgi_add_header(to, PARAMS, 0))
			return false;
	}
	return true;
}

static bool fastcgi_param(struct rd_buffer *to, size_t *start, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);
	size_t name = equals ? (size_t)(equals - text) : len;
	size_t value = equals ? len - name - 1 : 0, lengths;
	unsigned char bytes[8];

	lengths = fastcgi_length(bytes, name);
	lengths += fastcgi_length(bytes + lengths, value);
	if (to->len + lengths + name + value > *start + RD_FASTCGI_HEADER + RD_FASTCGI_CONTENT &&
	    to->len > *start + RD_FASTCGI_HEADER) {
		fastcgi_close(to, *start);
		*start = to->len;
		if (!fastcgi_add_header(to, PARAMS, 0))
			return false;
	}
	return fastcgi_param_bytes(to, start, bytes, lengths) &&
	       fastcgi_param_bytes(to, start, text, name) &&
	       fastcgi_param_bytes(to, start, text + len - value, value);
}

bool rd_fastcgi_begin(bool keep, const char *block, size_t len, struct rd_buffer *to)
{
	const unsigned char role[8] = { 0, RESPONDER, keep ? KEEP : 0 };
	size_t start;

	if (!fastcgi_add_header(to, BEGIN, sizeof(role)) || !rd_buffer_add(to, role, sizeof(role)))
		return false;
	start = to->len;
	if (len > 0 && !fastcgi_add_header(to, PARAMS, 0))
		return false;
	for (size_t at = 0; at < len; at += strnlen(block + at, len - at) + 1)
		if (!fastcgi_param(to, &start, block + at, strnlen(block + at, len - at)))
			return false;
	if (len > 0)
		fastcgi_close(to, start);
	return fastcgi_add_header(to, PARAMS, 0);
}

static enum rd_fastcgi_step fastcgi_wrong(struct rd_fastcgi *f, const char *what)
{
	f->wrong = what;
	return RD_FASTCGI_WRONG;
}

/* The header is whole. */
static enum rd_fastcgi_step fastcgi_record(struct rd_fastcgi *f)
{
	const unsigned char *h = f->bytes;

	f->type = h[1];
	f->content = (uint16_t)(h[4] << 8 | h[5]);
	f->padding = h[6];
	f->have = 0;
	if (h[0] != VERSION)
		return fastcgi_wrong(f, "it sent a record of another version");
	if (h[2] != 0 || h[3] != ID)
		return fastcgi_wrong(f, "it sent a record of another request");
	if (f->type != STDOUT && f->type != STDERR && f->type != END)
		return fastcgi_wrong(f, "it sent a record of a type that is not its own");
	if (f->type == END && f->content != ENDING)
		return fastcgi_wrong(f, "it sent an end that is too short or too long");
	if (f->type == STDOUT && f->output_ended && f->content > 0)
		return fastcgi_wrong(f, "it sent output behind the output's end");
	if (f->type == STDOUT && f->content == 0)
		f->output_ended = true;
	return RD_FASTCGI_MORE;
}

/* The content of an end is whole. */
static enum rd_fastcgi_step fastcgi_ending(struct rd_fastcgi *f)
{
	const unsigned char *b = f->bytes;

	f->status = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	f->protocol = b[4];
	if (f->protocol > RD_FASTCGI_NO_ROLE)
		return fastcgi_wrong(f, "it sent an end with an unknown status");
	return RD_FASTCGI_MORE;
}

/* Up to `wanted` bytes into f->bytes; how many. */
static size_t fastcgi_gather(struct rd_fastcgi *f, const char *in, size_t len, size_t wanted)
{
	size_t n = wanted - f->have;

	n = n < len ? n : len;
	memcpy(f->bytes + f->have, in, n);
	f->have += (uint8_t)n;
	return n;
}

static enum rd_fastcgi_step fastcgi_content(struct rd_fastcgi *f, const char *in, size_t len,
					    size_t *used, struct rd_span *part)
{
	size_t n = f->content < len ? f->content : len;

	if (f->type == END)
		n = fastcgi_gather(f, in, len, ENDING);
	f->content -= (uint16_t)n;
	*used += n;
	if (f->type == END)
		return f->content == 0 ? fastcgi_ending(f) : RD_FASTCGI_MORE;
	*part = (struct rd_span){ in, n };
	return f->type == STDOUT ? RD_FASTCGI_OUTPUT : RD_FASTCGI_ERRORS;
}

/* The record is over. */
static enum rd_fastcgi_step fastcgi_over(struct rd_fastcgi *f)
{
	bool ended = f->type == END;

	f->type = f->have = 0;
	return ended ? RD_FASTCGI_END : RD_FASTCGI_MORE;
}

enum rd_fastcgi_step rd_fastcgi_next(struct rd_fastcgi *f, const char *in, size_t len, size_t *used,
				     struct rd_span *part)
{
	enum rd_fastcgi_step step = RD_FASTCGI_MORE;
	size_t n;

	*used = 0;
	*part = (struct rd_span){ NULL, 0 };
	while (*used < len && step == RD_FASTCGI_MORE) {
		const char *at = in + *used;
		size_t left = len - *used;

		if (!f->type) {
			*used += fastcgi_gather(f, at, left, RD_FASTCGI_HEADER);
			if (f->have < RD_FASTCGI_HEADER)
				break;
			step = fastcgi_record(f);
		} else if (f->content > 0) {
			step = fastcgi_content(f, at, left, used, part);
		} else {
			n = f->padding < left ? f->padding : left;
			f->padding -= (uint8_t)n;
			*used += n;
		}
		if (step == RD_FASTCGI_MORE && f->type && f->content == 0 && f->padding == 0)
			step = fastcgi_over(f);
	}
	return step;
}
