/*
 * arena - memory that is given out piece by piece and freed at once.
 * Thread:  its owner's.
 * Owns:    the blocks.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 4096 - 64 }; /* bytes of a block, where no piece is longer */

struct rd_arena_block {
	struct rd_arena_block *before;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

static struct rd_arena_block *arena_block(struct rd_arena *a, size_t size)
{
	struct rd_arena_block *b;

	if (size < BLOCK)
		size = BLOCK;
	b = malloc(sizeof(*b) + size);
	if (!b)
		return NULL;
	b->before = a->block;
	b->used = 0;
	b->size = size;
	return a->block = b;
}

void *rd_arena_take(struct rd_arena *a, size_t size)
{
	struct rd_arena_block *b = a->block;
	size_t whole = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	void *piece;

	if (size > PTRDIFF_MAX / 2)
		return NULL;
	if (!b || whole > b->size - b->used)
		b = arena_block(a, whole);
	if (!b)
		return NULL;
	piece = b->bytes + b->used;
	b->used += whole;
	return piece;
}

char *rd_arena_text(struct rd_arena *a, const char *bytes, size_t len)
{
	char *text = rd_arena_take(a, len + 1);

	if (!text)
		return NULL;
	if (len > 0)
		memcpy(text, bytes, len);
	text[len] = '\0';
	return text;
}

void rd_arena_free(struct rd_arena *a)
{
	while (a->block) {
		struct rd_arena_block *before = a->block->before;

		free(a->block);
		a->block = before;
	}
}
