/*
 * series - the names under which exchanges are added up.
 * Thread:  any.
 * Owns:    the names.
 */
#include "observe/series.h"

#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool rd_series_init(struct rd_series *s)
{
	s->name = calloc(RD_SERIES_MAX, sizeof(*s->name));
	if (!s->name)
		return false;
	snprintf(s->name[RD_SERIES_OTHER], RD_SERIES_NAME, "(other)");
	atomic_init(&s->count, RD_SERIES_OTHER + 1);
	rd_lock_init(&s->lock, RANK_SERIES);
	return true;
}

void rd_series_fini(struct rd_series *s)
{
	rd_lock_fini(&s->lock);
	free(s->name);
	s->name = NULL;
}

/* Under the lock. */
static unsigned series_find(struct rd_series *s, const char *name)
{
	unsigned i = RD_SERIES_OTHER + 1;

	while (i < s->count && strncmp(s->name[i], name, RD_SERIES_NAME - 1) != 0)
		i++;
	if (i == RD_SERIES_MAX)
		return RD_SERIES_OTHER;
	if (i == s->count) {
		snprintf(s->name[i], RD_SERIES_NAME, "%s", name);
		atomic_store_explicit(&s->count, i + 1, memory_order_release);
	}
	return i;
}

unsigned rd_series_find(struct rd_series *s, const char *name)
{
	unsigned which;

	rd_lock_take(&s->lock);
	which = series_find(s, name);
	rd_lock_drop(&s->lock);
	return which;
}

unsigned rd_series_count(const struct rd_series *s)
{
	return atomic_load_explicit(&s->count, memory_order_acquire);
}

const char *rd_series_name(const struct rd_series *s, unsigned which)
{
	MUST(which < rd_series_count(s));
	return s->name[which];
}
