/*
 * cache - files that were asked for lately.
 * Thread:  any worker.
 * Owns:    a reference to each file it keeps; a file lives until its last reference is dropped,
 *          so that it may be sent long after the cache forgot it.
 */
#include "handlers/cache.h"

#include "base/lock.h"
#include "base/must.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SHARDS = 16,		      /* so that workers seldom meet */
	BUCKETS = 256,		      /* of a shard */
	SHARD_BYTES = 4 * 1024 * 1024, /* of files kept in memory */
};

struct shard {
	struct rd_lock lock; /* rank CACHE */
	/* under lock */ struct rd_file *bucket[BUCKETS], *newest, *oldest; size_t files, bytes;
};

struct rd_cache {
	size_t shard_files; /* kept in one shard, at most */
	struct shard shard[SHARDS];
};

struct rd_cache *rd_cache_new(size_t files)
{
	struct rd_cache *cache = calloc(1, sizeof(*cache));

	if (!cache)
		return NULL;
	cache->shard_files = files / SHARDS + 1;
	for (int i = 0; i < SHARDS; i++)
		rd_lock_init(&cache->shard[i].lock, RANK_CACHE);
	return cache;
}

struct rd_file *rd_file_new(const char *path, size_t len)
{
	struct rd_file *f = calloc(1, sizeof(*f) + len + 1);

	if (!f)
		return NULL;
	f->refs = 1;
	f->fd = -1;
	memcpy(f->path, path, len);
	f->path_len = len;
	return f;
}

void rd_file_drop(void *file)
{
	struct rd_file *f = file;

	if (atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) > 1)
		return;
	if (f->fd >= 0)
		close(f->fd);
	free(f->bytes);
	free(f->head);
	free(f);
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

static size_t file_bytes(const struct rd_file *f)
{
	return f->bytes ? (size_t)f->st.st_size : 0;
}

/* Takes it out, with the cache's reference. Under lock. */
static struct rd_file *shard_take(struct shard *s, struct rd_file **place)
{
	struct rd_file *f = *place;

	*place = f->next;
	f->next = NULL;
	shard_unlink(s, f);
	s->files--;
	s->bytes -= file_bytes(f);
	return f;
}

struct rd_file *rd_cache_find(struct rd_cache *cache, const char *path, size_t len)
{
	uint64_t hash = cache_hash(path, len);
	struct shard *s = cache_shard(cache, hash);
	struct rd_file *f;

	rd_lock_take(&s->lock);
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
static struct rd_file *shard_shrink(struct shard *s, size_t files)
{
	struct rd_file *out = NULL;

	while (s->files > files || (s->bytes > SHARD_BYTES && s->files > 1)) {
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

void rd_cache_keep(struct rd_cache *cache, struct rd_file *f)
{
	struct rd_file **place, *was = NULL, *over;
	struct shard *s;

	f->hash = cache_hash(f->path, f->path_len);
	s = cache_shard(cache, f->hash);
	atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
	rd_lock_take(&s->lock);
	place = shard_place(s, f->hash, f->path, f->path_len);
	if (*place)
		was = shard_take(s, place);
	f->next = *place;
	*place = f;
	shard_link_newest(s, f);
	s->files++;
	s->bytes += file_bytes(f);
	over = shard_shrink(s, cache->shard_files);
	rd_lock_drop(&s->lock);
	if (was)
		rd_file_drop(was);
	cache_drop_list(over);
}

void rd_cache_forget(struct rd_cache *cache, const char *path, size_t len)
{
	uint64_t hash = cache_hash(path, len);
	struct shard *s = cache_shard(cache, hash);
	struct rd_file **place, *was = NULL;

	rd_lock_take(&s->lock);
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
