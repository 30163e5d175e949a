/*
 * slurp - reads a small file, whole.
 * Thread:  any, before there are clients to wait for it.
 */
#include "base/slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Up to `size` bytes of fd; -1 with errno. */
static ssize_t slurp_read(int fd, char *to, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(fd, to + got, size - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

static char *slurp_fd(int fd, size_t max, size_t *len, const char **what)
{
	struct stat st;
	char *bytes = NULL;
	ssize_t got;

	*what = NULL;
	if (fstat(fd, &st) != 0)
		return NULL;
	if (!S_ISREG(st.st_mode))
		*what = "is not a file";
	else if ((uint64_t)st.st_size > max)
		*what = "is too long";
	if (*what || !(bytes = malloc((size_t)st.st_size + 1)))
		return NULL;
	got = slurp_read(fd, bytes, (size_t)st.st_size);
	if (got < 0) {
		int error = errno;

		free(bytes);
		errno = error;
		return NULL;
	}
	*len = (size_t)got;
	bytes[got] = '\0';
	return bytes;
}

char *rd_slurp(const char *path, size_t max, size_t *len, char *why, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *what = NULL;
	char *bytes = fd < 0 ? NULL : slurp_fd(fd, max, len, &what);

	if (!bytes)
		snprintf(why, size, "%s: %s", path, what ? what : strerror(errno));
	if (fd >= 0)
		close(fd);
	return bytes;
}
