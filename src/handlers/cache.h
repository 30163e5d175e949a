/*
 * cache - files that were asked for lately. Who looks one up checks it against the file's identity
 * at most once a second.
 */
#ifndef RD_HANDLERS_CACHE_H
#define RD_HANDLERS_CACHE_H

#include "handlers/file.h"

struct rd_cache;

/* Keeps files with about so many open descriptors together. NULL when there is no memory. */
struct rd_cache *rd_cache_new(size_t descriptors);
void rd_cache_free(struct rd_cache *cache);

/* The file kept for the path, with a reference for the caller; or NULL. *seen is for the next. */
struct rd_file *rd_cache_find(struct rd_cache *cache, const char *path, size_t len, unsigned *seen);

/*
 * Keeps it instead of what was kept for its path; the least asked for may go. Not, if something
 * was to be forgotten after rd_cache_find for its path gave `seen`: the file may have been opened
 * before that, and be what it was then.
 */
void rd_cache_keep(struct rd_cache *cache, struct rd_file *file, unsigned seen);

/* A file that was kept, and may be still, holds so many bytes more. */
void rd_cache_grown(struct rd_cache *cache, struct rd_file *file, size_t bytes);

/* Keeps nothing for the path any more, not even what somebody is just opening. */
void rd_cache_forget(struct rd_cache *cache, const char *path, size_t len);

#endif
