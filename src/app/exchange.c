/*
 * exchange - begins and ends with nothing in it.
 * Thread:  the one that has the exchange.
 * Owns:    what its handler was given.
 */
#include "app/exchange.h"

#include <sys/mman.h>

const char RD_NO_MEMORY[] = "there is no memory";

void rd_exchange_begin(struct replyd_exchange *x)
{
	x->content = (struct rd_span){ NULL, 0 };
	x->content_len = x->content_read = 0;
	x->content_file = -1;
	x->streamed = false;
	x->rest = 0;
	x->host = NULL;
	x->route = NULL;
	x->until_us = x->deadline_us = 0;
	x->link = NULL;
	x->connection = NULL;
	x->memory = (struct rd_arena){ NULL };
	x->mapped = NULL;
	x->query = x->form = (struct rd_pairs){ 0 };
	x->id = NULL;
	rd_reply_begin(&x->reply);
}

void rd_exchange_end(struct replyd_exchange *x)
{
	if (x->mapped)
		munmap(x->mapped, x->content_len + 1);
	x->mapped = NULL;
	rd_buffer_free(&x->reply.pieces);
	rd_arena_free(&x->memory);
}
