/*
 * text - always the same reply.
 * Thread:  any worker.
 * Owns:    the text; replies point into it.
 */
#include "handlers/text.h"

#include "app/exchange.h"
#include "codec/condition.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct rd_text {
	int status;
	char *type, *text;
	size_t len;
};

static bool text_type_ok(const char *type)
{
	for (; *type; type++)
		if (*type < ' ' || *type >= 127)
			return false;
	return true;
}

static void text_free(void *data)
{
	struct rd_text *t = data;

	free(t->type);
	free(t->text);
	free(t);
}

struct rd_text *rd_text_new(int status, const char *type, const char *text)
{
	struct rd_text *t;

	if (!type)
		type = "text/plain; charset=utf-8";
	if (status < 200 || status > 599 || !text_type_ok(type)) {
		errno = EINVAL;
		return NULL;
	}
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->status = status;
	t->len = strlen(text);
	t->type = strdup(type);
	t->text = strdup(text);
	if (t->type && t->text)
		return t;
	text_free(t);
	errno = ENOMEM;
	return NULL;
}

static int text_perform(struct replyd_exchange *x, void *data)
{
	const struct rd_text *t = data;
	struct rd_condition there = { .exists = true }; /* and it has no validators */
	int status = t->status < 300 ? rd_condition_check(&x->head, &there) : 0;

	if (status == 304)
		x->reply.status = 304;
	if (status)
		return status;
	rd_reply_bytes(&x->reply, t->status, t->len > 0 ? t->type : NULL, t->text, t->len, NULL,
		       NULL);
	return 0;
}

const struct rd_handler rd_text = {
	.name = "text",
	.methods = RD_METHODS_ANY,
	.perform = text_perform,
	.release = text_free,
};
