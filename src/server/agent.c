/*
 * agent - tells a balancer how much of what comes this server is to get.
 * Thread:  the one that uses the server; its handler runs in the control lane's worker.
 */
#include "server/agent.h"

#include "app/exchange.h"
#include "base/clock.h"
#include "server/open.h"
#include "server/server.h"

/* Never "down": who is slow is given less, and whether it is there is the health check's to see. */
static int agent_perform(struct replyd_exchange *x, void *data)
{
	struct replyd *s = data;
	struct rd_agent *a = &s->control.agent;
	bool drains = rd_server_state(s) != STATE_SERVING;
	struct rd_weight_said said;
	struct rd_group_view view;

	rd_server_look(s, &view);
	rd_lock_take(&a->lock);
	said = rd_weight_say(&a->weight, drains, view.waited_us, rd_clock_us());
	rd_lock_drop(&a->lock);
	if (said.drain)
		return replyd_text(x, 200, "drain\n");
	return replyd_text(x, 200, "%s%u%%\n", said.ready ? "up ready " : "", said.percent);
}

static const struct rd_handler agent = { .name = "agent", .perform = agent_perform };

int rd_agent_listen(struct replyd *s, const char *address)
{
	struct rd_agent *a = &s->control.agent;

	if (a->router.routes == 0 && !rd_router_add(&a->router, 0, "", true, &agent, s))
		return rd_server_failed(s, "no memory");
	return rd_open_name(&s->control.listeners, address, &rd_line_unasked, &a->line, &s->fault);
}

void rd_agent_begin(struct replyd *s)
{
	struct rd_agent *a = &s->control.agent;
	size_t rest;

	a->line = s->setup->line;
	a->line.route = rd_router_find(&a->router, METHOD_GET, "", 0, &rest);
	rd_weight_init(&a->weight, (uint64_t)s->setup->setting[SET_QUEUE_TARGET_MS] * 1000,
		       rd_clock_us());
}

void rd_agent_init(struct rd_agent *a)
{
	rd_lock_init(&a->lock, RANK_AGENT);
}

void rd_agent_fini(struct rd_agent *a)
{
	rd_router_free(&a->router);
	rd_lock_fini(&a->lock);
}
