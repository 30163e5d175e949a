/*
 * file - a file as it was when it was opened, in each coding that it can be sent in.
 * Thread:  any worker.
 * Owns:    descriptors and bytes of all variants, until the last reference is dropped; so a file
 *          may be sent long after the cache forgot it.
 */
#include "handlers/file.h"

#include "app/exchange.h"
#include "codec/date.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rd_variant rd_file_untried, rd_file_making;

struct rd_file *rd_file_new(const char *path, size_t len)
{
	struct rd_file *f = calloc(1, sizeof(*f) + len + 1);

	if (!f)
		return NULL;
	f->refs = 1;
	f->plain.fd = -1;
	memcpy(f->path, path, len);
	f->path_len = len;
	return f;
}

struct rd_variant *rd_variant_new(void)
{
	struct rd_variant *v = calloc(1, sizeof(*v));

	if (v)
		v->fd = -1;
	return v;
}

static void variant_clear(struct rd_variant *v)
{
	if (v->fd >= 0)
		close(v->fd);
	free(v->bytes);
	free(v->head);
}

void rd_variant_free(struct rd_variant *v)
{
	if (v)
		variant_clear(v);
	free(v);
}

void rd_file_drop(void *file)
{
	struct rd_file *f = file;

	if (atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) > 1)
		return;
	variant_clear(&f->plain);
	for (int i = 0; i < RD_FILE_CODINGS; i++) {
		struct rd_variant *v = f->coded[i];

		if (v != &rd_file_untried)
			rd_variant_free(v);
	}
	free(f);
}

const struct rd_variant *rd_file_variant(const struct rd_file *f, enum rd_coding coding)
{
	const struct rd_variant *v = &f->plain;

	if (coding != RD_CODING_IDENTITY)
		v = atomic_load_explicit(&f->coded[coding], memory_order_acquire);
	return v == &rd_file_untried || v == &rd_file_making ? NULL : v;
}

void rd_file_fields(const struct rd_file *f, const struct rd_variant *v, const char *type,
		    struct rd_reply *reply)
{
	char date[RD_DATE_SIZE];

	if (type)
		rd_reply_field(reply, "Content-Type", type);
	if (type && v->coding)
		rd_reply_field(reply, "Content-Encoding", v->coding);
	rd_date_format(v->modified, date);
	rd_reply_field(reply, "Last-Modified", date);
	rd_reply_field(reply, "ETag", v->etag);
	if (f->varies)
		rd_reply_field(reply, "Vary", "Accept-Encoding");
}

bool rd_file_head(const struct rd_file *f, struct rd_variant *v, struct rd_reply *scratch)
{
	char head[1024];

	rd_reply_begin(scratch);
	scratch->status = 200;
	scratch->length = v->size;
	rd_file_fields(f, v, f->type, scratch);
	if (!v->made)
		rd_reply_field(scratch, "Accept-Ranges", "bytes");
	v->head_len = rd_reply_ready(scratch, head, sizeof(head));
	rd_reply_begin(scratch);
	if (v->head_len == 0 || !(v->head = malloc(v->head_len)))
		return false;
	memcpy(v->head, head, v->head_len);
	return true;
}
