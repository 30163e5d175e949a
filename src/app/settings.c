/*
 * settings - what a route says to its handler.
 * Thread:  made by one; then any worker's.
 */
#include "app/settings.h"

#include "app/exchange.h"
#include "app/route.h"

#include <stdlib.h>
#include <string.h>

struct replyd_settings {
	size_t count;
	struct setting {
		char *name; /* and behind its NUL the value */
		const char *value;
	} setting[];
};

struct replyd_settings *rd_settings_new(const char *const *list)
{
	struct replyd_settings *s;
	size_t count = 0;

	while (list && list[count])
		count++;
	s = calloc(1, sizeof(*s) + count * sizeof(*s->setting));
	if (!s)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		char *name = strdup(list[i]), *equals = name ? strchr(name, '=') : NULL;

		if (!name) {
			rd_settings_free(s);
			return NULL;
		}
		if (equals)
			*equals = '\0';
		s->setting[s->count++] = (struct setting){ name, equals ? equals + 1 : "" };
	}
	return s;
}

void rd_settings_free(struct replyd_settings *s)
{
	for (size_t i = 0; s && i < s->count; i++)
		free(s->setting[i].name);
	free(s);
}

const char *replyd_settings_get(const struct replyd_settings *s, const char *name,
				const char *otherwise)
{
	for (size_t i = 0; s && i < s->count; i++)
		if (strcmp(s->setting[i].name, name) == 0)
			return s->setting[i].value;
	return otherwise;
}

bool replyd_settings_at(const struct replyd_settings *s, size_t i, const char **name,
			const char **value)
{
	if (!s || i >= s->count)
		return false;
	*name = s->setting[i].name;
	*value = s->setting[i].value;
	return true;
}

const char *replyd_setting(struct replyd_exchange *x, const char *name, const char *otherwise)
{
	return replyd_settings_get(x->route ? x->route->handler.settings : NULL, name, otherwise);
}
