/*
 * shed - which of those that wait are served, and in which order. A policy: (state, since when the
 * oldest waits, now) -> decision, with no thread, lock or clock in it.
 *
 * While the wait of the oldest falls to the target now and then, the queue takes up bursts: the
 * oldest is served first, and nobody is refused. When it has stayed over the target for an
 * interval, the queue is standing, and what has waited over the limit is shed. From the first that
 * is, more comes than can be served: until the wait falls to the target, those who came last are
 * served first, since their clients still wait. (CoDel, with a last-in-first-out that comes and
 * goes.) As many clients as always have one request each under way do not get there: they wait in
 * turn, each for the others.
 *
 * Target, interval and limit are for requests that take RD_SHED_USUAL_US or less. Where they take
 * longer on average, all three grow in proportion: who asks for what takes a second is not refused
 * because he waits for a fraction of it.
 */
#ifndef RD_FLOW_SHED_H
#define RD_FLOW_SHED_H

#include <stdbool.h>
#include <stdint.h>

enum { RD_SHED_USUAL_US = 20 * 1000 };

struct rd_shed_config {
	bool on; /* else all are served, the oldest first */
	uint64_t target_us, interval_us, limit_us;
};

struct rd_shed {
	struct rd_shed_config config;
	uint64_t low_us; /* when the wait of the oldest was last at the target or under it */
	bool sheds;	 /* some had to be, since then */
	int64_t mean_us; /* what a request takes */
	unsigned learnt; /* from so many, at most those that the mean looks back on */
};

enum rd_fate { RD_SERVE, RD_SHED };

void rd_shed_init(struct rd_shed *s, const struct rd_shed_config *config);

/* Nothing waited until now. */
void rd_shed_idle(struct rd_shed *s, uint64_t now_us);

/* Whether the oldest, which became ready at `ready_us`, is served or shed. Monotonic. */
enum rd_fate rd_shed_decide(struct rd_shed *s, uint64_t ready_us, uint64_t now_us);

/* Whether the newest is served first. */
bool rd_shed_newest(const struct rd_shed *s, uint64_t now_us);

/* Whether one has waited for half of what is too long then. */
bool rd_shed_soon(const struct rd_shed *s, uint64_t ready_us, uint64_t now_us);

/* `n` requests took so long, together. */
void rd_shed_learn(struct rd_shed *s, uint64_t us, unsigned n);

#endif
