/*
 * limits - what one client may take of a listener: connections at once, and requests a second. A
 * client is what net/client.h says.
 *
 * The table has a fixed size. A client has one of the RD_LIMITS_WAYS places that its number names,
 * by a hash with a random key. Where all are taken, the one that is nearest to none of its limits
 * is forgotten: a new client is always let in, and who floods from many addresses makes the server
 * forget those addresses before one that is near its limit. What is forgotten is only ever to the
 * good of a client.
 */
#ifndef RD_GUARD_LIMITS_H
#define RD_GUARD_LIMITS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { RD_LIMITS_WAYS = 8, RD_LIMITS_PLACES = 16 * 1024 };

/* 0: none. */
struct rd_limits_config {
	unsigned connections; /* at once */
	unsigned rate;	      /* requests a second ... */
	unsigned burst;	      /* ... so many at once after a rest; 0: those of a second */
};

struct rd_limits;

/* Without limits. NULL when there is no memory. */
struct rd_limits *rd_limits_new(void);
void rd_limits_free(struct rd_limits *l);

/* What is taken stays so. */
void rd_limits_set(struct rd_limits *l, const struct rd_limits_config *config);

/* A connection of that client. False: it has as many as it may, and this one is not counted. */
bool rd_limits_enter(struct rd_limits *l, uint64_t client, uint64_t now_us);
/* One that was counted has ended. */
void rd_limits_leave(struct rd_limits *l, uint64_t client);

/* A request of that client. False: it had as many as it may, and may ask again in *wait_us. */
bool rd_limits_ask(struct rd_limits *l, uint64_t client, uint64_t now_us, uint64_t *wait_us);

#endif
