/*
 * taste - what of a server one wants to see, and how; and the keys that change it.
 */
#ifndef RD_CONTROL_TASTE_H
#define RD_CONTROL_TASTE_H

#include <stdbool.h>
#include <stddef.h>

/* Keys that are no character. */
enum { RD_KEY_UP = 256, RD_KEY_DOWN, RD_KEY_PAGE_UP, RD_KEY_PAGE_DOWN, RD_KEY_ERASE };

enum rd_quantile { QUANTILE_P50, QUANTILE_P90, QUANTILE_P99, QUANTILE_MAX, QUANTILE_COUNT };

/* Columns of the two tables; a route's stages follow its own. */
enum { ROUTE_RATE, ROUTE_REFUSED, ROUTE_NAME, ROUTE_STAGES };
enum {
	WORKER_AGE,
	WORKER_STATE,
	WORKER_STAGE,
	WORKER_EXCHANGES,
	WORKER_CLIENT,
	WORKER_ROUTE,
	WORKER_COLUMNS,
};

/* All zero is the usual; but see quantile. */
struct rd_taste {
	bool workers;		   /* they are shown, in place of routes */
	unsigned by[2];		   /* the column that is sorted by, of routes and of workers */
	enum rd_quantile quantile; /* of times, where there is no room for several */
	char filter[48];	   /* what rows must have in them; "": all rows */
	bool typing;		   /* keys go to the filter */
	bool paused;
	size_t from; /* the first row that is shown */
};

/*
 * Does what a key says, where a route has `stages` and the screen `page` rows of the table.
 * False: it says that this is enough.
 */
bool rd_taste_key(struct rd_taste *taste, int key, unsigned stages, size_t page);

#endif
