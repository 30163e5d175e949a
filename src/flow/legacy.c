/*
 * legacy - clients that a server leaves to the one after it.
 * Thread:  any.
 * Owns:    a descriptor for each of them.
 */
#include "flow/legacy.h"

#include <fcntl.h>
#include <stdlib.h>

bool rd_legacy_init(struct rd_legacy *l, size_t most)
{
	*l = (struct rd_legacy){ .fd = calloc(most, sizeof(*l->fd)), .most = most };
	rd_lock_init(&l->lock, RANK_LEGACY);
	return l->fd != NULL;
}

size_t rd_legacy_end(struct rd_legacy *l)
{
	size_t count;

	rd_lock_take(&l->lock);
	count = l->most = l->count;
	rd_lock_drop(&l->lock);
	return count;
}

bool rd_legacy_leave(struct rd_legacy *l, int fd)
{
	int own = -1;

	rd_lock_take(&l->lock);
	if (l->count < l->most)
		own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (own >= 0)
		l->fd[l->count++] = own;
	rd_lock_drop(&l->lock);
	return own >= 0;
}
