/*
 * listening - the listeners that main has: the kernel is to watch them, not now, or no more; and
 * those of another configuration take their place.
 */
#ifndef RD_FLOW_LISTENING_H
#define RD_FLOW_LISTENING_H

#include "flow/acceptor.h"

/* epoll_event.data.u64 of what is not a connection; those have their descriptor. */
#define RD_TAG_WAKE	(UINT64_C(1) << 32)
#define RD_TAG_LISTENER (UINT64_C(2) << 32) /* with its place */

/*
 * They are watched, and so is what wakes main. Once, so that no listener is lost when the system is
 * out of memory or watches later. False with errno.
 */
bool rd_listening_begin(struct rd_acceptor *a);

/* Off: accepting is not tried before `until_us`. */
void rd_listening_poll(struct rd_acceptor *a, bool on, uint64_t until_us);

/*
 * What the kernel has completed is still served, unless another process does; then the listener is
 * closed. It is watched no more, which the close does not see to where somebody else has it.
 */
void rd_listening_end(struct rd_acceptor *a, struct rd_listener *l);

/* As rd_listener_backlog; any thread, while the listener is there. */
bool rd_listening_backlog(struct rd_acceptor *a, const struct rd_listener *l,
			  struct rd_backlog *backlog);

/* Those of the change take their place, and its generation is the newest. False with errno: not. */
bool rd_listening_change(struct rd_acceptor *a, const struct rd_change *change);

#endif
