/*
 * place - a file that is written aside, and then takes the place of another at once.
 * Thread:  any; all of it may block.
 * Owns:    the file until it has its place: without a name it goes with its descriptor, and a
 *          hidden name is removed.
 */
#include "handlers/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <unistd.h>

enum { AT_ONCE = 1 << 30 }; /* bytes of one sendfile */

/* The path that leads to an open file; linkat needs one where it may not take a descriptor. */
static void place_link(const struct rd_place *p, char out[RD_PLACE_NAME])
{
	snprintf(out, RD_PLACE_NAME, "/proc/self/fd/%d", p->fd);
}

static void place_random_name(struct rd_place *p)
{
	snprintf(p->name, sizeof(p->name), ".upload-%08x%08x", arc4random(), arc4random());
}

static int place_open_named(struct rd_place *p, int dir)
{
	do {
		place_random_name(p);
		p->fd = openat(dir, p->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	} while (p->fd < 0 && errno == EEXIST);
	return p->fd < 0 ? errno : 0;
}

int rd_place_open(struct rd_place *p, int dir)
{
	char link[RD_PLACE_NAME];

	p->name[0] = '\0';
	p->fd = openat(dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
	if (p->fd < 0)
		return errno == EOPNOTSUPP || errno == EISDIR ? place_open_named(p, dir) : errno;
	place_link(p, link);
	if (access(link, F_OK) == 0)
		return 0;
	close(p->fd); /* there is no /proc, so it could not get a name */
	return place_open_named(p, dir);
}

int rd_place_write(struct rd_place *p, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(p->fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

int rd_place_copy(struct rd_place *p, int from, uint64_t len)
{
	off_t at = 0;

	while ((uint64_t)at < len) {
		uint64_t left = len - (uint64_t)at;
		ssize_t n = sendfile(p->fd, from, &at, left < AT_ONCE ? (size_t)left : AT_ONCE);

		if (n < 0 && errno != EINTR)
			return errno;
		if (n == 0) /* shorter than it was */
			return EIO;
	}
	return 0;
}

/* Gives it `name`, which nothing has. */
static int place_name(const struct rd_place *p, int dir, const char *name)
{
	char link[RD_PLACE_NAME];
	int done;

	if (p->name[0]) {
		done = linkat(dir, p->name, dir, name, 0);
	} else {
		place_link(p, link);
		done = linkat(AT_FDCWD, link, dir, name, AT_SYMLINK_FOLLOW);
	}
	return done == 0 ? 0 : errno;
}

int rd_place_take(struct rd_place *p, int dir, const char *name, bool replace)
{
	struct rd_place hidden = *p;
	int error = 0;

	if (!replace)
		return place_name(p, dir, name);
	if (!p->name[0]) { /* only what has a name can replace */
		do {
			place_random_name(&hidden);
			error = place_name(p, dir, hidden.name);
		} while (error == EEXIST);
		if (error)
			return error;
		*p = hidden;
	}
	if (renameat(dir, p->name, dir, name) != 0)
		return errno;
	p->name[0] = '\0';
	return 0;
}

void rd_place_close(struct rd_place *p, int dir)
{
	if (p->name[0])
		unlinkat(dir, p->name, 0);
	close(p->fd);
}
