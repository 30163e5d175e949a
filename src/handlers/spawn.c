/*
 * spawn - starts a program: by clone with the memory shared and the caller asleep until the exec,
 * as vfork has it, so that the cost does not grow with this process. posix_spawn does the same, but
 * can change neither user nor limits, tells no pidfd, and does not tell what failed.
 * Thread:  any.
 * Owns:    nothing; what it starts is the caller's to wait for.
 * Never:   leaves a process behind that did not reach its exec.
 */
#include "handlers/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK = 16 * 1024, DESCRIPTORS = 1024 };

#ifdef __SANITIZE_THREAD__ /* it takes clone for a fork of all threads */
extern int __clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);
#define clone __clone
#endif

/* Shared with the child, which writes the last two. */
struct start {
	const struct rd_spawn *s;
	int error;
	const char *step;
};

/*
 * What runs in the child has a stack of its own and the caller's memory: it makes system calls
 * alone, past those wrappers of libc and of sanitizers that keep notes of the calling process.
 */
#define IN_CHILD __attribute__((noinline, no_sanitize("address", "thread", "undefined")))

/* As the kernel has them, on every architecture that has prlimit64. */
struct start_limit {
	uint64_t now, most;
};

IN_CHILD static bool start_limit(int which, uint64_t now, uint64_t most)
{
	struct start_limit limit;

	if (syscall(SYS_prlimit64, 0, which, NULL, &limit) != 0)
		return false;
	if (most < limit.most)
		limit.most = most;
	limit.now = now < limit.most ? now : limit.most;
	return syscall(SYS_prlimit64, 0, which, &limit, NULL) == 0;
}

IN_CHILD static bool start_limits(const struct rd_spawn_limits *l)
{
	return start_limit(RLIMIT_NOFILE, DESCRIPTORS, RLIM64_INFINITY) &&
	       start_limit(RLIMIT_CORE, 0, RLIM64_INFINITY) &&
	       (!l->memory || start_limit(RLIMIT_AS, l->memory, l->memory)) &&
	       (!l->cpu_s || start_limit(RLIMIT_CPU, l->cpu_s, l->cpu_s + 1)) &&
	       (!l->processes || start_limit(RLIMIT_NPROC, l->processes, l->processes));
}

/* First out of the way of 0, 1 and 2. All others close at the exec; so do those of a library. */
IN_CHILD static bool start_descriptors(const struct rd_spawn *s)
{
	long in = syscall(SYS_fcntl, s->in, F_DUPFD, 3);
	long out = syscall(SYS_fcntl, s->out, F_DUPFD, 3);
	long err = syscall(SYS_fcntl, s->err, F_DUPFD, 3);

	if (in < 0 || out < 0 || err < 0 || syscall(SYS_dup3, in, 0, 0) < 0 ||
	    syscall(SYS_dup3, out, 1, 0) < 0 || syscall(SYS_dup3, err, 2, 0) < 0)
		return false;
	return syscall(SYS_close_range, 3, ~0U, 0) == 0;
}

IN_CHILD static bool start_user(const struct rd_spawn_user *u)
{
	if (!u || !u->name)
		return true;
	return syscall(SYS_setgroups, u->groups, u->group) == 0 &&
	       syscall(SYS_setresgid, u->gid, u->gid, u->gid) == 0 &&
	       syscall(SYS_setresuid, u->uid, u->uid, u->uid) == 0;
}

/* The kernel's struct sigaction, all zero: SIG_DFL. Wide enough for any architecture. */
IN_CHILD static void start_signals(void)
{
	static const unsigned long standard[8];
	static const uint64_t none;

	for (int i = 1; i <= 64; i++)
		syscall(SYS_rt_sigaction, i, standard, NULL, sizeof(none));
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none));
}

IN_CHILD static int start_failed(struct start *st, const char *step)
{
	st->error = errno;
	st->step = step;
	syscall(SYS_exit_group, 127);
	return 0;
}

IN_CHILD static int start_child(void *arg)
{
	struct start *st = arg;
	const struct rd_spawn *s = st->s;

	if (syscall(SYS_setpgid, 0, 0) != 0)
		return start_failed(st, "setpgid");
	if (!start_descriptors(s))
		return start_failed(st, "its descriptors");
	if (!start_limits(&s->limits))
		return start_failed(st, "its limits");
	syscall(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (!start_user(s->user))
		return start_failed(st, "its user");
	syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* a change of the user clears it */
	if (s->directory && syscall(SYS_chdir, s->directory) != 0)
		return start_failed(st, s->directory);
	start_signals();
	syscall(SYS_execve, s->argv[0], s->argv, s->envp);
	return start_failed(st, "exec");
}

/* And here the caller's side. */

pid_t rd_spawn_with(const struct rd_spawn *s, int flags, int *pidfd, const char **step)
{
	_Alignas(16) char stack[STACK];
	struct start st = { .s = s, .step = "clone" };
	sigset_t all, before;
	pid_t pid;

	*pidfd = -1;
	sigfillset(&all); /* no handler of this process runs in the child */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = clone(start_child, stack + STACK,
		    CLONE_VM | CLONE_VFORK | CLONE_PIDFD | flags | SIGCHLD, &st, pidfd);
	st.error = pid < 0 ? errno : st.error;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	*step = st.step;
	errno = st.error;
	return st.error ? -1 : pid;
}

void rd_spawn_failed(int pidfd)
{
	int error = errno;

	if (pidfd >= 0) {
		waitid(P_PIDFD, (id_t)pidfd, NULL, WEXITED);
		close(pidfd);
	}
	errno = error;
}

pid_t rd_spawn(const struct rd_spawn *s, int *pidfd, const char **step)
{
	pid_t pid = rd_spawn_with(s, 0, pidfd, step);

	if (pid < 0)
		rd_spawn_failed(*pidfd);
	return pid;
}
