/*
 * arena - memory that is given out piece by piece and freed at once. All zero is an empty one,
 * which holds no memory.
 */
#ifndef RD_BASE_ARENA_H
#define RD_BASE_ARENA_H

#include <stddef.h>

struct rd_arena {
	struct rd_arena_block *block; /* the newest; each knows the one before */
};

/* Aligned for anything. NULL when there is no memory. */
void *rd_arena_take(struct rd_arena *a, size_t size);

/* A copy of bytes[0..len) with a NUL behind it. NULL when there is no memory. */
char *rd_arena_text(struct rd_arena *a, const char *bytes, size_t len);

/* All that was taken is gone; the arena is empty again. */
void rd_arena_free(struct rd_arena *a);

#endif
