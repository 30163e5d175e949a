/*
 * landlock - which files this process may still have, by the kernel's Landlock.
 *
 * What is open stays open. What is found by a path has to be below one that was allowed, wherever
 * that has been moved to; nothing may be executed at all.
 *
 * Thread:  main, before there are others.
 */
#include "guard/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Those that came with a later version, which the headers may lack. */
#define FS_REFER     (UINT64_C(1) << 13) /* 2 */
#define FS_TRUNCATE  (UINT64_C(1) << 14) /* 3 */
#define FS_IOCTL_DEV (UINT64_C(1) << 15) /* 5 */

#define NET_CONNECT (UINT64_C(1) << 1) /* 4: TCP */

#define FS_FIRST ((UINT64_C(1) << 13) - 1)

enum { VERSION_LEAST = 2 }; /* before it, a file cannot get a name in another directory */

int rd_landlock_version(void)
{
	long version =
		syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return version < VERSION_LEAST ? 0 : (int)version;
}

static uint64_t landlock_known(int version)
{
	uint64_t known = FS_FIRST | FS_REFER;

	if (version >= 3)
		known |= FS_TRUNCATE;
	if (version >= 5)
		known |= FS_IOCTL_DEV;
	return known;
}

bool rd_landlock_begin(struct rd_landlock *l, bool connects)
{
	struct {
		uint64_t fs, net;
	} attr = { 0, connects ? 0 : NET_CONNECT };

	l->version = rd_landlock_version();
	attr.fs = landlock_known(l->version);
	l->fd = (int)syscall(SYS_landlock_create_ruleset, &attr,
			     l->version >= 4 ? sizeof(attr) : sizeof(attr.fs), 0);
	return l->fd >= 0;
}

static uint64_t landlock_access(unsigned uses)
{
	uint64_t access = 0;

	if (uses & (RD_MAY_READ | RD_MAY_WRITE))
		access |= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
	if (uses & RD_MAY_WRITE)
		access |= LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
			  LANDLOCK_ACCESS_FS_REMOVE_FILE | FS_REFER | FS_TRUNCATE;
	if (uses & RD_MAY_SPOOL)
		access |= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
	if (uses & RD_MAY_LISTEN)
		access |= LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE;
	return access;
}

bool rd_landlock_allow(const struct rd_landlock *l, const char *path, unsigned uses)
{
	static const uint64_t files =
		LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE;
	struct landlock_path_beneath_attr rule = {
		.allowed_access = landlock_access(uses) & landlock_known(l->version),
		.parent_fd = open(path, O_PATH | O_CLOEXEC),
	};
	struct stat st;
	bool allowed;
	int error;

	if (rule.parent_fd < 0)
		return false;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= files;
	allowed = syscall(SYS_landlock_add_rule, l->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
	error = errno;
	close(rule.parent_fd);
	errno = error;
	return allowed;
}

bool rd_landlock_enforce(const struct rd_landlock *l)
{
	return syscall(SYS_landlock_restrict_self, l->fd, 0) == 0;
}

void rd_landlock_end(struct rd_landlock *l)
{
	close(l->fd);
}
