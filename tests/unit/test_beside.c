/*
 * test_beside - a file is there whole or as it was before, and nothing is left beside it.
 */
#include "client/beside.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64];

static void begin(void)
{
	strcpy(dir, "/tmp/test_beside-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
	umask(022);
}

static void end(void)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while ((entry = readdir(d)))
		unlink(entry->d_name);
	closedir(d);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(dir), 0);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
	FILE *file = fopen(name, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	ck_assert_int_eq(chmod(name, mode), 0);
}

static void check_file(const char *name, const char *text, mode_t mode)
{
	char bytes[64] = "";
	FILE *file = fopen(name, "r");
	struct stat st;

	ck_assert_ptr_nonnull(file);
	ck_assert(fgets(bytes, sizeof bytes, file) || !text[0]);
	fclose(file);
	ck_assert_str_eq(bytes, text);
	ck_assert_int_eq(stat(name, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, mode);
}

static int entries(void)
{
	DIR *d = opendir(dir);
	int count = 0;

	while (readdir(d))
		count++;
	closedir(d);
	return count - 2;
}

START_TEST(kept)
{
	struct rd_beside file;

	ck_assert(rd_beside_open(&file, "new"));
	fputs("hello", file.to);
	ck_assert_int_ne(access("new", F_OK), 0);
	ck_assert(rd_beside_keep(&file));
	check_file("new", "hello", 0644);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(dropped)
{
	struct rd_beside file;

	ck_assert(rd_beside_open(&file, "new"));
	fputs("hello", file.to);
	rd_beside_drop(&file);
	ck_assert_int_eq(entries(), 0);
	write_file("old", "before", 0640);
	ck_assert(rd_beside_open(&file, "old"));
	fputs("hello", file.to);
	fflush(file.to);
	check_file("old", "before", 0640);
	rd_beside_drop(&file);
	check_file("old", "before", 0640);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(replaced)
{
	struct rd_beside file;
	struct stat st;

	write_file("old", "before", 0600);
	ck_assert_int_eq(symlink("old", "link"), 0);
	ck_assert(rd_beside_open(&file, "link"));
	fputs("hello", file.to);
	ck_assert(rd_beside_keep(&file));
	check_file("old", "hello", 0600);
	ck_assert_int_eq(lstat("link", &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(entries(), 2);
}
END_TEST

START_TEST(refused)
{
	struct rd_beside file;

	ck_assert(!rd_beside_open(&file, "none/new"));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert(!rd_beside_open(&file, dir));
	ck_assert_int_eq(errno, EISDIR);
	write_file("old", "", 0644);
	ck_assert(!rd_beside_open(&file, "old/new"));
	ck_assert_int_eq(errno, ENOTDIR);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

/* A device stays what it is, and a full one is a failure. */
START_TEST(device)
{
	struct rd_beside file;
	struct stat st;

	ck_assert(rd_beside_open(&file, "/dev/null"));
	fputs("hello", file.to);
	ck_assert(rd_beside_keep(&file));
	ck_assert_int_eq(stat("/dev/null", &st), 0);
	ck_assert(S_ISCHR(st.st_mode));
	ck_assert(rd_beside_open(&file, "/dev/full"));
	fputs("hello", file.to);
	ck_assert(!rd_beside_keep(&file));
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert(rd_beside_open(&file, "/dev/full"));
	for (int i = 0; i < 10000; i++)
		fputs("hello", file.to);
	ck_assert(!rd_beside_keep(&file));
}
END_TEST

START_TEST(interrupted)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
	struct rd_beside file;
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		signal(signals[_i], SIG_DFL);
		if (rd_beside_open(&file, "new") && entries() == 1)
			raise(signals[_i]);
		_exit(1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), signals[_i]);
	ck_assert_int_eq(entries(), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("beside");
	TCase *tcase = tcase_create("beside");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, kept);
	tcase_add_test(tcase, dropped);
	tcase_add_test(tcase, replaced);
	tcase_add_test(tcase, refused);
	tcase_add_test(tcase, device);
	tcase_add_loop_test(tcase, interrupted, 0, 3);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
