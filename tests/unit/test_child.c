/*
 * test_child - programs of every kind are run, and nothing of them stays: no process, no
 * descriptor. What they started is this process' to wait for, so that its end can be seen.
 */
#include "handlers/child.h"

#include "asking.h"
#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

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

static bool link_cancelled(struct replyd_exchange *exchange)
{
	(void)exchange;
	return cancelled;
}

static int link_cancel_fd(struct replyd_exchange *exchange)
{
	(void)exchange;
	return cancel_fd;
}

static const struct rd_link test_link = { .cancelled = link_cancelled,
					  .cancel_fd = link_cancel_fd };

static size_t descriptors_open(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static bool take(void *owner, const char *bytes, size_t len)
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

static void flushed(void *owner)
{
	ck_assert_ptr_eq(owner, &run);
	run.flush++;
}

static void begin(void)
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

static void nobody_is_left(void)
{
	siginfo_t info;

	ck_assert_int_eq(waitid(P_ALL, 0, &info, WEXITED | WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_uint_eq(descriptors_open(), descriptors);
}

static void end(void)
{
	nobody_is_left();
	rd_exchange_end(&x);
	close(cancel_fd);
}

static void run_argv(char *const *argv)
{
	static char *const environment[] = { (char *)"PATH=/usr/bin:/bin", NULL };

	run.child.spawn.argv = argv;
	run.child.spawn.envp = environment;
	run.len = 0;
	run.end = rd_child_run(&run.child, &run.status);
	run.output[run.len] = '\0';
}

static void run_script(const char *script)
{
	char *const argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)script, NULL };

	run_argv(argv);
}

static void late_after(unsigned ms)
{
	x.deadline_us = rd_clock_us() + ms * 1000;
}

/* What a program started ends, too. */
static void others_end(void)
{
	while (waitid(P_ALL, 0, NULL, WEXITED) == 0)
		continue;
}

/* By themselves, with 300 kB on their input. */
static const struct {
	const char *script;
	enum rd_child_end end;
	int status;
	const char *output;
} rows[] = {
	{ "wc -c", CHILD_ENDED, 0, "300000\n" },
	{ "head -c 3", CHILD_ENDED, 0, "aaa" },
	{ "exit 3", CHILD_ENDED, 3, "" },
	{ "echo x; exit 255", CHILD_ENDED, 255, "x\n" },
	{ "kill -9 $$", CHILD_ENDED, -9, "" },
	{ "echo x; kill -SEGV $$", CHILD_ENDED, -11, "x\n" },
	{ "exec <&-; echo x", CHILD_ENDED, 0, "x\n" },
	{ "exec <&- >&- 2>&-", CHILD_ENDED, 0, "" },
	{ "exec 2>&-; sleep 0.1; echo x", CHILD_ENDED, 0, "x\n" },
	{ "echo x; exec >&-; sleep 0.1; exit 3", CHILD_ENDED, 3, "x\n" },
	{ "echo x; exec >&-; sleep 1000", CHILD_LINGERED, -15, "x\n" },
	{ "trap '' TERM; exec >&- 2>&-; while :; do sleep 1; done", CHILD_LINGERED, -9, "" },
};

START_TEST(by_itself)
{
	run.child.in = (struct rd_span){ large, sizeof(large) };
	run_script(rows[_i].script);
	ck_assert_int_eq(run.end, rows[_i].end);
	ck_assert_int_eq(run.status, rows[_i].status);
	ck_assert_str_eq(run.output, rows[_i].output);
	others_end();
}
END_TEST

/* Until its time is over, which begins when it has written. */
static const struct {
	const char *script;
	int status;
} lates[] = {
	{ "echo; exec sleep 1000", -15 },
	{ "echo; sleep 1000", -15 },
	{ "echo; kill -STOP $$; sleep 1000", -15 },
	{ "trap 'exit 7' TERM; echo; sleep 1000 & wait", 7 },
	{ "trap '' TERM; echo; sleep 1000; sleep 1000", -9 },
	{ "exec cat /dev/zero", -15 },
	{ "echo; while :; do echo error >&2; done", -15 },
	{ "cat >/dev/null; echo; exec sleep 1000", -15 },
};

static bool forget(void *owner, const char *bytes, size_t len)
{
	return owner && bytes && len;
}

static bool begin_time(void *owner, const char *bytes, size_t len)
{
	if (!x.deadline_us)
		late_after(50);
	return owner && bytes && len;
}

static bool take_begin_time(void *owner, const char *bytes, size_t len)
{
	return begin_time(owner, bytes, len) && take(owner, bytes, len);
}

START_TEST(late)
{
	run.child.in = (struct rd_span){ large, sizeof(large) };
	run.child.output = begin_time;
	run_script(lates[_i].script);
	ck_assert_int_eq(run.end, CHILD_LATE);
	ck_assert_int_eq(run.status, lates[_i].status);
	others_end();
}
END_TEST

START_TEST(refused)
{
	run.most = 200 * 1000;
	run_script("exec cat /dev/zero");
	ck_assert_int_eq(run.end, CHILD_REFUSED);
	ck_assert_int_eq(run.status, -15);
	ck_assert_uint_le(run.len, run.most);
}
END_TEST

START_TEST(client_leaves)
{
	run.leaves = true;
	run_script("echo x; exec sleep 1000");
	ck_assert_int_eq(run.end, CHILD_CANCELLED);
	ck_assert_int_eq(run.status, -15);
	ck_assert_str_eq(run.output, "x\n");
}
END_TEST

/* No descriptor shows it. */
START_TEST(client_leaves_unseen)
{
	int fd = cancel_fd;

	cancel_fd = -1;
	cancelled = true;
	run_script("exec sleep 1000");
	ck_assert_int_eq(run.end, CHILD_CANCELLED);
	cancel_fd = fd;
}
END_TEST

/* What the script says in numbers is processes that it left; each was ended by this signal. */
static void left_ended_by(int signal)
{
	for (char *at = run.output; *at;) {
		pid_t pid = (pid_t)strtol(at, &at, 10);
		siginfo_t info;

		ck_assert_int_gt(pid, 0);
		ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED), 0);
		ck_assert_int_eq(info.si_code, CLD_KILLED);
		ck_assert_int_eq(info.si_status, signal);
		at += strspn(at, "\n");
	}
}

START_TEST(grandchild)
{
	run_script("sleep 1000 & echo $!; (trap '' TERM; exec sleep 1000) & echo $!");
	ck_assert_int_eq(run.end, CHILD_ENDED);
	ck_assert_int_eq(run.status, 0);
	left_ended_by(SIGKILL);
}
END_TEST

START_TEST(grandchild_writes)
{
	run.child.output = forget;
	run_script("cat /dev/zero & yes >&2 &");
	ck_assert_int_eq(run.end, CHILD_ENDED);
	ck_assert_int_eq(run.status, 0);
	others_end();
}
END_TEST

/* It is in no group that could be ended; but it keeps nobody waiting. */
START_TEST(grandchild_escapes)
{
	run_script("setsid sleep 1000 & echo $!");
	ck_assert_int_eq(run.end, CHILD_ENDED);
	ck_assert_int_eq(kill((pid_t)atoi(run.output), SIGTERM), 0);
	left_ended_by(SIGTERM);
}
END_TEST

/* It holds nothing of the program's, and may stay. */
START_TEST(grandchild_may_stay)
{
	run_script("sleep 1000 </dev/null >/dev/null 2>&1 & echo $!");
	ck_assert_int_eq(run.end, CHILD_ENDED);
	ck_assert_int_eq(kill((pid_t)atoi(run.output), SIGTERM), 0);
	left_ended_by(SIGTERM);
}
END_TEST

/* But not when its time is over. */
START_TEST(grandchild_late)
{
	run.child.output = take_begin_time;
	run_script(
		"(trap '' TERM; sh -c 'echo $PPID'; exec sleep 1000 </dev/null >/dev/null 2>&1) & "
		"wait");
	ck_assert_int_eq(run.end, CHILD_LATE);
	left_ended_by(SIGKILL);
}
END_TEST

START_TEST(slow_output_is_flushed)
{
	run_script("echo a; sleep 0.2; echo b; sleep 0.2");
	ck_assert_str_eq(run.output, "a\nb\n");
	ck_assert_uint_eq(run.flush, 2);
}
END_TEST

START_TEST(input_from_a_file)
{
	run.child.in_file = open(file_of("abc\n", 4), O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(lseek(run.child.in_file, 2, SEEK_SET), 2);
	run_script("cat");
	ck_assert_str_eq(run.output, "abc\n");
	close(run.child.in_file);
}
END_TEST

static void said(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	ck_assert_int_ge(n, 0);
	text[n] = '\0';
}

/* What the log says of a script. */
static void run_logged(const char *script, char *text, size_t size)
{
	int fd = open(file_of("", 0), O_RDWR | O_CLOEXEC), before = dup(2);

	dup2(fd, 2);
	run_script(script);
	dup2(before, 2);
	said(fd, text, size);
	close(before);
	close(fd);
}

START_TEST(errors)
{
	static char text[2 * OUTPUT];

	run_logged("printf 'one\\n\\ntwo\\033[0m\\000\\rx\\nend' >&2", text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "]: /bin/sh: one\n"));
	ck_assert_ptr_nonnull(strstr(text, "]: /bin/sh: two?[0m??x\n"));
	ck_assert_ptr_nonnull(strstr(text, "]: /bin/sh: end\n"));

	run_logged("yes 'something is wrong' | head -c 200000 >&2", text, sizeof(text));
	ck_assert_uint_gt(strlen(text), 64 * 1024);
	ck_assert_uint_lt(strlen(text), 512 * 1024);
	ck_assert_ptr_nonnull(strstr(text, "more errors are not logged\n"));
	ck_assert_ptr_null(strstr(strstr(text, "more errors") + 1, "something"));
	ck_assert_ptr_null(strstr(strstr(text, "more errors") + 1, "more errors"));
}
END_TEST

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

/* Whoever embeds a server may ignore SIGCHLD; how a program ended is not known then. */
START_TEST(reaped_by_the_kernel)
{
	signal(SIGCHLD, SIG_IGN);
	run_script("echo x; exit 3");
	ck_assert_int_eq(run.end, CHILD_ENDED);
	ck_assert_int_eq(run.status, 0);
	ck_assert_str_eq(run.output, "x\n");
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

static bool counts(void *owner, const char *bytes, size_t len)
{
	(void)bytes;
	*(size_t *)owner += len;
	return true;
}

static void ignores(void *owner)
{
	(void)owner;
}

static void *many(void *arg)
{
	static struct replyd_exchange exchanges[8];
	static char *const argv[] = { (char *)"/bin/echo", (char *)"x", NULL };
	struct replyd_exchange *mine = &exchanges[(intptr_t)arg];
	size_t wrong = 0;

	rd_exchange_begin(mine);
	for (int i = 0; i < 50; i++) {
		size_t len = 0;
		int status;
		struct rd_child c = { .x = mine,
				      .in_file = -1,
				      .socket = -1,
				      .output = counts,
				      .flush = ignores,
				      .owner = &len,
				      .spawn = { .argv = argv, .envp = argv + 2 } };

		wrong += rd_child_run(&c, &status) != CHILD_ENDED || status != 0 || len != 2;
	}
	return (void *)wrong;
}

START_TEST(at_once)
{
	pthread_t thread[8];
	void *wrong;

	for (intptr_t i = 0; i < COUNT(thread); i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, many, (void *)i), 0);
	for (int i = 0; i < COUNT(thread); i++) {
		pthread_join(thread[i], &wrong);
		ck_assert_ptr_null(wrong);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("child");
	TCase *tcase = tcase_create("child");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, by_itself, 0, COUNT(rows));
	tcase_add_loop_test(tcase, late, 0, COUNT(lates));
	tcase_add_test(tcase, refused);
	tcase_add_test(tcase, client_leaves);
	tcase_add_test(tcase, client_leaves_unseen);
	tcase_add_test(tcase, grandchild);
	tcase_add_test(tcase, grandchild_writes);
	tcase_add_test(tcase, grandchild_escapes);
	tcase_add_test(tcase, grandchild_may_stay);
	tcase_add_test(tcase, grandchild_late);
	tcase_add_test(tcase, slow_output_is_flushed);
	tcase_add_test(tcase, input_from_a_file);
	tcase_add_test(tcase, errors);
	tcase_add_test(tcase, born);
	tcase_add_test(tcase, born_without_descriptors);
	tcase_add_test(tcase, limited);
	tcase_add_test(tcase, as_another);
	tcase_add_test(tcase, cannot_start);
	tcase_add_test(tcase, no_descriptors);
	tcase_add_test(tcase, reaped_by_the_kernel);
	tcase_add_test(tcase, orphan_ends);
	tcase_add_test(tcase, at_once);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
