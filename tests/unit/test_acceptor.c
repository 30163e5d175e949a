/*
 * test_acceptor - main's loop where the system is short of something, or is told to stop early,
 * and what becomes of those that it sheds. The calls that fail, or give less than there is, are
 * this program's own, in place of the C library's.
 */
#include "flow/acceptor.h"

#include "base/clock.h"
#include "base/must.h"
#include "replyd.h"

#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <sys/eventfd.h>

static _Atomic bool no_buffer;	 /* for the next accept; and from then on ... */
static _Atomic bool no_watch;	 /* ... epoll takes nothing new */
static _Atomic size_t read_most; /* bytes that one receive gives, where not 0 */

int accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	if (no_buffer) {
		no_buffer = false;
		no_watch = true;
		errno = ENOBUFS;
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

ssize_t recv(int fd, void *to, size_t len, int flags)
{
	size_t most = read_most && flags & MSG_DONTWAIT ? read_most : len;

	return syscall(SYS_recvfrom, fd, to, most < len ? most : len, flags, NULL, NULL);
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

static void asks_by(const struct replyd *server, int fd)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };

	MUST(fd >= 0);
	at.sin_port = htons((in_port_t)atoi(strrchr(replyd_url(server, 0), ':') + 1));
	MUST(connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	MUST(send(fd, "x\n", 2, 0) == 2);
}

static int asks(const struct replyd *server)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	asks_by(server, fd);
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
	no_buffer = true;
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

static size_t reads(int fd, char *to, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size && (n = recv(fd, to + len, size - len, 0)) > 0)
		len += (size_t)n;
	close(fd);
	return len;
}

/* All descriptors but those that are open, so that nothing new can be. */
static void exhaust(struct rlimit *before)
{
	struct rlimit none;
	int next = dup(0);

	MUST(next >= 0 && getrlimit(RLIMIT_NOFILE, before) == 0);
	close(next);
	none = *before;
	none.rlim_cur = (rlim_t)next;
	MUST(setrlimit(RLIMIT_NOFILE, &none) == 0);
}

/* With no descriptor left a client is told so, each of several; then all is as it was. */
START_TEST(refuses)
{
	static const char busy[] = "busy: try again later\n";
	struct replyd *server = begin();
	struct rlimit before;
	int fd[3];
	char got[64];

	ck_assert_int_eq(replyd_start(server, NULL), 0);
	fd[0] = asks(server);
	ck_assert_uint_eq(reads(fd[0], got, sizeof(got)), 2); /* main has begun */
	for (int i = 0; i < 3; i++)
		fd[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	exhaust(&before);
	for (int i = 0; i < 3; i++) {
		asks_by(server, fd[i]);
		ck_assert_uint_eq(recv(fd[i], got, sizeof(got), MSG_WAITALL), sizeof(busy) - 1);
		ck_assert_mem_eq(got, busy, sizeof(busy) - 1);
	}
	MUST(setrlimit(RLIMIT_NOFILE, &before) == 0);
	for (int i = 0; i < 3; i++)
		close(fd[i]);
	ck_assert_uint_eq(reads(asks(server), got, sizeof(got)), 2);
	ck_assert_int_eq(replyd_stop(server, 10000), 0);
	replyd_free(server);
}
END_TEST

/* Where no listener can be polled, it does not serve, with one main or several. */
START_TEST(cannot_watch)
{
	struct replyd *server = begin();

	ck_assert_int_eq(replyd_set(server, "mains", _i == 0 ? "1" : "3"), 0);
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

	ck_assert_int_eq(replyd_set(server, "mains", _i == 0 ? "1" : "3"), 0);
	replyd_drain(server);
	ck_assert_int_eq(replyd_open(server), 0);
	ck_assert_int_eq(replyd_serve(server), 0);
	replyd_free(server);
}
END_TEST

/* Main and one worker, who is kept busy by the first client; the second one waits, the rest... */
static struct rd_slots slots;
static struct rd_queue queue;
static struct rd_pool pool;
static struct rd_listener listener;
static struct rd_acceptor acceptor;
static struct rd_changes changes;
static struct rd_lock listening;
static pthread_t main_thread;
static sem_t inside, go_on;

static enum rd_verdict held_advance(struct rd_conn *c, struct rd_worker *w)
{
	(void)w;
	MUST(sem_post(&inside) == 0 && sem_wait(&go_on) == 0);
	c->reason = CLOSE_ANSWERED;
	return RD_LINGER;
}

static enum rd_verdict held_refuse(struct rd_conn *c)
{
	struct iovec iov = { (char *)"busy\n", 5 };
	size_t n;

	return rd_transport_send(&c->transport, &iov, 1, false, &n) == IO_OK ? RD_LINGER : RD_CLOSE;
}

static const struct rd_protocol held = {
	.name = "held",
	.advance = held_advance,
	.refuse = held_refuse,
};

static void *run_main(void *arg)
{
	return (void *)rd_acceptor_run(arg);
}

/* A client that has sent `len` bytes. */
static int client(size_t len)
{
	char text[1000] = { 0 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	MUST(fd >= 0 && connect(fd, &listener.bound.sa, listener.bound.len) == 0);
	MUST(send(fd, text, len, 0) == (ssize_t)len);
	return fd;
}

static unsigned queued(void)
{
	unsigned n;

	rd_lock_take(&queue.lock);
	n = queue.waiting.count;
	rd_lock_drop(&queue.lock);
	return n;
}

static void until_queued(unsigned n)
{
	while (queued() != n)
		poll(NULL, 0, 1);
}

static void until_open(size_t n)
{
	while (atomic_load(&slots.open) != n)
		poll(NULL, 0, 1);
}

static int first, second;

/* The queue is full from here on. */
static void fill(size_t conns_max)
{
	struct rd_pool_config config = { .min = 1, .max = 1, .stack = 256 * 1024 };
	struct rd_queue_config waits = { 1, 64, 1, { 0 } };
	struct rd_sockaddr any = {
		.in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } },
		.len = sizeof(any.in),
	};
	const char *step;

	MUST(sem_init(&inside, 0, 0) == 0 && sem_init(&go_on, 0, 0) == 0);
	MUST(rd_slots_init(&slots, 64, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) == 0 &&
	     rd_queue_init(&queue, &waits));
	MUST(rd_pool_start(&pool, &queue, &config) == 0);
	MUST(rd_listener_open(&listener, &any, &step));
	listener.protocol = &held;
	rd_changes_init(&changes);
	rd_lock_init(&listening, RANK_LISTENING);
	acceptor = (struct rd_acceptor){
		.mains = 1,
		.changes = &changes,
		.changed = rd_changes_expect(&changes, slots.wake_fd),
		.listening = &listening,
		.slots = &slots,
		.queue = &queue,
		.pool = &pool,
		.listener = &listener,
		.listeners = 1,
		.wake_fd = slots.wake_fd,
		.conns_max = conns_max,
		.sweep_us = 1000 * 1000,
	};
	PTH(pthread_create(&main_thread, NULL, run_main, &acceptor));
	first = client(1);
	MUST(sem_wait(&inside) == 0);
	second = client(1);
	until_queued(1);
}

static void release(void)
{
	MUST(sem_post(&go_on) == 0 && sem_post(&go_on) == 0);
}

static void empty(void)
{
	void *cut;

	close(first);
	close(second);
	until_open(0);
	rd_acceptor_stop(&acceptor, rd_clock_us() + 10 * 1000 * 1000);
	PTH(pthread_join(main_thread, &cut));
	ck_assert_ptr_null(cut);
	rd_pool_free(&pool);
	rd_queue_fini(&queue);
	rd_slots_fini(&slots);
	rd_lock_fini(&listening);
	rd_changes_fini(&changes);
	MUST(sem_destroy(&inside) == 0 && sem_destroy(&go_on) == 0);
}

static void told_to_be_busy(int fd)
{
	char got[8];

	ck_assert_int_eq(recv(fd, got, sizeof(got), MSG_WAITALL), 5);
	ck_assert_int_eq(memcmp(got, "busy\n", 5), 0);
}

/* Who was shed may send more and loses no reply; when it has ended too, its slot is free. */
START_TEST(shed_lingers)
{
	int fd;

	fill(64);
	fd = client(1);
	told_to_be_busy(fd);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(send(fd, "yy", 2, MSG_NOSIGNAL), 2);
	ck_assert_int_eq(recv(fd, (char[1]){ 0 }, 1, 0), 0);
	ck_assert_uint_eq(atomic_load(&slots.open), 3);
	ck_assert_uint_eq(queued(), 1);
	close(fd);
	until_open(2);
	release();
	empty();
}
END_TEST

/* Its time is over though it never ends. */
START_TEST(shed_expires)
{
	int fd;

	fill(64);
	fd = client(1);
	told_to_be_busy(fd);
	until_open(2);
	close(fd);
	release();
	empty();
}
END_TEST

/* What is too much for main is a worker's to read off, beyond the queue's bound. */
START_TEST(shed_sends_much)
{
	int fd;

	read_most = 1;
	fill(64);
	fd = client(1000);
	told_to_be_busy(fd);
	until_queued(2);
	read_most = 0;
	release();
	until_queued(0);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(send(fd, "yy", 2, MSG_NOSIGNAL), 2);
	close(fd);
	empty();
}
END_TEST

/* They never take so many slots that nobody else can be accepted. */
START_TEST(shed_flood)
{
	int fd;

	fill(4);
	fd = client(1);
	told_to_be_busy(fd);
	until_open(2);
	ck_assert_uint_eq(atomic_load(&acceptor.counters.n[COUNT_PARKED]), 0);
	close(fd);
	release();
	empty();
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
	tcase_add_test(tcase, refuses);
	tcase_add_loop_test(tcase, cannot_watch, 0, 2);
	tcase_add_loop_test(tcase, stopped_before_it_serves, 0, 2);
	tcase_add_test(tcase, shed_lingers);
	tcase_add_test(tcase, shed_expires);
	tcase_add_test(tcase, shed_sends_much);
	tcase_add_test(tcase, shed_flood);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
