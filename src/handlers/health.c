/*
 * health - says whether the server takes requests.
 * Thread:  any worker.
 */
#include "handlers/health.h"

#include "app/exchange.h"

#include <stdatomic.h>

static int health_perform(struct replyd_exchange *x, void *data)
{
	_Atomic bool *draining = data;

	replyd_add_field(x, "Cache-Control", "no-store");
	if (atomic_load_explicit(draining, memory_order_relaxed))
		return replyd_text(x, 503, "draining\n");
	return replyd_text(x, 200, "ok\n");
}

const struct rd_handler rd_health = {
	.name = "health",
	.perform = health_perform,
};
