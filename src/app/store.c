/*
 * store - where a request's body, or a reply, is gathered.
 * Thread:  the worker's.
 * Owns:    the memory, the file, which has no name and goes with its descriptor, and its room.
 */
#include "app/store.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SAY_US = 1000 * 1000 }; /* between two lines of the log that there is no room */

/* A file that no name leads to; on file systems that cannot make one, a name is removed at once. */
static int store_open(const char *directory)
{
	char name[4096];
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	if (snprintf(name, sizeof(name), "%s/replyd.XXXXXX", directory) >= (int)sizeof(name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	return fd;
}

static int store_write(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

static void room_say(struct rd_room *room, uint64_t most)
{
	uint64_t said_us = atomic_load(&room->said_us), now_us = rd_clock_us();

	if (said_us && now_us < said_us + SAY_US)
		return;
	if (atomic_compare_exchange_strong(&room->said_us, &said_us, now_us))
		rd_log("temporary files hold %" PRIu64 " bytes, all that spool.max allows: bodies "
		       "and replies that need one are refused or cut off",
		       most);
}

static int store_take_room(struct rd_store *s, size_t len)
{
	struct rd_room *room = s->room;
	uint64_t most;

	if (!room)
		return 0;
	most = atomic_load_explicit(&room->most, memory_order_relaxed);
	if (atomic_fetch_add_explicit(&room->used, len, memory_order_relaxed) + len > most) {
		atomic_fetch_sub_explicit(&room->used, len, memory_order_relaxed);
		room_say(room, most);
		return ENOBUFS;
	}
	s->taken += len;
	return 0;
}

/* What is in memory goes to a file. */
static int store_move(struct rd_store *s, const struct rd_place *place)
{
	int error;

	s->room = place->room;
	error = store_take_room(s, s->memory.len);
	if (error)
		return error;
	s->file = store_open(place->directory);
	if (s->file < 0)
		return errno;
	error = store_write(s->file, s->memory.at, s->memory.len);
	rd_buffer_free(&s->memory);
	return error;
}

int rd_store_add(struct rd_store *s, const char *bytes, size_t len, const struct rd_place *place)
{
	int error;

	if (s->file < 0 && s->len + len <= RD_STORE_MEMORY) {
		if (!rd_buffer_add(&s->memory, bytes, len))
			return ENOMEM;
		s->len += len;
		return 0;
	}
	if (s->file < 0) {
		error = store_move(s, place);
		if (error)
			return error;
	}
	error = store_take_room(s, len);
	if (!error)
		error = store_write(s->file, bytes, len);
	s->len += error ? 0 : len;
	return error;
}

void rd_store_free(struct rd_store *s)
{
	rd_buffer_free(&s->memory);
	if (s->file >= 0)
		close(s->file);
	if (s->taken > 0)
		atomic_fetch_sub_explicit(&s->room->used, s->taken, memory_order_relaxed);
	s->file = -1;
	s->len = s->taken = 0;
}
