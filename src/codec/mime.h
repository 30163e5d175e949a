/* mime - the media type that a file's name stands for. */
#ifndef RD_CODEC_MIME_H
#define RD_CODEC_MIME_H

#include <stddef.h>

/* The types of a mime.types file. Does not change once made, so any thread may look. */
struct rd_mime;

/*
 * Reads text[0..len), the content of a mime.types file: on each line a type and the extensions
 * that stand for it; '#' begins a comment. A line without a type is passed over; of an
 * extension listed twice the last counts. The text may go afterwards. NULL when there is no memory.
 */
struct rd_mime *rd_mime_new(const char *text, size_t len);
void rd_mime_free(struct rd_mime *mime);

/*
 * The Content-Type for a file of this name or path, by what follows the last dot in it, in any
 * case: from `mime`, which may be NULL, else built in, else application/octet-stream. The text/
 * types say "; charset=utf-8". Valid as long as `mime` is.
 */
const char *rd_mime_of(const struct rd_mime *mime, const char *filename);

/* The built-in type for an extension without its dot, or NULL. */
const char *rd_mime_builtin(const char *ext);

#endif
