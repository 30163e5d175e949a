/*
 * spawn - starts a program.
 */
#ifndef RD_HANDLERS_SPAWN_H
#define RD_HANDLERS_SPAWN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* 0: as this process has it. What is over that is lowered to it. */
struct rd_spawn_limits {
	uint64_t memory;    /* bytes of address space */
	uint64_t cpu_s;	    /* seconds of processor time */
	uint64_t processes; /* of its user; root has no such limit */
};

/* As whom; nothing changes where name is NULL. */
struct rd_spawn_user {
	char *name;
	uid_t uid;
	gid_t gid;
	gid_t *group; /* [groups]: all that it is in */
	size_t groups;
};

struct rd_spawn {
	int number;	   /* among those that the helper may start: handlers/spawner.h */
	char *const *argv; /* argv[0] is a path */
	char *const *envp;
	const char *directory; /* that it works in; NULL: this process' */
	int in, out, err;      /* what it has as 0, 1 and 2; any may be the same */
	struct rd_spawn_limits limits;
	const struct rd_spawn_user *user; /* NULL: as this process */
};

/*
 * Starts it as the leader of a process group of its own, with no other descriptor, all signals as
 * they are by default and none blocked, at most 1024 descriptors to begin with (select(2) knows no
 * more), and none of the capabilities that this process hands down. It is killed when the thread
 * that started it ends. The process, whose end *pidfd shows; or -1 with errno, and *step says what
 * failed: "exec", "chdir" ...
 */
pid_t rd_spawn(const struct rd_spawn *s, int *pidfd, const char **step);

/*
 * As rd_spawn, but who waits for it, also where it did not come to its exec, is the caller, or with
 * CLONE_PARENT in `flags` the caller's parent, whose child it is then: *pidfd is that of a process
 * that there was, or -1.
 */
pid_t rd_spawn_with(const struct rd_spawn *s, int flags, int *pidfd, const char **step);

/* The end of one that did not come to its exec; -1: there was none. errno stays. */
void rd_spawn_failed(int pidfd);

#endif
