/*
 * test_spawn - what a program is born with, and what becomes of one that cannot be started.
 */
#include "running.h"

#include "handlers/spawn.h"

#include <sys/resource.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* What a program is born with. */
START_TEST(born)
{
	char *const signals[] = { (char *)"/bin/grep", (char *)"-E", (char *)"^Sig(Blk|Ign)",
				  (char *)"/proc/self/status", NULL };

	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	run_argv(signals);
	ck_assert_str_eq(run.output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
	run_script("set -- $(cat /proc/$$/stat); [ $1 = $5 ] && echo leads");
	ck_assert_str_eq(run.output, "leads\n");
	run_script("env | grep -v ^PWD=; [ $(ulimit -n) -le 1024 ] && ulimit -c && echo \"$PWD\"");
	ck_assert_ptr_nonnull(strstr(run.output, "PATH=/usr/bin:/bin\n0\n/"));
	run.child.spawn.directory = "/proc";
	run_script("pwd");
	ck_assert_str_eq(run.output, "/proc\n");
}
END_TEST

START_TEST(born_without_descriptors)
{
	int leaks = dup2(2, 100); /* does not close at an exec */

	run_script("[ -e /proc/self/fd/100 ] || echo fine; ls /proc/self/fd | wc -l");
	ck_assert_str_eq(run.output, "fine\n4\n"); /* ls has its directory open */
	close(leaks);
}
END_TEST

START_TEST(limited)
{
	run.child.spawn.limits =
		(struct rd_spawn_limits){ .memory = 64 << 20, .cpu_s = 1, .processes = 1000 };
	run_script("ulimit -v; ulimit -t; grep processes /proc/self/limits | tr -s ' '");
	ck_assert_str_eq(run.output, "65536\n1\nMax processes 1000 1000 processes \n");
	run_script("while :; do :; done");
	ck_assert_int_eq(run.end, CHILD_ENDED);
	ck_assert(run.status == -SIGXCPU || run.status == -SIGKILL);
}
END_TEST

START_TEST(as_another)
{
	gid_t groups[] = { 12345, 12346 };
	struct rd_spawn_user user = { (char *)"someone", 23456, 12345, groups, 2 };

	run.child.spawn.user = &user;
	run_script("id -u; id -g; id -G; [ -r /proc/self/environ ] && echo own");
	if (geteuid() == 0) {
		ck_assert_str_eq(run.output, "23456\n12345\n12345 12346\nown\n");
		return;
	}
	ck_assert_int_eq(run.end, CHILD_FAILED);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

/* What cannot be started is told, and why. */
START_TEST(cannot_start)
{
	const char *path = file_of("#!/bin/sh\n", 10);
	char *const none[] = { (char *)"/nonexistent/program", NULL };
	char *const forbidden[] = { (char *)path, NULL };
	char *const directory[] = { (char *)"/usr", NULL };
	char *const *const argv[] = { none, forbidden, directory };
	static const int why[] = { ENOENT, EACCES, EACCES };

	for (int i = 0; i < COUNT(argv); i++) {
		run_argv(argv[i]);
		ck_assert_int_eq(run.end, CHILD_FAILED);
		ck_assert_int_eq(errno, why[i]);
		nobody_is_left();
	}
	run.child.spawn.directory = "/nonexistent";
	run_script("echo x");
	ck_assert_int_eq(run.end, CHILD_FAILED);
	ck_assert_int_eq(errno, ENOENT);
	unlink(path);
}
END_TEST

START_TEST(no_descriptors)
{
	struct rlimit before, now;

	getrlimit(RLIMIT_NOFILE, &before);
	run.child.in = (struct rd_span){ large, sizeof(large) };
	for (rlim_t more = 0; more < 24; more++) {
		now = (struct rlimit){ 3 + more, before.rlim_max };
		while (setrlimit(RLIMIT_NOFILE, &now) != 0)
			now.rlim_cur++;
		run_script("echo x");
		if (run.end == CHILD_FAILED)
			ck_assert_int_eq(errno, EMFILE);
		else
			ck_assert_int_eq(run.end, CHILD_ENDED);
		setrlimit(RLIMIT_NOFILE, &before);
		nobody_is_left();
	}
	ck_assert_int_eq(run.end, CHILD_ENDED);
}
END_TEST

/* It ends with the thread that started it, as with a server that is killed. */
static pid_t orphan;

static void *abandon(void *arg)
{
	static char *const argv[] = { (char *)"/bin/sleep", (char *)"1000", NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), pidfd;
	struct rd_spawn s = {
		.argv = argv, .envp = argv + 2, .in = null, .out = null, .err = null
	};
	const char *step;

	orphan = rd_spawn(&s, &pidfd, &step);
	close(pidfd);
	close(null);
	return arg;
}

START_TEST(orphan_ends)
{
	pthread_t thread;
	siginfo_t info;

	ck_assert_int_eq(pthread_create(&thread, NULL, abandon, NULL), 0);
	pthread_join(thread, NULL);
	ck_assert_int_gt(orphan, 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)orphan, &info, WEXITED), 0);
	ck_assert_int_eq(info.si_status, SIGKILL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("spawn");
	TCase *tcase = tcase_create("spawn");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, born);
	tcase_add_test(tcase, born_without_descriptors);
	tcase_add_test(tcase, limited);
	tcase_add_test(tcase, as_another);
	tcase_add_test(tcase, cannot_start);
	tcase_add_test(tcase, no_descriptors);
	tcase_add_test(tcase, orphan_ends);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
