/*
 * fastcgi_pool - connections to an application server, which are kept open between two requests.
 * All routes with the same address share one pool.
 */
#ifndef RD_HANDLERS_FASTCGI_POOL_H
#define RD_HANDLERS_FASTCGI_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RD_FASTCGI_KEPT = 64 }; /* idle connections, at most */

struct rd_fastcgi_pool;

/* One for a request. */
struct rd_fastcgi_link {
	int fd;	     /* -1: none */
	bool kept;   /* it has served a request before; its peer may be closing it */
	bool counts; /* among the new ones that are not answered */
};

/*
 * That of `address`, whose host is looked up when it is made. NULL, and why[0..size) says what is
 * wrong. Freed, and all that is idle closed, when each that got it has freed it.
 */
struct rd_fastcgi_pool *rd_fastcgi_pool_get(const char *address, char *why, size_t size);
void rd_fastcgi_pool_free(struct rd_fastcgi_pool *pool);

/* An idle connection which looks alive. False when there is none. */
bool rd_fastcgi_pool_take(struct rd_fastcgi_pool *pool, struct rd_fastcgi_link *link);

/*
 * A new connection, in the place of an idle one where there are some. False with errno, as
 * rd_connect.
 */
bool rd_fastcgi_pool_connect(struct rd_fastcgi_pool *pool, uint64_t until_us, int cancel_fd,
			     struct rd_fastcgi_link *link);

/* Its peer has begun to answer. */
void rd_fastcgi_pool_heard(struct rd_fastcgi_pool *pool, struct rd_fastcgi_link *link);

/*
 * Gives it back: it becomes idle where fewer than `keep` are, 0 closes it. It is closed also while
 * a request on a new connection is not answered, which may be waiting for a process of the
 * application server that serves idle connections alone.
 */
void rd_fastcgi_pool_give(struct rd_fastcgi_pool *pool, struct rd_fastcgi_link *link,
			  unsigned keep);

#endif
