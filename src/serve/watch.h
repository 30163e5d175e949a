/*
 * watch - whether a client is still there while its handler runs.
 *
 * A client that closes and one that only sends no more look the same from here (RFC 9112 §9.6 lets
 * it half-close, and it still gets its reply). So where HTTP/1.1 lets a server say something in
 * between, it is told 102: a client that has closed answers that with a reset.
 */
#ifndef RD_SERVE_WATCH_H
#define RD_SERVE_WATCH_H

#include "flow/conn.h"

/* With -1 in both descriptors, nothing is watched. */
struct rd_watch {
	int epoll_fd; /* readable when the client may have left, or the deadline passed */
	int timer_fd; /* of the deadline; -1: nobody asked for that */
	bool probed;  /* it was told 102 */
};

/*
 * Whether the client has left, as far as can be seen without waiting. `probe` allows to send 102,
 * once: nothing of the reply is out, and nothing is on its way.
 */
bool rd_watch_gone(struct rd_watch *w, struct rd_conn *conn, bool probe);

/*
 * Whether the client left while its request waited. As rd_watch_gone, but for the server's end;
 * and when it was told 102, a second look is taken at once.
 */
bool rd_watch_left(struct rd_watch *w, struct rd_conn *conn, bool probe);

/* Whether it has the descriptor. */
bool rd_watch_has(const struct rd_watch *w, uint64_t deadline_us);

/*
 * A descriptor that is readable when rd_watch_gone may say otherwise, or the deadline (0: none) has
 * passed. -1 with errno.
 */
int rd_watch_fd(struct rd_watch *w, struct rd_conn *conn, uint64_t deadline_us);

void rd_watch_end(struct rd_watch *w);

#endif
