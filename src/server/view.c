/*
 * view - what a stranger sees of a server.
 * Thread:  any.
 */
#include "server/server.h"

#include <stdio.h>

void rd_server_urls(struct replyd *s, char *text, size_t size)
{
	const char *url;
	size_t len = 0;

	text[0] = '\0';
	rd_lock_take(&s->look);
	for (size_t i = 0; (url = replyd_url(s, i)); i++)
		if (len + strlen(url) + 2 < size)
			len += (size_t)sprintf(text + len, " %s", url);
	rd_lock_drop(&s->look);
}

enum rd_server_state rd_server_state(struct replyd *s)
{
	if (rd_mains_stopping(&s->clients) && !atomic_load(&s->clients.first.acceptor.handed))
		return STATE_DRAINING;
	return atomic_load(&s->phase) == PHASE_SERVING ? STATE_SERVING : STATE_STARTING;
}

const char *rd_server_state_word(enum rd_server_state state)
{
	static const char *const words[] = {
		[STATE_STARTING] = "starting",
		[STATE_SERVING] = "serving",
		[STATE_DRAINING] = "draining",
	};

	return words[state];
}

void rd_server_look(struct replyd *s, struct rd_group_view *view)
{
	*view = (struct rd_group_view){ 0 };
	rd_lock_take(&s->look);
	if (atomic_load(&s->phase) == PHASE_SERVING)
		rd_mains_look(&s->clients, view);
	view->count[COUNT_UNLOGGED] += atomic_load(&s->logging.access.lost);
	rd_lock_drop(&s->look);
}

void rd_server_look_main(struct replyd *s, unsigned main, struct rd_group_view *view)
{
	*view = (struct rd_group_view){ 0 };
	rd_lock_take(&s->look);
	if (atomic_load(&s->phase) == PHASE_SERVING)
		rd_group_look(rd_mains_group(&s->clients, main), view);
	rd_lock_drop(&s->look);
}

void rd_server_stages(struct replyd *s, struct rd_stage_sums *sums, unsigned series)
{
	rd_lock_take(&s->look);
	if (atomic_load(&s->phase) == PHASE_SERVING)
		for (unsigned i = 0; i < atomic_load(&s->clients.count); i++)
			rd_pool_stages(&rd_mains_group(&s->clients, i)->pool, sums, series);
	rd_lock_drop(&s->look);
}

bool rd_server_workers(struct replyd *s, struct rd_worker_view **list, unsigned *count)
{
	bool told = true;

	*list = NULL;
	*count = 0;
	rd_lock_take(&s->look);
	if (atomic_load(&s->phase) == PHASE_SERVING)
		told = rd_mains_workers(&s->clients, list, count);
	rd_lock_drop(&s->look);
	return told;
}
