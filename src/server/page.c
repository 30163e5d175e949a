/*
 * page - the status page: one document with its style and its script inside, for a browser that
 * reads the rest of the control lane.
 * Thread:  the control lane's worker.
 * Never:   shows anything that a request said, or asks another server.
 */
#include "app/exchange.h"
#include "server/control.h"
#include "server/page.inc"

int rd_page_perform(struct replyd_exchange *x, void *data)
{
	(void)data;
	replyd_add_field(x, "Cache-Control", "no-store");
	replyd_add_field(x, "Content-Security-Policy", page_policy);
	replyd_add_field(x, "Referrer-Policy", "no-referrer");
	replyd_add_field(x, "X-Content-Type-Options", "nosniff");
	return replyd_lend(x, 200, "text/html; charset=utf-8", page_bytes, sizeof(page_bytes) - 1,
			   NULL, NULL);
}
