/*
 * test_spawner - the helper starts what was noted before it was started, as a child of this
 * process, and nothing else. Each test is a process of its own.
 */
#include "handlers/spawner.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct rd_spawn_user same = { 0 };

#define WORDS(...) ((char *const *)(const char *const[]){ __VA_ARGS__, NULL })
#define SHELL	   WORDS("/bin/sh", "-c", "read line; echo \"$line $WORD\"; exit 3")

static struct rd_spawn program(char *const *argv, const char *directory)
{
	return (struct rd_spawn){ .argv = argv, .directory = directory, .user = &same };
}

/* Its number, which has to be this one. */
static void known_as(struct rd_spawn *s, int number)
{
	s->number = rd_spawner_know(s);
	ck_assert_int_eq(s->number, number);
}

static void pipes(struct rd_spawn *s, int in[2], int out[2])
{
	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	s->in = in[0];
	s->out = out[1];
	s->err = STDERR_FILENO;
}

START_TEST(numbers)
{
	struct rd_spawn one = program(SHELL, "/"), other = program(SHELL, "/usr");
	struct rd_spawn limited = program(SHELL, "/");

	limited.limits.memory = 1 << 30;
	ck_assert_int_eq(rd_spawner_know(&one), 0);
	ck_assert_int_eq(rd_spawner_known(), 0);
	rd_spawner_collect();
	known_as(&one, 0);
	known_as(&other, 1);
	known_as(&limited, 2);
	known_as(&one, 0);
	ck_assert(rd_spawner_start());
	known_as(&other, 1);
	limited.limits.memory++;
	ck_assert_int_eq(rd_spawner_know(&limited), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(rd_spawner_known(), 3);
}
END_TEST

START_TEST(starts)
{
	struct rd_spawn s = program(SHELL, "/");
	int in[2], out[2], pidfd;
	siginfo_t end = { 0 };
	const char *step = "";
	char said[32] = "";
	pid_t pid;

	s.envp = WORDS("WORD=there");
	rd_spawner_collect();
	known_as(&s, 0);
	ck_assert(rd_spawner_start());
	pipes(&s, in, out);
	pid = rd_spawner_spawn(&s, &pidfd, &step);
	ck_assert_msg(pid > 0, "%s: %s", step, strerror(errno));
	close(out[1]);
	ck_assert_int_eq(getpgid(pid), pid);
	ck_assert_int_eq(write(in[1], "hello\n", 6), 6);
	ck_assert_int_eq(read(out[0], said, sizeof(said) - 1), 12);
	ck_assert_str_eq(said, "hello there\n");
	ck_assert_int_eq(waitid(P_PIDFD, (id_t)pidfd, &end, WEXITED), 0);
	ck_assert_int_eq(end.si_pid, pid);
	ck_assert_int_eq(end.si_status, 3);
}
END_TEST

/* What fails is said, and leaves nothing to be waited for but the helper. */
START_TEST(fails)
{
	struct rd_spawn s = program(WORDS("/no/such/program"), "/"), never = program(SHELL, "/");
	char *many[1100], word[] = "A=B";
	const char *step = "";
	int pidfd;

	rd_spawner_collect();
	known_as(&s, 0);
	ck_assert(rd_spawner_start());
	s.envp = never.envp = WORDS("WORD=there");
	s.in = s.out = s.err = STDERR_FILENO;
	ck_assert_int_eq(rd_spawner_spawn(&s, &pidfd, &step), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_str_eq(step, "exec");
	never.in = never.out = never.err = STDERR_FILENO;
	never.number = 1;
	ck_assert_int_eq(rd_spawner_spawn(&never, &pidfd, &step), -1);
	ck_assert_int_eq(errno, EINVAL);
	for (int i = 0; i < 1099; i++)
		many[i] = word;
	many[1099] = NULL;
	s.envp = many;
	ck_assert_int_eq(rd_spawner_spawn(&s, &pidfd, &step), -1);
	ck_assert_int_eq(errno, E2BIG);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("spawner");
	TCase *tcase = tcase_create("spawner");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, numbers);
	tcase_add_test(tcase, starts);
	tcase_add_test(tcase, fails);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_FORK);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
