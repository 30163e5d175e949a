/*
 * ring - lists whose links are part of what they hold. The head is a link, too: in an empty list
 * it points to itself.
 */
#ifndef RD_BASE_RING_H
#define RD_BASE_RING_H

#include <stdbool.h>
#include <stddef.h>

struct rd_ring {
	struct rd_ring *prev, *next;
};

/* What holds the link. */
#define RD_RING_OF(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

static inline void rd_ring_init(struct rd_ring *head)
{
	head->prev = head->next = head;
}

static inline bool rd_ring_empty(const struct rd_ring *head)
{
	return head->next == head;
}

/* Puts a link that is in no list behind `at`: behind the head, it is the first. */
static inline void rd_ring_add(struct rd_ring *at, struct rd_ring *link)
{
	link->prev = at;
	link->next = at->next;
	at->next->prev = link;
	at->next = link;
}

static inline void rd_ring_add_last(struct rd_ring *head, struct rd_ring *link)
{
	rd_ring_add(head->prev, link);
}

static inline void rd_ring_remove(struct rd_ring *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
}

/* Puts all of `from` behind the last of `head`; `from` is empty then. */
static inline void rd_ring_append(struct rd_ring *head, struct rd_ring *from)
{
	if (rd_ring_empty(from))
		return;
	from->next->prev = head->prev;
	head->prev->next = from->next;
	from->prev->next = head;
	head->prev = from->prev;
	rd_ring_init(from);
}

#endif
