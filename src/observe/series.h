/*
 * series - the names under which exchanges are added up, one for each route. A name has the same
 * number after a reload, and there are no more of them than that, however often routes change.
 */
#ifndef RD_OBSERVE_SERIES_H
#define RD_OBSERVE_SERIES_H

#include "base/lock.h"

#include <stdatomic.h>

enum {
	RD_SERIES_NONE = 0,  /* of what is refused before its route is known: "" */
	RD_SERIES_OTHER = 1, /* of routes that came when there were as many as there may be */
	RD_SERIES_MAX = 256,
	RD_SERIES_NAME = 128, /* bytes of a name, with its NUL; a longer one is cut off */
};

struct rd_series {
	struct rd_lock lock; /* rank SERIES */
	/* under lock; below `count` they never change */
	char (*name)[RD_SERIES_NAME]; /* [RD_SERIES_MAX] */
	_Atomic unsigned count;
};

/* False: there is no memory. */
bool rd_series_init(struct rd_series *s);
void rd_series_fini(struct rd_series *s);

/* The number of that name, which is made where it is new. */
unsigned rd_series_find(struct rd_series *s, const char *name);

/* How many there are; any thread. */
unsigned rd_series_count(const struct rd_series *s);

/* The name of one that there is: "GET /hello", "example.org /". Any thread. */
const char *rd_series_name(const struct rd_series *s, unsigned which);

#endif
