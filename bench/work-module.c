/*
 * work-module - a module for replyd with a reply of 1 KiB, for compare.
 */
#include <replyd/handler.h>
#include <string.h>

static char reply[1024];

static int work_init(const struct replyd_settings *settings, void **data, char *why, size_t size)
{
	(void)settings, (void)data, (void)why, (void)size;
	memset(reply, 'x', sizeof reply);
	return 0;
}

static int work_perform(struct replyd_exchange *x, void *data)
{
	(void)data;
	return replyd_lend(x, 200, "text/plain", reply, sizeof reply, NULL, NULL);
}

const struct replyd_module replyd_module = {
	.size = sizeof replyd_module,
	.interface = REPLYD_INTERFACE,
	.name = "work",
	.methods = "GET",
	.init = work_init,
	.perform = work_perform,
};
