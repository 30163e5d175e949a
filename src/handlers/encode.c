/*
 * encode - codes contents by zlib and brotli. The levels are those that cost milliseconds for a
 * megabyte: a content is coded while its first client waits.
 * Thread:  any worker.
 */
#include "handlers/encode.h"

#include "base/span.h"

#include <brotli/encode.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum {
	LEAST = 1024,	    /* shorter ones fit into a packet as they are */
	MOST = 1024 * 1024, /* longer ones take too long to code, and too much room to keep */
	GZIP_LEVEL = 6,
	GZIP_MEMORY = 8,
	GZIP_WINDOW = 15 + 16, /* the largest; 16 asks for the gzip wrapper */
	BROTLI_LEVEL = 5,
};

/* "text/html; charset=utf-8": its first part. */
static struct rd_span encode_essence(const char *type)
{
	return rd_span_trim((struct rd_span){ type, strcspn(type, ";") });
}

static bool encode_starts(struct rd_span s, const char *with)
{
	size_t len = strlen(with);

	return s.len >= len && rd_span_eq_nocase((struct rd_span){ s.at, len }, with);
}

static bool encode_ends(struct rd_span s, const char *with)
{
	size_t len = strlen(with);

	return s.len >= len && rd_span_eq_nocase((struct rd_span){ s.at + s.len - len, len }, with);
}

static bool encode_one_of(struct rd_span s, const char *const *list)
{
	for (; *list; list++)
		if (rd_span_eq_nocase(s, *list))
			return true;
	return false;
}

static bool encode_text(struct rd_span type)
{
	static const char *const others[] = {
		"application/javascript", "application/ecmascript", "application/json",
		"application/xml",	  "image/svg+xml",	    NULL,
	};

	return encode_starts(type, "text/") || encode_ends(type, "+json") ||
	       encode_ends(type, "+xml") || encode_one_of(type, others);
}

bool rd_encode_worth(const char *type, uint64_t size)
{
	return size >= LEAST && size <= MOST && encode_text(encode_essence(type));
}

bool rd_encode_packed(const char *type)
{
	static const char *const packed[] = {
		"application/gzip",
		"application/zip",
		"application/zstd",
		"application/java-archive",
		"application/epub+zip",
		"application/pdf",
		"application/vnd.rar",
		"application/vnd.debian.binary-package",
		"application/x-7z-compressed",
		"application/x-brotli",
		"application/x-bzip2",
		"application/x-gzip",
		"application/x-xz",
		"font/woff",
		"font/woff2",
		NULL,
	};
	static const char *const plain[] = { "image/bmp", "image/x-ms-bmp", "audio/x-wav", NULL };
	struct rd_span s = encode_essence(type);

	if (encode_text(s) || encode_one_of(s, plain))
		return false;
	return encode_starts(s, "image/") || encode_starts(s, "audio/") ||
	       encode_starts(s, "video/") || encode_one_of(s, packed);
}

/* Into to[0..*len); false when that is too short. */
static bool encode_gzip(const char *in, size_t in_len, char *to, size_t *len)
{
	z_stream z = { .next_in = (Bytef *)in, .avail_in = (uInt)in_len };
	bool done;

	if (deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	z.next_out = (Bytef *)to;
	z.avail_out = (uInt)*len;
	done = deflate(&z, Z_FINISH) == Z_STREAM_END;
	*len = z.total_out;
	deflateEnd(&z);
	return done;
}

static bool encode_brotli(const char *in, size_t in_len, char *to, size_t *len)
{
	return BrotliEncoderCompress(BROTLI_LEVEL, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, in_len,
				     (const uint8_t *)in, len, (uint8_t *)to) == BROTLI_TRUE;
}

char *rd_encode(enum rd_coding coding, const char *in, size_t len, size_t *out_len)
{
	char *out, *fitting;
	bool done = false;

	errno = EFBIG;
	if (len < 2 || len > UINT_MAX || !(out = malloc(len - 1)))
		return NULL;
	*out_len = len - 1;
	if (coding == RD_CODING_GZIP)
		done = encode_gzip(in, len, out, out_len);
	else if (coding == RD_CODING_BR)
		done = encode_brotli(in, len, out, out_len);
	if (!done) {
		free(out);
		errno = EFBIG;
		return NULL;
	}
	fitting = realloc(out, *out_len);
	return fitting ? fitting : out;
}
