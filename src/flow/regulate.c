/*
 * regulate - how many workers run, as pure functions.
 * Thread:  the caller's, under the queue's lock.
 * Never:   looks at a clock or a thread.
 */
#include "flow/regulate.h"

enum { FALL = 8 }; /* a look takes this part of what is too much off the limit */

unsigned rd_regulate_limit(const struct rd_regulate *r)
{
	return r->concurrency + r->extra;
}

bool rd_regulate_wants(const struct rd_regulate *r, unsigned waiting)
{
	return waiting > 0 && r->running < rd_regulate_limit(r);
}

bool rd_regulate_may_run(const struct rd_regulate *r)
{
	unsigned limit = rd_regulate_limit(r);

	return r->running <= (r->blocked > 0 ? 2 * limit : limit);
}

unsigned rd_regulate_share(const struct rd_regulate *r, unsigned waiting, unsigned batch)
{
	unsigned limit = rd_regulate_limit(r);
	unsigned share = (waiting + limit - 1) / limit;

	return share < batch ? share : batch;
}

unsigned rd_regulate_rescue(struct rd_regulate *r, unsigned waiting, unsigned stuck)
{
	unsigned extra = stuck + stuck / 2, more;

	if (r->extra > extra)
		r->extra -= (r->extra - extra + FALL - 1) / FALL;
	else if (waiting > 0)
		r->extra = extra;
	if (!rd_regulate_wants(r, waiting))
		return 0;
	more = rd_regulate_limit(r) - r->running;
	return more < waiting ? more : waiting;
}
