/*
 * running - one program run for an exchange, and what came of it. What it started is this process'
 * to wait for, so that its end can be seen; nothing of it stays: no process, no descriptor.
 */
#ifndef TESTS_UNIT_RUNNING_H
#define TESTS_UNIT_RUNNING_H

#include "handlers/child.h"

#include "asking.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { OUTPUT = 1024 * 1024, LARGE = 300 * 1000 };

/* One run, and what came of it. */
static struct {
	struct rd_child child;
	enum rd_child_end end;
	int status;
	char output[OUTPUT + 1];
	size_t len;
	size_t most;	/* of output; more is refused */
	bool leaves;	/* the client does, at the first output */
	unsigned flush; /* times */
} run;

static int cancel_fd;
static bool cancelled;
static size_t descriptors;
static char large[LARGE];

static inline bool link_cancelled(struct replyd_exchange *exchange)
{
	(void)exchange;
	return cancelled;
}

static inline int link_cancel_fd(struct replyd_exchange *exchange, bool timed)
{
	(void)exchange;
	(void)timed;
	return cancel_fd;
}

static const struct rd_link test_link = { .cancelled = link_cancelled,
					  .cancel_fd = link_cancel_fd };

static inline size_t descriptors_open(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static inline bool take(void *owner, const char *bytes, size_t len)
{
	ck_assert_ptr_eq(owner, &run);
	if (run.len + len > run.most)
		return false;
	memcpy(run.output + run.len, bytes, len);
	run.len += len;
	if (run.leaves) {
		cancelled = true;
		ck_assert_int_eq(eventfd_write(cancel_fd, 1), 0);
	}
	return true;
}

static inline void flushed(void *owner)
{
	ck_assert_ptr_eq(owner, &run);
	run.flush++;
}

static inline void begin(void)
{
	sigset_t all;

	sigfillset(&all); /* as a worker has it */
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	memset(large, 'a', sizeof(large));
	cancel_fd = eventfd(0, EFD_CLOEXEC);
	ask("GET /", "Host: t\r\n");
	x.link = &test_link;
	descriptors = descriptors_open();
	run.child = (struct rd_child){ .x = &x,
				       .in_file = -1,
				       .socket = -1,
				       .output = take,
				       .flush = flushed,
				       .owner = &run };
	run.most = OUTPUT;
}

static inline void nobody_is_left(void)
{
	siginfo_t info;

	ck_assert_int_eq(waitid(P_ALL, 0, &info, WEXITED | WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_uint_eq(descriptors_open(), descriptors);
}

static inline void end(void)
{
	nobody_is_left();
	rd_exchange_end(&x);
	close(cancel_fd);
}

static inline void run_argv(char *const *argv)
{
	static char *const environment[] = { (char *)"PATH=/usr/bin:/bin", NULL };

	run.child.spawn.argv = argv;
	run.child.spawn.envp = environment;
	run.len = 0;
	run.end = rd_child_run(&run.child, &run.status);
	run.output[run.len] = '\0';
}

static inline void run_script(const char *script)
{
	char *const argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)script, NULL };

	run_argv(argv);
}

#endif
