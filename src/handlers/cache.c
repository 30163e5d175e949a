/*
 * cache - files that were asked for lately.
 * Thread:  any worker.
 * Owns:    a reference to each file it keeps.
 */
#include "handlers/cache.h"

#include "base/lock.h"
#include "base/must.h"

#include <stdlib.h>
#include <string.h>

enum {
	SHARDS = 16,		       /* so that workers seldom meet */
	BUCKETS = 256,		       /* of a shard */
	SHARD_BYTES = 4 * 1024 * 1024, /* of files kept in memory */
};

struct shard {
	struct rd_lock lock; /* rank CACHE */
	/* under lock */ struct rd_file *bucket[BUCKETS], *newest, *oldest;
	size_t descriptors, bytes;
	unsigned forgotten; /* how often something of this shard was to be forgotten */
};

struct rd_cache {
	size_t shard_descriptors; /* of the files kept in one shard, at most */
	struct shard shard[SHARDS];
};

struct rd_cache *rd_cache_new(size_t descriptors)
{
	struct rd_cache *cache = calloc(1, sizeof(*cache));

	if (!cache)
		return NULL;
	cache->shard_descriptors = descriptors / SHARDS + 1;
	for (int i = 0; i < SHARDS; i++)
		rd_lock_init(&cache->shard[i].lock, RANK_CACHE);
	return cache;
}

/* FNV-1a, 64 bits. */
static uint64_t cache_hash(const char *path, size_t len)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)path[i]) * UINT64_C(1099511628211);
	return hash ^ hash >> 32;
}

static struct shard *cache_shard(struct rd_cache *cache, uint64_t hash)
{
	return &cache->shard[hash % SHARDS];
}

/* Where the file of that path hangs, or the end of its chain. Under lock. */
static struct rd_file **shard_place(struct shard *s, uint64_t hash, const char *path, size_t len)
{
	struct rd_file **place = &s->bucket[hash / SHARDS % BUCKETS];

	while (*place && ((*place)->hash != hash || (*place)->path_len != len ||
			  memcmp((*place)->path, path, len) != 0))
		place = &(*place)->next;
	return place;
}

static void shard_unlink(struct shard *s, struct rd_file *f)
{
	*(f->newer ? &f->newer->older : &s->newest) = f->older;
	*(f->older ? &f->older->newer : &s->oldest) = f->newer;
	f->newer = f->older = NULL;
}

static void shard_link_newest(struct shard *s, struct rd_file *f)
{
	f->newer = NULL;
	f->older = s->newest;
	*(f->older ? &f->older->newer : &s->oldest) = f;
	s->newest = f;
}

/* What keeping it costs, into the file. One that has none counts as a descriptor all the same. */
static void cache_weigh(struct rd_file *f)
{
	f->descriptors = f->bytes = 0;
	for (int i = 0; i <= RD_CODING_IDENTITY; i++) {
		const struct rd_variant *v = rd_file_variant(f, (enum rd_coding)i);

		if (!v)
			continue;
		f->descriptors += v->fd >= 0;
		f->bytes += v->bytes ? v->size : 0;
	}
	f->descriptors += f->descriptors == 0;
}

/* Takes it out, with the cache's reference. Under lock. */
static struct rd_file *shard_take(struct shard *s, struct rd_file **place)
{
	struct rd_file *f = *place;

	*place = f->next;
	f->next = NULL;
	shard_unlink(s, f);
	s->descriptors -= f->descriptors;
	s->bytes -= f->bytes;
	f->descriptors = 0;
	return f;
}

struct rd_file *rd_cache_find(struct rd_cache *cache, const char *path, size_t len, unsigned *seen)
{
	uint64_t hash = cache_hash(path, len);
	struct shard *s = cache_shard(cache, hash);
	struct rd_file *f;

	rd_lock_take(&s->lock);
	*seen = s->forgotten;
	f = *shard_place(s, hash, path, len);
	if (f) {
		atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
		if (f != s->newest) {
			shard_unlink(s, f);
			shard_link_newest(s, f);
		}
	}
	rd_lock_drop(&s->lock);
	return f;
}

/* Under lock: takes out the oldest while there is too much, into a list by next. */
static struct rd_file *shard_shrink(struct shard *s, size_t descriptors)
{
	struct rd_file *out = NULL;

	while (s->oldest != s->newest && (s->descriptors > descriptors || s->bytes > SHARD_BYTES)) {
		struct rd_file *f = s->oldest;

		f = shard_take(s, shard_place(s, f->hash, f->path, f->path_len));
		f->next = out;
		out = f;
	}
	return out;
}

static void cache_drop_list(struct rd_file *list)
{
	while (list) {
		struct rd_file *next = list->next;

		rd_file_drop(list);
		list = next;
	}
}

void rd_cache_keep(struct rd_cache *cache, struct rd_file *f, unsigned seen)
{
	struct rd_file **place, *was = NULL, *over;
	struct shard *s;

	f->hash = cache_hash(f->path, f->path_len);
	s = cache_shard(cache, f->hash);
	rd_lock_take(&s->lock);
	if (s->forgotten != seen) {
		rd_lock_drop(&s->lock);
		return;
	}
	atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
	place = shard_place(s, f->hash, f->path, f->path_len);
	if (*place)
		was = shard_take(s, place);
	f->next = *place;
	*place = f;
	shard_link_newest(s, f);
	cache_weigh(f);
	s->descriptors += f->descriptors;
	s->bytes += f->bytes;
	over = shard_shrink(s, cache->shard_descriptors);
	rd_lock_drop(&s->lock);
	if (was)
		rd_file_drop(was);
	cache_drop_list(over);
}

void rd_cache_grown(struct rd_cache *cache, struct rd_file *f, size_t bytes)
{
	struct rd_file *over = NULL;
	struct shard *s = cache_shard(cache, f->hash);

	rd_lock_take(&s->lock);
	if (f->descriptors > 0) {
		f->bytes += bytes;
		s->bytes += bytes;
		over = shard_shrink(s, cache->shard_descriptors);
	}
	rd_lock_drop(&s->lock);
	cache_drop_list(over);
}

void rd_cache_forget(struct rd_cache *cache, const char *path, size_t len)
{
	uint64_t hash = cache_hash(path, len);
	struct shard *s = cache_shard(cache, hash);
	struct rd_file **place, *was = NULL;

	rd_lock_take(&s->lock);
	s->forgotten++;
	place = shard_place(s, hash, path, len);
	if (*place)
		was = shard_take(s, place);
	rd_lock_drop(&s->lock);
	if (was)
		rd_file_drop(was);
}

void rd_cache_free(struct rd_cache *cache)
{
	if (!cache)
		return;
	for (int i = 0; i < SHARDS; i++) {
		struct shard *s = &cache->shard[i];

		while (s->oldest) {
			struct rd_file *f = s->oldest;

			rd_file_drop(shard_take(s, shard_place(s, f->hash, f->path, f->path_len)));
		}
		rd_lock_fini(&s->lock);
	}
	free(cache);
}
