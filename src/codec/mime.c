/*
 * mime - the media type that a file's name stands for.
 * Owns:    a hash of extensions; the one codec that allocates.
 * Never:   opens a file: the text of mime.types is handed in.
 */
#include "codec/mime.h"

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHARSET	      "; charset=utf-8"
#define TEXT(subtype) "text/" subtype CHARSET

struct mime_type {
	const char *ext; /* lower case; NULL in a free slot of the hash */
	const char *type;
};

struct rd_mime {
	size_t mask; /* slots - 1; at least half of the slots are free */
	char *strings;
	struct mime_type slots[];
};

/* Sorted by extension. */
static const struct mime_type builtin[] = {
	{ "7z", "application/x-7z-compressed" },
	{ "aac", "audio/aac" },
	{ "apng", "image/apng" },
	{ "atom", "application/atom+xml" },
	{ "avif", "image/avif" },
	{ "bin", "application/octet-stream" },
	{ "bmp", "image/bmp" },
	{ "bz2", "application/x-bzip2" },
	{ "c", TEXT("x-csrc") },
	{ "conf", TEXT("plain") },
	{ "css", TEXT("css") },
	{ "csv", TEXT("csv") },
	{ "deb", "application/vnd.debian.binary-package" },
	{ "doc", "application/msword" },
	{ "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
	{ "eot", "application/vnd.ms-fontobject" },
	{ "epub", "application/epub+zip" },
	{ "flac", "audio/flac" },
	{ "gif", "image/gif" },
	{ "gz", "application/gzip" },
	{ "h", TEXT("x-chdr") },
	{ "heic", "image/heic" },
	{ "htm", TEXT("html") },
	{ "html", TEXT("html") },
	{ "ico", "image/vnd.microsoft.icon" },
	{ "ics", TEXT("calendar") },
	{ "jpeg", "image/jpeg" },
	{ "jpg", "image/jpeg" },
	{ "js", TEXT("javascript") },
	{ "json", "application/json" },
	{ "jsonld", "application/ld+json" },
	{ "jxl", "image/jxl" },
	{ "log", TEXT("plain") },
	{ "m4a", "audio/mp4" },
	{ "m4v", "video/mp4" },
	{ "map", "application/json" },
	{ "md", TEXT("markdown") },
	{ "mid", "audio/midi" },
	{ "mjs", TEXT("javascript") },
	{ "mkv", "video/x-matroska" },
	{ "mp3", "audio/mpeg" },
	{ "mp4", "video/mp4" },
	{ "mpeg", "video/mpeg" },
	{ "odp", "application/vnd.oasis.opendocument.presentation" },
	{ "ods", "application/vnd.oasis.opendocument.spreadsheet" },
	{ "odt", "application/vnd.oasis.opendocument.text" },
	{ "oga", "audio/ogg" },
	{ "ogg", "audio/ogg" },
	{ "ogv", "video/ogg" },
	{ "opus", "audio/ogg" },
	{ "otf", "font/otf" },
	{ "pdf", "application/pdf" },
	{ "png", "image/png" },
	{ "ppt", "application/vnd.ms-powerpoint" },
	{ "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
	{ "py", TEXT("x-python") },
	{ "rss", "application/rss+xml" },
	{ "rtf", "application/rtf" },
	{ "sh", TEXT("x-sh") },
	{ "svg", "image/svg+xml" },
	{ "svgz", "image/svg+xml" },
	{ "tar", "application/x-tar" },
	{ "tif", "image/tiff" },
	{ "tiff", "image/tiff" },
	{ "toml", "application/toml" },
	{ "ttf", "font/ttf" },
	{ "txt", TEXT("plain") },
	{ "vtt", TEXT("vtt") },
	{ "wasm", "application/wasm" },
	{ "wav", "audio/x-wav" },
	{ "webm", "video/webm" },
	{ "webmanifest", "application/manifest+json" },
	{ "webp", "image/webp" },
	{ "woff", "font/woff" },
	{ "woff2", "font/woff2" },
	{ "xhtml", "application/xhtml+xml" },
	{ "xls", "application/vnd.ms-excel" },
	{ "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ "xml", "application/xml" },
	{ "xz", "application/x-xz" },
	{ "yaml", "application/yaml" },
	{ "yml", "application/yaml" },
	{ "zip", "application/zip" },
	{ "zst", "application/zstd" },
};

static int mime_compare(const void *key, const void *row)
{
	const char *a = key, *b = ((const struct mime_type *)row)->ext;

	while (*a != '\0' && rd_span_lower(*a) == *b)
		a++, b++;
	return (unsigned char)rd_span_lower(*a) - (unsigned char)*b;
}

const char *rd_mime_builtin(const char *ext)
{
	const struct mime_type *row = bsearch(ext, builtin, sizeof builtin / sizeof *builtin,
					      sizeof *builtin, mime_compare);

	return row ? row->type : NULL;
}

/* Which slot holds an extension, or is free and where it belongs. */
static size_t mime_slot(const struct rd_mime *mime, struct rd_span ext)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	size_t i;

	for (i = 0; i < ext.len; i++)
		hash = (hash ^ (unsigned char)rd_span_lower(ext.at[i])) * 16777619u;
	i = hash & mime->mask;
	while (mime->slots[i].ext && !rd_span_eq_nocase(ext, mime->slots[i].ext))
		i = (i + 1) & mime->mask;
	return i;
}

/* Takes all before the first `stop` off *rest, and the stop too. */
static struct rd_span mime_until(struct rd_span *rest, char stop)
{
	const char *at = rest->len ? memchr(rest->at, stop, rest->len) : NULL;
	struct rd_span part = { rest->at, at ? (size_t)(at - rest->at) : rest->len };
	size_t taken = part.len + (at != NULL);

	*rest = (struct rd_span){ rest->at + taken, rest->len - taken };
	return part;
}

static bool mime_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Takes the next word off *rest; empty at the end. */
static struct rd_span mime_word(struct rd_span *rest)
{
	const char *at = rest->at, *end = at + rest->len, *start;

	while (at < end && mime_blank(*at))
		at++;
	for (start = at; at < end && !mime_blank(*at);)
		at++;
	*rest = (struct rd_span){ at, (size_t)(end - at) };
	return (struct rd_span){ start, (size_t)(at - start) };
}

/* Whether a word can be sent as a type: two names with a slash (RFC 6838 §4.2). */
static bool mime_is_type(struct rd_span word)
{
	size_t slashes = 0, slash = 0;

	for (size_t i = 0; i < word.len; i++) {
		char c = word.at[i], lower = rd_span_lower(c);

		if (c == '/')
			slashes++, slash = i;
		else if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') &&
			 (c == '\0' || strchr("!#$&-^_.+", c) == NULL))
			return false;
	}
	return slashes == 1 && slash > 0 && slash + 1 < word.len;
}

/* Copies to *to, which it moves on past a NUL. */
static const char *mime_keep(char **to, struct rd_span word, bool lower, const char *suffix)
{
	char *kept = *to;
	size_t more = strlen(suffix) + 1;

	for (size_t i = 0; i < word.len; i++)
		kept[i] = lower ? rd_span_lower(word.at[i]) : word.at[i];
	memcpy(kept + word.len, suffix, more);
	*to = kept + word.len + more;
	return kept;
}

static void mime_add(struct rd_mime *mime, char **to, struct rd_span type, struct rd_span exts)
{
	bool text = type.len > 5 && rd_span_eq_nocase((struct rd_span){ type.at, 5 }, "text/");
	const char *kept = mime_keep(to, type, false, text ? CHARSET : "");
	struct rd_span ext;

	while ((ext = mime_word(&exts)).len > 0) {
		struct mime_type *slot = &mime->slots[mime_slot(mime, ext)];

		if (slot->ext == NULL)
			slot->ext = mime_keep(to, ext, true, "");
		slot->type = kept;
	}
}

struct rd_mime *rd_mime_new(const char *text, size_t len)
{
	struct rd_span whole = { text, len }, rest, line, word;
	size_t lines = 1, words = 0, slots = 2;
	struct rd_mime *mime;
	char *to;

	for (rest = whole; rest.len > 0; lines++)
		for (line = mime_until(&rest, '\n'); mime_word(&line).len > 0;)
			words++;
	while (slots < 2 * words)
		slots *= 2;

	mime = calloc(1, sizeof *mime + slots * sizeof *mime->slots);
	if (mime == NULL)
		return NULL;
	mime->mask = slots - 1;
	/* Each word is kept once at most, with a NUL, and one on each line with a charset. */
	to = mime->strings = malloc(len + words + lines * sizeof CHARSET);
	if (to == NULL) {
		free(mime);
		return NULL;
	}
	for (rest = whole; rest.len > 0;) {
		line = mime_until(&rest, '\n');
		line = mime_until(&line, '#');
		word = mime_word(&line);
		if (mime_is_type(word))
			mime_add(mime, &to, word, line);
	}
	return mime;
}

void rd_mime_free(struct rd_mime *mime)
{
	if (mime)
		free(mime->strings);
	free(mime);
}

const char *rd_mime_of(const struct rd_mime *mime, const char *filename)
{
	const char *slash = strrchr(filename, '/');
	const char *name = slash ? slash + 1 : filename;
	const char *dot = strrchr(name, '.'), *type = NULL;

	if (dot != NULL && dot != name && dot[1] != '\0') {
		if (mime)
			type = mime->slots[mime_slot(mime, rd_span_of(dot + 1))].type;
		if (type == NULL)
			type = rd_mime_builtin(dot + 1);
	}
	return type ? type : "application/octet-stream";
}
