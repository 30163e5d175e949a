/*
 * upload - PUT /NAME stores a file in the directory that is named: read as it comes, whole or not
 * at all, answered with its size and its CRC-32.
 *
 *     upload DIRECTORY [ADDRESS]
 */
#include <replyd.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* All of the body into the file. 0, or the status that says why not. */
static int store(struct replyd_exchange *x, int fd, unsigned long *crc, long long *size)
{
	unsigned char bytes[16384];
	ssize_t n;

	while ((n = replyd_read(x, bytes, sizeof(bytes))) > 0) {
		for (ssize_t at = 0, done; at < n; at += done) {
			done = write(fd, bytes + at, (size_t)(n - at));
			if (done < 0)
				return errno == ENOSPC ? 507 : 500;
		}
		*crc = crc32(*crc, bytes, (unsigned)n);
		*size += n;
	}
	if (n < 0)
		return errno == EFBIG ? 413 : 400;
	return fsync(fd) == 0 ? 0 : 500;
}

static int put(struct replyd_exchange *x, void *directory)
{
	const char *name = replyd_param(x, "name");
	unsigned long crc = crc32(0, NULL, 0);
	char part[4096], path[4096];
	long long size = 0;
	int fd, status;

	if (*name == '.')
		return 403;
	snprintf(path, sizeof(path), "%s/%.200s", (const char *)directory, name);
	snprintf(part, sizeof(part), "%s/.part-%.40s-%.200s", (const char *)directory, replyd_id(x),
		 name);
	if (strchr(replyd_id(x), '/'))
		return 400;
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return errno == EEXIST ? 409 : 500;
	status = store(x, fd, &crc, &size);
	close(fd);
	if (status == 0 && rename(part, path) != 0)
		status = 500;
	if (status == 0)
		return replyd_text(x, 201, "%lld bytes, crc32 %08lx\n", size, crc);
	unlink(part);
	return status;
}

int main(int argc, char **argv)
{
	struct replyd *server;
	int status;

	if (argc < 2) {
		fprintf(stderr, "upload DIRECTORY [ADDRESS]\n");
		return 2;
	}
	server = replyd_new();
	replyd_route(server, "PUT /{name}", put, argv[1]);
	replyd_route_set(server, "stream", "1");
	replyd_route_set(server, "body_max", "1000000000");
	status = replyd_run(server, argc > 2 ? argv[2] : "127.0.0.1:8080");
	replyd_free(server);
	return status;
}
