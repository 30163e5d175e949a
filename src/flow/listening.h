/*
 * listening - the listeners that main has: the kernel is to watch them, not now, or no more; and
 * those of another configuration take their place.
 */
#ifndef RD_FLOW_LISTENING_H
#define RD_FLOW_LISTENING_H

#include "flow/acceptor.h"

/* epoll_event.data.u64 of what is not a connection; those have their descriptor. */
#define RD_TAG_WAKE	(UINT64_C(1) << 32)
#define RD_TAG_LISTENER (UINT64_C(2) << 32) /* with its place, and above that its socket's */

/* Which it is. */
struct rd_listener *rd_listening_of(const struct rd_acceptor *a, uint64_t tag, unsigned *socket);

/*
 * They are watched, and so is what wakes main. Once, so that no listener is lost when the system is
 * out of memory or watches later. False with errno.
 */
bool rd_listening_begin(struct rd_acceptor *a);

/* Off: accepting is not tried before `until_us`. */
void rd_listening_poll(struct rd_acceptor *a, bool on, uint64_t until_us);

/*
 * What the kernel has completed for main is still served, unless another process does; then main's
 * sockets are closed. They are watched no more, which the close does not see to where somebody else
 * has them.
 */
void rd_listening_end(struct rd_acceptor *a, struct rd_listener *l);

/* As rd_listener_backlog; any thread, while the listener is there. */
bool rd_listening_backlog(struct rd_acceptor *a, const struct rd_listener *l,
			  struct rd_backlog *backlog);

/*
 * By who asks for the change, before that: has the kernel watch the new ones, which tells of none
 * yet. False with errno, and it watches none of them.
 */
bool rd_listening_watch(struct rd_acceptor *a, const struct rd_change *change);
/* The change is not made. */
void rd_listening_forget(struct rd_acceptor *a, const struct rd_change *change);

/* Main's part of a change: it has those of the change in the place of its own. */
void rd_listening_change(struct rd_acceptor *a, const struct rd_change *change);

#endif
