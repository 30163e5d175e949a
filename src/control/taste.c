/*
 * taste - what of a server one wants to see, and the keys that change it.
 * Never:   knows a terminal; a key is a number.
 */
#include "control/taste.h"

#include <string.h>

enum { ESCAPE = 27, BACKSPACE = 8, DELETE = 127 };

/* Keys while the filter is typed. */
static void taste_type(struct rd_taste *t, int key)
{
	size_t len = strlen(t->filter);

	if (key == '\n' || key == '\r') {
		t->typing = false;
	} else if (key == ESCAPE) {
		t->typing = false;
		t->filter[0] = '\0';
	} else if (key == RD_KEY_ERASE || key == BACKSPACE || key == DELETE) {
		if (len > 0)
			t->filter[len - 1] = '\0';
	} else if (key >= ' ' && key <= '~' && len + 1 < sizeof(t->filter)) {
		t->filter[len] = (char)key;
		t->filter[len + 1] = '\0';
	}
	t->from = 0;
}

static void taste_scroll(struct rd_taste *t, int key, size_t page)
{
	size_t step = key == RD_KEY_PAGE_UP || key == RD_KEY_PAGE_DOWN ? page : 1;

	if (key == RD_KEY_DOWN || key == RD_KEY_PAGE_DOWN)
		t->from += step;
	else
		t->from -= step < t->from ? step : t->from;
}

static void taste_sort(struct rd_taste *t, unsigned stages, bool back)
{
	unsigned columns = t->workers ? WORKER_COLUMNS : ROUTE_STAGES + stages;
	unsigned *by = &t->by[t->workers];

	*by = (*by + (back ? columns - 1 : 1)) % columns;
	t->from = 0;
}

bool rd_taste_key(struct rd_taste *t, int key, unsigned stages, size_t page)
{
	if (t->typing) {
		taste_type(t, key);
		return true;
	}
	switch (key) {
	case 'q':
		return false;
	case '\t':
		t->workers = !t->workers;
		t->from = 0;
		break;
	case 's':
	case 'S':
		taste_sort(t, stages, key == 'S');
		break;
	case 'p':
		t->quantile = (t->quantile + 1) % QUANTILE_COUNT;
		break;
	case '/':
		t->typing = true;
		break;
	case ESCAPE:
		t->filter[0] = '\0';
		break;
	case ' ':
		t->paused = !t->paused;
		break;
	case RD_KEY_UP:
	case RD_KEY_DOWN:
	case RD_KEY_PAGE_UP:
	case RD_KEY_PAGE_DOWN:
		taste_scroll(t, key, page);
		break;
	default:
		break;
	}
	return true;
}
