/*
 * metrics_listeners - connections that the kernel holds, and those that it did not take.
 * Thread:  the control lane's workers.
 */
#include "flow/listening.h"
#include "observe/netstat.h"
#include "server/metrics.h"
#include "server/server.h"

#include <inttypes.h>

static void listeners_group(struct rd_exposition *e, const char *name, struct rd_group *g,
			    const char *group, bool limit)
{
	const struct rd_listeners *l = g->listeners;
	struct rd_backlog b;

	for (size_t i = 0; i < l->count; i++) {
		if (!rd_listening_backlog(&g->acceptor, &l->listener[i], &b))
			continue;
		rd_exposition_print(e, "%s{group=\"%s\",", name, group);
		rd_exposition_label(e, "listener", l->url[i]);
		rd_exposition_print(e, "} %u\n", limit ? b.limit : b.length);
	}
}

static void listeners_backlog(struct rd_exposition *e, struct replyd *s, bool limit)
{
	const char *name = limit ? "replyd_accept_queue_limit" : "replyd_accept_queue_length";

	rd_exposition_family(e, name, RD_GAUGE,
			     limit ? "Connections that the kernel may hold, by listener."
				   : "Connections that the kernel holds until they are accepted, "
				     "by listener.");
	rd_lock_take(&s->look);
	if (atomic_load(&s->phase) == PHASE_SERVING)
		listeners_group(e, name, &s->clients.first, "clients", limit);
	rd_lock_drop(&s->look);
	listeners_group(e, name, &s->control.group, "control", limit);
}

static void listeners_host(struct rd_exposition *e)
{
	struct rd_netstat n;
	bool known = rd_netstat_look(&n);

	rd_exposition_family(e, "replyd_host_listen_overflows", RD_COUNTER,
			     "Connections to any program here that found its accept queue full.");
	if (known)
		rd_exposition_print(e, "replyd_host_listen_overflows_total %" PRIu64 "\n",
				    n.overflows);
	rd_exposition_family(e, "replyd_host_listen_drops", RD_COUNTER,
			     "Connections to any program here that the kernel did not take.");
	if (known)
		rd_exposition_print(e, "replyd_host_listen_drops_total %" PRIu64 "\n", n.drops);
}

void rd_metrics_listeners(struct rd_exposition *e, struct replyd *s)
{
	listeners_backlog(e, s, false);
	listeners_backlog(e, s, true);
	listeners_host(e);
}
