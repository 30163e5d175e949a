/*
 * regulate - how many workers run, as pure functions.
 * Thread:  the caller's, under the queue's lock.
 * Never:   looks at a clock or a thread.
 */
#include "flow/regulate.h"

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
	return r->running <= rd_regulate_limit(r);
}

unsigned rd_regulate_share(const struct rd_regulate *r, unsigned waiting, unsigned batch)
{
	unsigned limit = rd_regulate_limit(r);
	unsigned share = (waiting + limit - 1) / limit;

	return share < batch ? share : batch;
}

unsigned rd_regulate_rescue(struct rd_regulate *r, unsigned waiting, bool moved)
{
	unsigned more;

	if (waiting == 0 || moved) {
		r->step = 1;
		if (r->extra > 0 && r->running < rd_regulate_limit(r))
			r->extra--;
		return 0;
	}
	more = r->step;
	r->step *= 2;
	if (r->step > 64)
		r->step = 64;
	if (rd_regulate_limit(r) < r->running + more)
		r->extra = r->running + more - r->concurrency;
	return more;
}
