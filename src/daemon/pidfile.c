/*
 * pidfile - a file that says which process serves, and is locked as long as it does.
 * Thread:  main; rd_pidfile_give is another's, as long as the server runs.
 * Owns:    the descriptor, by which the file is written even where its directory is another user's.
 * Never:   believes what an earlier server left in it: the lock alone says that one serves.
 */
#include "daemon/pidfile.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int locked_fd = -1;
static const char *locked_path;
static bool own; /* this process removes it */

static bool pidfile_refuse(const char *path, const char *what)
{
	rd_log_error("%s: %s: %s", path, what, strerror(errno));
	return false;
}

/* It is still what the path names: its last owner may have removed it before it was locked. */
static bool pidfile_current(int fd, const char *path)
{
	struct stat held, named;

	return fstat(fd, &held) == 0 && lstat(path, &named) == 0 && held.st_dev == named.st_dev &&
	       held.st_ino == named.st_ino;
}

static bool pidfile_taken(int fd, const char *path)
{
	char text[16] = "";
	long pid;

	if (errno != EWOULDBLOCK)
		return pidfile_refuse(path, "cannot be locked");
	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		return pidfile_refuse(path, "cannot be read");
	pid = strtol(text, NULL, 10);
	if (pid > 0)
		rd_log_error("%s: already running as pid %ld", path, pid);
	else
		rd_log_error("%s: locked by another that starts or ends just now", path);
	return false;
}

/* The descriptor, locked; -1, and all is said. */
static int pidfile_lock(const char *path)
{
	for (;;) {
		int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);

		if (fd < 0) {
			pidfile_refuse(path, "cannot be opened");
			return -1;
		}
		if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
			pidfile_taken(fd, path);
			close(fd);
			return -1;
		}
		if (pidfile_current(fd, path))
			return fd;
		close(fd);
	}
}

static bool pidfile_write(int fd, pid_t pid)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)pid);

	return ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)len, 0) == len;
}

bool rd_pidfile_take(const char *path)
{
	int fd = pidfile_lock(path);

	if (fd < 0)
		return false;
	locked_fd = fd;
	locked_path = path;
	own = true;
	if (pidfile_write(fd, getpid()))
		return true;
	pidfile_refuse(path, "cannot be written");
	rd_pidfile_drop();
	return false;
}

void rd_pidfile_inherit(const char *path, int fd)
{
	locked_fd = fd;
	locked_path = path;
}

void rd_pidfile_own(void)
{
	own = true;
}

int rd_pidfile_fd(void)
{
	return locked_fd;
}

void rd_pidfile_give(pid_t successor)
{
	if (locked_fd >= 0 && !pidfile_write(locked_fd, successor))
		pidfile_refuse(locked_path, "cannot be written");
	own = false;
}

void rd_pidfile_drop(void)
{
	if (locked_fd < 0)
		return;
	if (own && (ftruncate(locked_fd, 0) != 0 || (unlink(locked_path) != 0 && errno != EACCES)))
		rd_log("%s: cannot be removed: %s", locked_path, strerror(errno));
	close(locked_fd);
	locked_fd = -1;
}
