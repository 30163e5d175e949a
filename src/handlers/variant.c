/*
 * variant - in which coding a file is sent to who asks.
 * Thread:  any worker; the one that turns rd_file_untried into rd_file_making makes that variant.
 * Never:   waits for another that makes one.
 */
#include "handlers/variant.h"

#include "app/exchange.h"
#include "handlers/encode.h"
#include "handlers/load.h"

#include <errno.h>
#include <stdlib.h>

static unsigned variant_weight(const struct rd_accept *accept, int coding)
{
	return accept->weight[coding] ? accept->weight[coding] : accept->others;
}

enum rd_coding rd_variant_choose(const struct rd_accept *accept, unsigned found, unsigned makes)
{
	int best = rd_accept_choose(accept, found | makes | 1u << RD_CODING_IDENTITY);
	int ready = rd_accept_choose(accept, found);

	if (best < 0 || best == RD_CODING_IDENTITY)
		return RD_CODING_IDENTITY;
	if (ready >= 0 && variant_weight(accept, ready) == variant_weight(accept, best))
		return (enum rd_coding)ready;
	return (enum rd_coding)best;
}

/* NULL with errno: EFBIG, it would not be shorter; else the file changed, or the system failed. */
static struct rd_variant *variant_code(const struct rd_file *file, enum rd_coding coding,
				       struct rd_reply *scratch)
{
	const struct stat *st = &file->plain.st;
	char *content = file->plain.bytes;
	struct rd_variant *v = NULL;
	size_t len;

	if (!content)
		content = rd_load_again(file->plain.fd, st);
	if (content && (v = rd_variant_new())) {
		v->bytes = rd_encode(coding, content, file->plain.size, &len);
		v->size = v->bytes ? len : 0;
	}
	if (content != file->plain.bytes)
		free(content);
	if (!v)
		return NULL;
	v->made = true;
	v->coding = rd_accept_word(coding);
	v->st = *st;
	v->modified = file->plain.modified;
	rd_etag_format(v->etag, st->st_mtim.tv_sec, st->st_mtim.tv_nsec, (uint64_t)st->st_size,
		       st->st_ino, v->coding);
	if (v->bytes && rd_file_head(file, v, scratch))
		return v;
	rd_variant_free(v);
	return NULL;
}

/* NULL when another makes it, or it cannot be. What the system refused is tried by the next. */
static const struct rd_variant *variant_make(struct rd_cache *cache, struct rd_file *file,
					     enum rd_coding coding, struct rd_reply *scratch)
{
	struct rd_variant *v = &rd_file_untried;

	if (!atomic_compare_exchange_strong(&file->coded[coding], &v, &rd_file_making))
		return rd_file_variant(file, coding);
	v = variant_code(file, coding, scratch);
	atomic_store_explicit(&file->coded[coding], v || errno == EFBIG ? v : &rd_file_untried,
			      memory_order_release);
	if (v)
		rd_cache_grown(cache, file, v->size);
	return v;
}

static const struct rd_variant *variant_wanted(struct rd_cache *cache, struct rd_file *file,
					       const struct rd_accept *accept,
					       struct rd_reply *scratch)
{
	unsigned failed = 0;

	for (;;) {
		const struct rd_variant *v;
		unsigned found = 0, makes = 0;
		enum rd_coding coding;

		for (coding = 0; coding < RD_FILE_CODINGS; coding++) {
			v = atomic_load_explicit(&file->coded[coding], memory_order_acquire);
			if (!v || v == &rd_file_making || failed & 1u << coding)
				continue;
			*(v == &rd_file_untried || v->made ? &makes : &found) |= 1u << coding;
		}
		coding = rd_variant_choose(accept, found, makes);
		v = rd_file_variant(file, coding);
		if (!v)
			v = variant_make(cache, file, coding, scratch);
		if (v)
			return v;
		failed |= 1u << coding;
	}
}

const struct rd_variant *rd_variant_find(struct rd_cache *cache, struct rd_file *file,
					 struct replyd_exchange *x)
{
	struct rd_accept accept = { 0 };
	const struct rd_field *field;
	unsigned i = 0;

	if (!file->varies || x->head.first[FIELD_ACCEPT_ENCODING] == 0)
		return &file->plain;
	while ((field = rd_head_next(&x->head, FIELD_ACCEPT_ENCODING, &i)))
		rd_accept_field(&accept, field->value);
	return variant_wanted(cache, file, &accept, &x->reply);
}
