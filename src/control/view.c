/*
 * view - how a server was at one moment, from its JSON.
 * Never:   trusts what it reads to be of a replyd of the same version, or whole.
 */
#include "control/view.h"

#include <jansson.h>
#include <stdio.h>

static uint64_t view_integer(const json_t *value)
{
	json_int_t n = json_integer_value(value);

	return n > 0 ? (uint64_t)n : 0;
}

static void view_text(const json_t *value, char *to, size_t size)
{
	const char *text = json_string_value(value);

	snprintf(to, size, "%s", text ? text : "");
	for (; *to; to++)
		if ((unsigned char)*to < ' ' || *to == 127)
			*to = '?';
}

uint64_t rd_view_number(const struct rd_view *view, const char *object, const char *name)
{
	return view_integer(json_object_get(json_object_get(view->status, object), name));
}

static void view_server(struct rd_view *v)
{
	view_text(json_object_get(v->status, "version"), v->version, sizeof(v->version));
	view_text(json_object_get(v->status, "state"), v->state, sizeof(v->state));
	v->pid = view_integer(json_object_get(v->status, "pid"));
	v->generation = view_integer(json_object_get(v->status, "generation"));
	v->up_s = json_number_value(json_object_get(v->status, "uptime_s"));
}

/* A row of what follows. */
#define NUMBER(object, name)                                          \
	{                                                             \
#object, #name, offsetof(struct rd_view, object.name) \
	}

static const struct {
	const char *object, *name;
	size_t at;
} numbers[] = {
	NUMBER(workers, running),
	NUMBER(workers, blocked),
	NUMBER(workers, asleep),
	NUMBER(workers, stuck),
	NUMBER(workers, limit),
	NUMBER(queue, length),
	NUMBER(queue, limit),
	NUMBER(queue, wait_us),
	NUMBER(connections, open),
	NUMBER(connections, parked),
	NUMBER(connections, queued),
	NUMBER(connections, worked_on),
	NUMBER(connections, limit),
	NUMBER(spool, bytes),
	NUMBER(spool, limit),
	NUMBER(process, descriptors),
	NUMBER(process, descriptors_limit),
	NUMBER(process, threads),
	NUMBER(process, resident_bytes),
	NUMBER(process, cpu_us),
};

bool rd_view_read(struct rd_view *view, struct rd_span status)
{
	*view = (struct rd_view){ .status = json_loadb(status.at, status.len, 0, NULL) };
	if (!view->status)
		return false;
	view_server(view);
	if (view->pid == 0 || !view->state[0]) {
		rd_view_free(view);
		return false;
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		uint64_t n = rd_view_number(view, numbers[i].object, numbers[i].name);

		memcpy((char *)view + numbers[i].at, &n, sizeof(n));
	}
	return true;
}

void rd_view_free(struct rd_view *view)
{
	json_decref(view->status);
	view->status = NULL;
}
