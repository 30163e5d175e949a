/*
 * waiting - the connections that wait for a worker, and who of them is next: by client in turn
 * (flow/fair.h), oldest or newest first and some not at all (flow/shed.h).
 *
 * Two kinds wait apart, and have their turns by alternation: what begins something, and what goes
 * on with something begun, which is never shed, and for which the oldest is always first.
 */
#ifndef RD_FLOW_WAITING_H
#define RD_FLOW_WAITING_H

#include "flow/fair.h"
#include "flow/shed.h"

struct rd_conn;

/* Why one is not served. */
enum rd_cause {
	RD_NOT_SHED,
	RD_SHED_FULL, /* there was no room */
	RD_SHED_WAIT, /* it has waited too long */
	RD_SHED_FAIR, /* there was no room for another client but its own */
};

/* What one waits for. */
enum rd_purpose {
	RD_BEGINS,	 /* to begin something */
	RD_BEGINS_AGAIN, /* so, when it has had its turn: taken though there is no room */
	RD_GOES_ON,	 /* with something begun: the same, and it is never shed */
};

struct rd_entry {
	struct rd_conn *conn;
	uint64_t ready_us; /* monotonic: when it became ready */
	uint64_t client;   /* whom it is of, see net/client.h */
	enum rd_purpose purpose;
	enum rd_cause shed;
	enum rd_order order; /* in which it was taken */
};

struct rd_waiting_node;

struct rd_waiting {
	struct rd_fair fresh, begun;
	bool begun_next;
	struct rd_shed shed;
	struct rd_ring arrived;	      /* those of fresh, the oldest first */
	struct rd_waiting_node *node; /* [size] */
	struct rd_ring unused;
	unsigned touched; /* nodes that were ever used */
	unsigned count, bound, size;
};

/*
 * At most `bound` wait, and up to `size` of them where some must be taken or are put back. False:
 * no memory.
 */
bool rd_waiting_init(struct rd_waiting *w, unsigned bound, unsigned size, uint64_t seed,
		     const struct rd_shed_config *shed);
/* None waits. */
void rd_waiting_fini(struct rd_waiting *w);

/*
 * Takes *entry; its conn is NULL then. False where there is no room: *entry, with the cause in it,
 * is then the one that is to be shed, which may be another than was given.
 */
bool rd_waiting_add(struct rd_waiting *w, struct rd_entry *entry);

/*
 * Up to `serve` that are next, into to[0..most), behind those that are to be shed: as many as need
 * be, while they leave room for one that is served; who waits alone is served, since nobody would
 * be the sooner without him. How many, together.
 */
unsigned rd_waiting_take(struct rd_waiting *w, unsigned serve, unsigned most, uint64_t now_us,
			 struct rd_entry *to);

/* Only those that are to be shed. */
unsigned rd_waiting_expire(struct rd_waiting *w, unsigned most, uint64_t now_us,
			   struct rd_entry *to);

/* Since when the oldest waits of those that begin something; `now_us`: there is none. */
uint64_t rd_waiting_since(const struct rd_waiting *w, uint64_t now_us);

/* What was taken last, and not begun, is next again. */
void rd_waiting_put_back(struct rd_waiting *w, const struct rd_entry *entry);

#endif
