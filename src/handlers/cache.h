/*
 * cache - files that were asked for lately: small ones with their bytes, large ones with an open
 * descriptor, both with the ready part of their reply's head. Who looks one up checks it against
 * the file's identity at most once a second.
 */
#ifndef RD_HANDLERS_CACHE_H
#define RD_HANDLERS_CACHE_H

#include "codec/etag.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* A file as it was when it was opened. Does not change but for the counts; freed at the last drop. */
struct rd_file {
	_Atomic unsigned refs;
	_Atomic uint64_t checked_us; /* when its identity was last seen to be the same */
	struct stat st;
	int fd;	       /* -1 when the bytes are here */
	char *bytes;   /* [st.st_size] */
	char *head;    /* ready part of a 200 */
	size_t head_len;
	char etag[RD_ETAG_SIZE];
	const char *type; /* lives as long as the handler */
	/* the cache's, under its lock */
	struct rd_file *next, *newer, *older;
	uint64_t hash;
	size_t path_len;
	char path[];
};

struct rd_cache;

/* For about `files` at once, each of which may hold a descriptor. NULL when there is no memory. */
struct rd_cache *rd_cache_new(size_t files);
void rd_cache_free(struct rd_cache *cache);

/* The file kept for the path, with a reference for the caller; or NULL. */
struct rd_file *rd_cache_find(struct rd_cache *cache, const char *path, size_t len);

/* Keeps it instead of what was kept for its path; the least asked for may go. */
void rd_cache_keep(struct rd_cache *cache, struct rd_file *file);

/* Keeps nothing for the path any more. */
void rd_cache_forget(struct rd_cache *cache, const char *path, size_t len);

/* A file with one reference, nothing open and no bytes; or NULL when there is no memory. */
struct rd_file *rd_file_new(const char *path, size_t len);
/* Gives a reference back. void *, so that it can be the release of a body. */
void rd_file_drop(void *file);

#endif
