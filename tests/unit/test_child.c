/*
 * test_child - programs of every kind at work: what they read and write, how each ends, and what
 * becomes of those that it started itself.
 */
#include "running.h"

#include "base/clock.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

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
	tcase_add_test(tcase, reaped_by_the_kernel);
	tcase_add_test(tcase, at_once);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
