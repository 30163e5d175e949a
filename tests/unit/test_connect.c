/* test_connect - connections to who is there, who is not, and who does not accept. */
#include "net/connect.h"

#include "base/clock.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { LONG_US = 60 * 1000 * 1000, SHORT_US = 20 * 1000, TRIES = 64 };

static char directory[] = "/tmp/replyd-test-XXXXXX";
static struct rd_sockaddr address;
static int listening, cancel_fd, connected[TRIES], count;

/* Where nobody listens yet: _i is 0 for TCP, 1 for a Unix socket. */
static void place(int i)
{
	struct rd_address a;
	char text[64];
	const char *why;

	snprintf(text, sizeof(text), i ? "unix:%s/s" : "127.0.0.1:0", directory);
	ck_assert(rd_address_parse(text, &a, &why));
	ck_assert_int_eq(rd_address_resolve(&a, true, &address, 1, &why), 1);
	listening = socket(address.sa.sa_family, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listening, &address.sa, address.len), 0);
	ck_assert_int_eq(getsockname(listening, &address.sa, &address.len), 0);
}

static int try(uint64_t us)
{
	int fd = rd_connect(&address, rd_clock_us() + us, cancel_fd);

	if (fd >= 0)
		connected[count++] = fd;
	return fd;
}

/* Connects until it cannot any more, for the backlog is full. */
static void fill(void)
{
	ck_assert_int_eq(listen(listening, 0), 0);
	while (try(SHORT_US) >= 0)
		ck_assert_int_lt(count, TRIES);
	ck_assert_int_eq(errno, ETIMEDOUT);
}

static void setup(void)
{
	strcpy(directory + sizeof(directory) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	cancel_fd = eventfd(0, EFD_NONBLOCK);
	count = 0;
}

static void teardown(void)
{
	char path[64];

	while (count > 0)
		close(connected[--count]);
	close(listening);
	close(cancel_fd);
	snprintf(path, sizeof(path), "%s/s", directory);
	unlink(path);
	rmdir(directory);
}

START_TEST(there)
{
	char byte = 0;
	int fd, peer;

	place(_i);
	ck_assert_int_eq(listen(listening, 8), 0);
	fd = try(LONG_US);
	ck_assert_int_ge(fd, 0);
	ck_assert(fcntl(fd, F_GETFL) & O_NONBLOCK);
	peer = accept(listening, NULL, NULL);
	ck_assert_int_eq(send(fd, "x", 1, 0), 1);
	ck_assert_int_eq(recv(peer, &byte, 1, 0), 1);
	ck_assert_int_eq(byte, 'x');
	close(peer);
}
END_TEST

START_TEST(not_there)
{
	place(_i);
	ck_assert_int_eq(try(LONG_US), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
}
END_TEST

START_TEST(no_time)
{
	place(1);
	ck_assert_int_eq(listen(listening, 8), 0);
	ck_assert_int_eq(rd_connect(&address, 0, -1), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
}
END_TEST

START_TEST(deaf)
{
	place(_i);
	fill();
	ck_assert_int_eq(rd_connect(&address, rd_clock_us() + SHORT_US, -1), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
}
END_TEST

START_TEST(cancelled)
{
	place(_i);
	fill();
	ck_assert_int_eq(eventfd_write(cancel_fd, 1), 0);
	ck_assert_int_eq(try(LONG_US), -1);
	ck_assert_int_eq(errno, ECANCELED);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("connect");
	TCase *tcase = tcase_create("connect");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, there, 0, 2);
	tcase_add_loop_test(tcase, not_there, 0, 2);
	tcase_add_test(tcase, no_time);
	tcase_add_loop_test(tcase, deaf, 0, 2);
	tcase_add_loop_test(tcase, cancelled, 0, 2);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
