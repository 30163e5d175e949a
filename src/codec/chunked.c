/*
 * chunked - a body that comes in chunks, taken apart as it arrives.
 * Never:   copies, or looks beyond the bytes it was given.
 */
#include "codec/chunked.h"

#include "base/must.h"
#include "codec/hex.h"
#include "codec/token.h"

enum state {
	SIZE,	     /* at a digit of the size, or what ends it */
	SPACE,	     /* white space after the size: an extension has to follow */
	EXTENSION,   /* after the ';' */
	SIZE_END,    /* the LF of the size's line */
	DATA,	     /* inside the data */
	DATA_RETURN, /* the CR after the data */
	DATA_END,    /* its LF */
	FIELD,	     /* at the first byte of a trailer field, or the end of them all */
	NAME,	     /* in its name */
	VALUE,	     /* in its value */
	FIELD_END,   /* the LF of its line */
	END,	     /* the last LF */
	ENDED,
};

enum { DIGITS = 16 };

void rd_chunked_begin(struct rd_chunked *c, const struct rd_chunked_limits *limits)
{
	*c = (struct rd_chunked){ .limits = *limits, .state = SIZE };
}

/* Visible, blank, or beyond ASCII: what an extension or a value may hold. */
static bool chunked_text(char c)
{
	return ((unsigned char)c >= ' ' && c != 0x7f) || c == '\t';
}

/* A digit of the size: 0 or minus a status. */
static int chunked_digit(struct rd_chunked *c, int digit)
{
	if (c->left > (uint64_t)INT64_MAX >> 4)
		return -413;
	if (c->seen++ == DIGITS)
		return -400;
	c->left = c->left << 4 | (unsigned)digit;
	return 0;
}

static int chunked_extension(struct rd_chunked *c)
{
	if (c->seen++ == c->limits.extension || c->limits.extensions == 0)
		return -400;
	c->limits.extensions--;
	return 0;
}

/* A byte of the line that says the size, but not of its end: 0 or minus a status. */
static int chunked_size(struct rd_chunked *c, char in)
{
	bool blank = in == ' ' || in == '\t';
	int digit = rd_hex_value(in);

	if (c->state == EXTENSION)
		return chunked_text(in) ? chunked_extension(c) : -400;
	if (c->state == SIZE) {
		if (digit >= 0)
			return chunked_digit(c, digit);
		if (c->seen == 0)
			return -400;
		c->seen = 0;
	}
	c->state = blank ? SPACE : EXTENSION;
	return blank || in == ';' ? chunked_extension(c) : -400;
}

/* A byte that is neither data nor of a trailer field: the step, or minus a status. */
static int chunked_byte(struct rd_chunked *c, char in)
{
	bool fits = in == '\n';

	switch (c->state) {
	case SIZE:
	case EXTENSION:
		if (in == '\r' && (c->state == EXTENSION || c->seen > 0)) {
			c->state = SIZE_END;
			return RD_CHUNKED_MORE;
		}
		return chunked_size(c, in);
	case SPACE:
		return chunked_size(c, in);
	case SIZE_END:
		c->state = c->left ? DATA : FIELD;
		break;
	case DATA_RETURN:
		fits = in == '\r';
		c->state = DATA_END;
		break;
	case DATA_END:
		c->state = SIZE;
		c->seen = 0;
		break;
	case FIELD:
		fits = in == '\r';
		c->state = END;
		break;
	case END:
		return fits ? RD_CHUNKED_DONE : -400;
	}
	return fits ? RD_CHUNKED_MORE : -400;
}

/* A byte of the trailer section, but not the CR that ends it: 0 or minus a status. */
static int chunked_field(struct rd_chunked *c, char in)
{
	bool fits = false;

	if (c->limits.trailer == 0)
		return -431;
	c->limits.trailer--;

	switch (c->state) {
	case FIELD:
	case NAME:
		fits = rd_token_byte(in) || (in == ':' && c->state == NAME);
		c->state = in == ':' ? VALUE : NAME;
		break;
	case VALUE:
		fits = chunked_text(in) || in == '\r';
		if (in == '\r')
			c->state = FIELD_END;
		break;
	case FIELD_END:
		fits = in == '\n';
		c->state = FIELD;
		break;
	}
	return fits ? 0 : -400;
}

static bool chunked_in_field(const struct rd_chunked *c, char in)
{
	return c->state == FIELD ? in != '\r' : c->state > FIELD && c->state <= FIELD_END;
}

static int chunked_trailer(struct rd_chunked *c, const char *in, size_t len, struct rd_span *part)
{
	size_t n = 0;

	while (n < len && chunked_in_field(c, in[n])) {
		int status = chunked_field(c, in[n]);
		if (status)
			return status;
		n++;
	}
	*part = (struct rd_span){ in, n };
	return RD_CHUNKED_TRAILER;
}

static int chunked_data(struct rd_chunked *c, const char *in, size_t len, struct rd_span *part)
{
	size_t n = c->left < len ? (size_t)c->left : len;

	c->left -= n;
	if (c->left == 0)
		c->state = DATA_RETURN;
	*part = (struct rd_span){ in, n };
	return RD_CHUNKED_DATA;
}

int rd_chunked_next(struct rd_chunked *c, const char *in, size_t len, size_t *used,
		    struct rd_span *part)
{
	int step = RD_CHUNKED_MORE;
	size_t n = 0;

	MUST(c->state != ENDED);
	*part = (struct rd_span){ NULL, 0 };
	while (n < len && step == RD_CHUNKED_MORE) {
		if (c->state == DATA)
			step = chunked_data(c, in + n, len - n, part);
		else if (chunked_in_field(c, in[n]))
			step = chunked_trailer(c, in + n, len - n, part);
		else
			step = chunked_byte(c, in[n++]);
		n += part->len;
	}
	*used = n;
	if (step < 0 || step == RD_CHUNKED_DONE)
		c->state = ENDED;
	return step;
}
