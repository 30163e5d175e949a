/*
 * echo - answers with what was sent, and a newline.
 * Thread:  any worker.
 */
#include "handlers/echo.h"

#include "app/exchange.h"

#include <stdlib.h>
#include <string.h>

static int echo_perform(struct replyd_exchange *x, void *data)
{
	size_t len = x->content.len;
	char *copy = malloc(len + 1); /* what was read lives only until we return */

	(void)data;
	if (!copy)
		return 503;
	if (len > 0)
		memcpy(copy, x->content.at, len);
	copy[len] = '\n';
	rd_reply_bytes(&x->reply, 200, "text/plain; charset=utf-8", copy, len + 1, free, copy);
	return 0;
}

const struct rd_handler rd_echo = {
	.name = "echo",
	.perform = echo_perform,
};
