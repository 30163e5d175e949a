/*
 * etag - the names of a file's versions, and lists of them.
 */
#include "codec/etag.h"

#include "base/must.h"

static char *etag_hex(char *to, uint64_t value)
{
	int shift = 60;

	while (shift > 0 && value >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[value >> shift & 15];
	return to;
}

size_t rd_etag_format(char out[RD_ETAG_SIZE], int64_t mtime_s, long mtime_ns, uint64_t size,
		      uint64_t ino, const char *coding)
{
	char *to = out;

	*to++ = '"';
	to = etag_hex(to, (uint64_t)mtime_s * 1000000000 + (uint64_t)mtime_ns);
	*to++ = '-';
	to = etag_hex(to, size);
	if (ino) {
		*to++ = '-';
		to = etag_hex(to, ino);
	}
	if (coding) {
		size_t len = strlen(coding);
		MUST(len <= 8);
		*to++ = '-';
		memcpy(to, coding, len);
		to += len;
	}
	*to++ = '"';
	*to = '\0';
	return (size_t)(to - out);
}

static bool etag_is_weak(struct rd_span tag)
{
	return tag.len > 1 && tag.at[0] == 'W' && tag.at[1] == '/';
}

static struct rd_span etag_opaque(struct rd_span tag)
{
	return etag_is_weak(tag) ? (struct rd_span){ tag.at + 2, tag.len - 2 } : tag;
}

bool rd_etag_next(struct rd_span *list, struct rd_span *tag)
{
	struct rd_span rest = *list, opaque;
	size_t i;

	while (rest.len > 0 && (rest.at[0] == ',' || rest.at[0] == ' ' || rest.at[0] == '\t'))
		rest.at++, rest.len--;
	*list = rest;

	opaque = etag_opaque(rest);
	if (opaque.len == 0 || opaque.at[0] != '"')
		return false;
	for (i = 1; i < opaque.len && opaque.at[i] != '"'; i++)
		if ((unsigned char)opaque.at[i] <= ' ' || opaque.at[i] == 0x7f)
			return false;
	if (i == opaque.len)
		return false;

	*tag = (struct rd_span){ rest.at, (size_t)(opaque.at + i + 1 - rest.at) };
	rest = rd_span_trim((struct rd_span){ rest.at + tag->len, rest.len - tag->len });
	if (rest.len > 0 && rest.at[0] != ',')
		return false;
	*list = rest;
	return true;
}

bool rd_etag_same_strong(struct rd_span a, struct rd_span b)
{
	return !etag_is_weak(a) && rd_span_same(a, b);
}

bool rd_etag_same_weak(struct rd_span a, struct rd_span b)
{
	return rd_span_same(etag_opaque(a), etag_opaque(b));
}
