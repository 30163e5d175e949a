/*
 * test_acceptor - main's loop where the system is short of something, or is told to stop early.
 * The calls that fail are this program's own, in place of the C library's.
 */
#include "base/must.h"
#include "replyd.h"

#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic bool no_descriptor; /* for the next accept; and from then on ... */
static _Atomic bool no_watch;	   /* ... epoll takes nothing new */

int accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	if (no_descriptor) {
		no_descriptor = false;
		no_watch = true;
		errno = EMFILE;
		return -1;
	}
	return (int)syscall(SYS_accept4, fd, addr, len, flags);
}

int epoll_ctl(int epoll, int op, int fd, struct epoll_event *event)
{
	if (no_watch && op == EPOLL_CTL_ADD) {
		errno = ENOSPC;
		return -1;
	}
	return (int)syscall(SYS_epoll_ctl, epoll, op, fd, event);
}

static struct replyd *begin(void)
{
	struct replyd *server = replyd_new();

	MUST(server);
	ck_assert_int_eq(replyd_echo(server), 0);
	ck_assert_int_eq(replyd_listen(server, "127.0.0.1:0", REPLYD_LINE), 0);
	return server;
}

static void *serve(void *server)
{
	return (void *)replyd_serve(server);
}

static int asks(const struct replyd *server)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	MUST(fd >= 0);
	at.sin_port = htons((in_port_t)atoi(strrchr(replyd_url(server, 0), ':') + 1));
	MUST(connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	MUST(send(fd, "x\n", 2, 0) == 2);
	return fd;
}

/* A listener that was paused is polled again, though the kernel would not take it anew. */
START_TEST(pauses)
{
	struct replyd *server = begin();
	pthread_t thread;
	void *cut;
	char got;
	int fd;

	ck_assert_int_eq(replyd_open(server), 0);
	fd = asks(server);
	no_descriptor = true;
	PTH(pthread_create(&thread, NULL, serve, server));
	ck_assert_int_eq(recv(fd, &got, 1, 0), 1);
	ck_assert_int_eq(got, 'x');
	close(fd);
	ck_assert(no_watch);
	replyd_drain(server);
	PTH(pthread_join(thread, &cut));
	ck_assert_ptr_null(cut);
	replyd_free(server);
}
END_TEST

/* Where no listener can be polled, it does not serve. */
START_TEST(cannot_watch)
{
	struct replyd *server = begin();

	ck_assert_int_eq(replyd_open(server), 0);
	no_watch = true;
	ck_assert_int_eq(replyd_serve(server), -1);
	ck_assert_ptr_nonnull(strstr(replyd_error(server), strerror(ENOSPC)));
	replyd_free(server);
}
END_TEST

/* As by a signal while it starts. */
START_TEST(stopped_before_it_serves)
{
	struct replyd *server = begin();

	replyd_drain(server);
	ck_assert_int_eq(replyd_open(server), 0);
	ck_assert_int_eq(replyd_serve(server), 0);
	replyd_free(server);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("acceptor");
	TCase *tcase = tcase_create("acceptor");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, pauses);
	tcase_add_test(tcase, cannot_watch);
	tcase_add_test(tcase, stopped_before_it_serves);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
