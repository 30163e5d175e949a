/*
 * test_access_log - lines go where the log is said to go, and on to where it goes next; what takes
 * nothing costs lines, which are counted, and nobody's time.
 */
#include "observe/access_log.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct rd_series series;
static struct rd_scribe scribe;
static struct rd_outbox box;
static struct rd_access_log access_log;
static char directory[] = "/tmp/test_access_log.XXXXXX", path[PATH_MAX], other[PATH_MAX];

static void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/log", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	ck_assert(rd_series_init(&series));
	rd_scribe_init(&scribe);
	box = (struct rd_outbox){ .scribe = &scribe };
	rd_access_log_init(&access_log, &scribe, &series);
}

static void teardown(void)
{
	rd_access_log_fini(&access_log);
	rd_scribe_leave(&scribe, &box);
	rd_outbox_free(&box);
	rd_scribe_fini(&scribe);
	rd_series_fini(&series);
	unlink(path);
	unlink(other);
	rmdir(directory);
}

static struct rd_log_target *target(const char *name, const char *socket)
{
	char why[RD_LOG_FORMAT_WHY];
	struct rd_log_format *f = rd_log_format_new("{target} {status}", why);
	struct rd_log_target *t = rd_log_target_open(name, socket, f);

	ck_assert_ptr_nonnull(t);
	return t;
}

static bool tell(const char *what, uint16_t status)
{
	struct rd_span text[RECORD_TEXTS] = { [RECORD_TARGET] = rd_span_of(what) };
	struct rd_record r = { .status = status };
	struct rd_buffer record = { 0 };
	bool put;

	ck_assert(rd_record_add(&record, &r, text));
	put = rd_outbox_put(&box, record.at, record.len);
	rd_buffer_free(&record);
	return put;
}

/* What there is to read there by now. */
static const char *content(const char *of)
{
	static char text[65536];
	int fd = open(of, O_RDONLY | O_NONBLOCK);
	ssize_t n;

	ck_assert_int_ge(fd, 0);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void start(void)
{
	ck_assert_int_eq(rd_scribe_start(&scribe), 0);
}

START_TEST(a_file_is_added_to)
{
	for (int i = 0; i < 2; i++) {
		rd_access_log_use(&access_log, target(path, NULL));
		start();
		ck_assert(tell("/a", 200) && tell("/b", 404));
		rd_scribe_stop(&scribe);
		rd_access_log_use(&access_log, NULL);
		ck_assert_int_eq(rd_access_log_fd(&access_log), -1);
	}
	ck_assert_str_eq(content(path), "/a 200\n/b 404\n/a 200\n/b 404\n");
	ck_assert_uint_eq(access_log.lost, 0);
}
END_TEST

START_TEST(another_takes_its_place)
{
	rd_access_log_use(&access_log, target(path, NULL));
	rd_access_log_use(&access_log, target(path, NULL)); /* not taken up, and gone */
	rd_access_log_use(&access_log, target(other, NULL));
	start();
	ck_assert(tell("/a", 200));
	rd_scribe_stop(&scribe);
	ck_assert_str_eq(content(path), "");
	ck_assert_str_eq(content(other), "/a 200\n");
}
END_TEST

START_TEST(is_opened_anew)
{
	rd_access_log_reopen(&access_log); /* there is none */
	rd_access_log_use(&access_log, target(path, NULL));
	start();
	ck_assert(tell("/a", 200));
	rd_scribe_stop(&scribe);
	ck_assert_int_eq(rename(path, other), 0);
	rd_access_log_reopen(&access_log);
	start();
	ck_assert(tell("/b", 200));
	rd_scribe_stop(&scribe);
	ck_assert_str_eq(content(other), "/a 200\n");
	ck_assert_str_eq(content(path), "/b 200\n");
}
END_TEST

START_TEST(a_full_disk_costs_lines)
{
	rd_access_log_use(&access_log, target("/dev/full", NULL));
	start();
	for (int i = 0; i < 3; i++)
		ck_assert(tell("/a", 200));
	rd_scribe_stop(&scribe);
	ck_assert_uint_eq(access_log.lost, 3);
	rd_access_log_use(&access_log, target(path, NULL));
	start();
	ck_assert(tell("/b", 200));
	rd_scribe_stop(&scribe);
	ck_assert_str_eq(content(path), "/b 200\n");
	ck_assert_uint_eq(access_log.lost, 3);
}
END_TEST

static unsigned lines(int fd)
{
	char some[4096];
	unsigned found = 0;
	ssize_t n;

	while ((n = read(fd, some, sizeof(some))) > 0)
		for (ssize_t i = 0; i < n; i++)
			found += some[i] == '\n';
	return found;
}

/* It fills, then the outbox does. In the end each line is somewhere, or is counted. */
START_TEST(a_pipe_that_nobody_reads)
{
	int pipe, file;
	char what[1000];
	unsigned put = 0;

	memset(what, 'x', sizeof(what));
	what[sizeof(what) - 1] = '\0';
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	pipe = open(path, O_RDONLY | O_NONBLOCK);
	rd_access_log_use(&access_log, target(path, NULL));
	start();
	while (box.dropped < 1000)
		put += tell(what, 200);
	rd_access_log_use(&access_log, target(other, NULL)); /* maybe while it waits */
	rd_scribe_stop(&scribe);
	file = open(other, O_RDONLY);
	ck_assert_uint_eq(lines(pipe) + lines(file) + access_log.lost, put);
	close(pipe);
	close(file);
}
END_TEST

static int listen_at(const char *at)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_uint_lt(strlen(at), sizeof(address.sun_path));
	memcpy(address.sun_path, at, strlen(at) + 1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static const char *receive(int fd)
{
	static char text[4096];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	return text;
}

START_TEST(the_journal_has_fields)
{
	int fd = listen_at(path);
	const char *entry;

	rd_access_log_use(&access_log, target("journal", path));
	start();
	ck_assert(tell("/a", 200) && tell("/b\nPRIORITY=0", 404));
	rd_scribe_stop(&scribe);
	entry = receive(fd);
	ck_assert_ptr_eq(strstr(entry, "PRIORITY=6\nSYSLOG_IDENTIFIER=replyd\nMESSAGE=/a 200\n"),
			 entry);
	ck_assert_ptr_nonnull(strstr(entry, "\nREPLYD_TARGET=/a\nREPLYD_STATUS=200\n"));
	ck_assert_ptr_nonnull(strstr(receive(fd), "MESSAGE=/b\\x0APRIORITY=0 404\n"));
	close(fd);
}
END_TEST

/* Who listens there is another one after a while. */
START_TEST(syslog_comes_back)
{
	int fd = listen_at(path);
	const char *line;

	rd_access_log_use(&access_log, target("syslog", path));
	start();
	ck_assert(tell("/a", 200));
	rd_scribe_stop(&scribe);
	line = receive(fd);
	ck_assert_ptr_eq(strstr(line, "<30>"), line);
	ck_assert_str_eq(strchr(line, '/'), "/a 200");
	close(fd);
	unlink(path);
	start();
	ck_assert(tell("/b", 200));
	rd_scribe_stop(&scribe);
	ck_assert_uint_eq(access_log.lost, 1);
	fd = listen_at(path);
	start();
	ck_assert(tell("/c", 200));
	rd_scribe_stop(&scribe);
	ck_assert_str_eq(strchr(receive(fd), '/'), "/c 200");
	close(fd);
}
END_TEST

static bool asked(void *times)
{
	++*(unsigned *)times;
	return true;
}

/* Of many lines only one is waited for. */
START_TEST(a_journal_that_takes_nothing)
{
	int fd = listen_at(path);
	struct rd_log_target *t = target("journal", path);
	struct rd_buffer entries = { 0 }, record = { 0 };
	struct rd_span text[RECORD_TEXTS] = { { 0 } };
	struct rd_record r = { .status = 200 };
	unsigned put = 0, times = 0, got = 0;
	char what[1000], drop;

	memset(what, 'x', sizeof(what));
	text[RECORD_TARGET] = (struct rd_span){ what, sizeof(what) };
	ck_assert(rd_record_add(&record, &r, text));
	for (; entries.len < 1024 * 1024; put++) {
		const struct rd_log_entry e = { .record = (void *)record.at, .route = "" };

		ck_assert(rd_log_target_add(t, &e, &entries));
	}
	put -= (unsigned)rd_log_target_write(t, &entries, asked, &times);
	while (recv(fd, &drop, 1, MSG_DONTWAIT) > 0)
		got++;
	ck_assert_uint_eq(times, 1);
	ck_assert_uint_eq(got, put);
	ck_assert_int_eq(t->error, EAGAIN);
	rd_log_target_close(t);
	rd_buffer_free(&record);
	rd_buffer_free(&entries);
	close(fd);
}
END_TEST

START_TEST(what_cannot_be_opened)
{
	ck_assert_ptr_null(rd_log_target_open("/nowhere/log", NULL, NULL));
	ck_assert_ptr_null(rd_log_target_open("journal", "/nowhere/socket", NULL));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("access_log");
	TCase *t = tcase_create("access_log");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_file_is_added_to);
	tcase_add_test(t, another_takes_its_place);
	tcase_add_test(t, is_opened_anew);
	tcase_add_test(t, a_full_disk_costs_lines);
	tcase_add_test(t, a_pipe_that_nobody_reads);
	tcase_add_test(t, the_journal_has_fields);
	tcase_add_test(t, syslog_comes_back);
	tcase_add_test(t, a_journal_that_takes_nothing);
	tcase_add_test(t, what_cannot_be_opened);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
