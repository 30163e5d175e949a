/*
 * workers - what each of the clients' workers does, as JSON.
 * Thread:  the control lane's worker.
 */
#include "app/exchange.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/json.h"
#include "net/client.h"
#include "server/control.h"
#include "server/server.h"

#include <inttypes.h>
#include <stdlib.h>

/* Whom it serves, with what, and since when. */
static bool workers_turn(struct rd_buffer *b, const struct replyd *s,
			 const struct rd_worker_view *w, uint64_t now_us)
{
	char client[RD_CLIENT_TEXT];

	return rd_buffer_print(b,
			       ", \"stage\": \"%s\", \"connection\": %" PRIu32
			       ", \"age_us\": %" PRIu64 ", \"client\": \"%s\", \"route\": ",
			       rd_stage_word(w->stage), w->connection,
			       now_us > w->since_us ? now_us - w->since_us : 0,
			       rd_client_format(w->client, client)) &&
	       rd_json_text(b, rd_series_name(&s->series, w->series));
}

static bool workers_one(struct rd_buffer *b, const struct replyd *s, const struct rd_worker_view *w,
			uint64_t now_us)
{
	return rd_buffer_print(b,
			       "{\"place\": %u, \"group\": \"clients\", \"main\": %u, "
			       "\"state\": \"%s\", \"exchanges\": %" PRIu64,
			       w->place, w->main, rd_worker_state_word(w->state), w->exchanges) &&
	       (w->since_us == 0 || workers_turn(b, s, w, now_us)) && rd_buffer_text(b, "}");
}

int rd_workers_perform(struct replyd_exchange *x, void *data)
{
	struct rd_buffer b = { 0 };
	struct replyd *s = data;
	struct rd_worker_view *list = NULL;
	unsigned count = 0;
	bool added = rd_server_workers(s, &list, &count) && rd_buffer_text(&b, "{\"workers\": [");
	uint64_t now_us = rd_clock_us();

	for (unsigned i = 0; added && i < count; i++)
		added = rd_buffer_text(&b, i ? ",\n" : "\n") &&
			workers_one(&b, s, &list[i], now_us);
	free(list);
	replyd_add_field(x, "Cache-Control", "no-store");
	if (added && rd_buffer_text(&b, "]}\n"))
		return replyd_lend(x, 200, "application/json", b.at, b.len, free, b.at);
	rd_buffer_free(&b);
	return 503;
}
