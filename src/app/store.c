/*
 * store - where a request's body is gathered.
 * Thread:  the worker's.
 * Owns:    the memory and the file, which has no name and goes with its descriptor.
 */
#include "app/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

int rd_store_add(struct rd_store *s, const char *bytes, size_t len, const char *directory)
{
	int error;

	if (s->file < 0 && s->len + len <= RD_STORE_MEMORY) {
		if (!rd_buffer_add(&s->memory, bytes, len))
			return ENOMEM;
		s->len += len;
		return 0;
	}
	if (s->file < 0) {
		s->file = store_open(directory);
		if (s->file < 0)
			return errno;
		error = store_write(s->file, s->memory.at, s->memory.len);
		rd_buffer_free(&s->memory);
		if (error)
			return error;
	}
	error = store_write(s->file, bytes, len);
	s->len += error ? 0 : len;
	return error;
}

void rd_store_free(struct rd_store *s)
{
	rd_buffer_free(&s->memory);
	if (s->file >= 0)
		close(s->file);
	s->file = -1;
	s->len = 0;
}
