/*
 * limit - the least that a server written in C can spend on a request.
 * One thread, one epoll loop, one canned reply of 1 KiB: what is left when
 * parsing, files, threads and policy are taken away; with -p PROGRAM, no more
 * than posix_spawn for each connection, which the program has as its standard
 * input and output. bench/compare holds the others against it. With -DURING it
 * receives from all who are ready in one call by io_uring, and sends in another.
 * Thread:  one.
 * Owns:    every descriptor, until its peer closes, its reply went (-c) or its
 *          program has it (-p).
 * Never:   looks at a request, except for where its head ends; waits for a
 *          client that does not take its reply (it is closed instead).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef URING
#include <liburing.h>
#endif

enum { BODY = 1024, TOGETHER = 16, EVENTS = 64, BACKLOG = 4096, DESCRIPTORS = 65536 };

static struct {
	int epoll, listener;
	bool one;			       /* a connection ends with its reply */
	char *program;			       /* that a connection is given to */
	unsigned char seen[DESCRIPTORS];       /* bytes of \r\n\r\n so far */
	char replies[TOGETHER * (BODY + 128)]; /* the same one, for those who ask at once */
	size_t reply_len;
} loop;

static volatile sig_atomic_t stopping;

static void stop(int signo)
{
	(void)signo;
	stopping = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "limit: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void make_reply(void)
{
	int head = snprintf(loop.replies, sizeof loop.replies,
			    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
			    "Content-Length: %d\r\n%s\r\n",
			    BODY, loop.one ? "Connection: close\r\n" : "");

	memset(loop.replies + head, 'x', BODY);
	loop.reply_len = (size_t)head + BODY;
	for (size_t i = 1; i < TOGETHER; i++)
		memcpy(loop.replies + i * loop.reply_len, loop.replies, loop.reply_len);
}

/* How many heads end in buf[0..len), given those bytes of an end seen before. */
static unsigned count_heads(unsigned char *seen, const char *buf, size_t len)
{
	static const char end[] = "\r\n\r\n";
	unsigned heads = 0;

	for (size_t i = 0; i < len; i++) {
		*seen = buf[i] == end[*seen] ? *seen + 1 : buf[i] == '\r';
		if (*seen == 4) {
			*seen = 0;
			heads++;
		}
	}
	return heads;
}

/* Answers what has come. False: the connection is over, and its owner closes it. */
static bool serve(int fd)
{
	char buf[16384];
	ssize_t got = recv(fd, buf, sizeof buf, 0);

	if (got <= 0)
		return got < 0 && (errno == EAGAIN || errno == EINTR);
	for (unsigned n = count_heads(&loop.seen[fd], buf, (size_t)got), some; n > 0; n -= some) {
		some = loop.one ? 1 : n < TOGETHER ? n : TOGETHER;
		if (send(fd, loop.replies, some * loop.reply_len, MSG_NOSIGNAL) !=
			    (ssize_t)(some * loop.reply_len) ||
		    loop.one)
			return false;
	}
	return true;
}

#ifdef URING
static struct io_uring ring;

static void make_ring(void)
{
	struct io_uring_params params = { .flags = IORING_SETUP_SINGLE_ISSUER |
						   IORING_SETUP_DEFER_TASKRUN };

	errno = -io_uring_queue_init_params(EVENTS, &ring, &params);
	if (errno != 0)
		die("io_uring");
}

/* Has the kernel do the n things that were put into the ring; what came of each, by its number. */
static void perform(int *result, unsigned n)
{
	struct io_uring_cqe *cqe;
	unsigned head;

	if (io_uring_submit_and_wait(&ring, n) != (int)n)
		die("io_uring");
	io_uring_for_each_cqe(&ring, head, cqe) result[cqe->user_data] = cqe->res;
	io_uring_cq_advance(&ring, n);
}

static void serve_all(const int *fd, unsigned n)
{
	static char buf[EVENTS][16384];
	int got[EVENTS], sent[EVENTS], to[EVENTS];
	size_t len[EVENTS];
	unsigned sends = 0;

	for (unsigned i = 0; i < n; i++) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

		io_uring_prep_recv(sqe, fd[i], buf[i], sizeof buf[i], MSG_DONTWAIT);
		sqe->user_data = i;
	}
	perform(got, n);
	for (unsigned i = 0; i < n; i++) {
		unsigned heads =
			got[i] > 0 ? count_heads(&loop.seen[fd[i]], buf[i], (size_t)got[i]) : 0;

		if (heads > TOGETHER || (got[i] <= 0 && got[i] != -EAGAIN)) {
			close(fd[i]);
		} else if (heads > 0) {
			struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

			to[sends] = fd[i];
			len[sends] = heads * loop.reply_len;
			io_uring_prep_send(sqe, fd[i], loop.replies, len[sends],
					   MSG_DONTWAIT | MSG_NOSIGNAL);
			sqe->user_data = sends++;
		}
	}
	if (sends == 0)
		return;
	perform(sent, sends);
	for (unsigned i = 0; i < sends; i++)
		if (sent[i] != (int)len[i])
			close(to[i]);
}
#else
static void make_ring(void)
{
}

static void serve_all(const int *fd, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!serve(fd[i]))
			close(fd[i]);
}
#endif

static void give(int fd)
{
	char *argv[] = { loop.program, NULL }, *none[] = { NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fd, 0);
	posix_spawn_file_actions_adddup2(&actions, fd, 1);
	errno = posix_spawn(&pid, loop.program, &actions, NULL, argv, none);
	if (errno != 0)
		die(loop.program);
	posix_spawn_file_actions_destroy(&actions);
	close(fd);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* Tries each newcomer at once: with -c most are answered and never meet epoll. */
static void accept_all(void)
{
	int fd, flags = loop.program ? SOCK_CLOEXEC : SOCK_NONBLOCK;

	while ((fd = accept4(loop.listener, NULL, NULL, flags)) >= 0) {
		struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

		if (loop.program) {
			give(fd);
			continue;
		}
		if (fd >= DESCRIPTORS) {
			close(fd);
			continue;
		}
		loop.seen[fd] = 0;
		if (!serve(fd) || epoll_ctl(loop.epoll, EPOLL_CTL_ADD, fd, &ev) != 0)
			close(fd);
	}
}

static unsigned listen_on(unsigned port)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct epoll_event ev = { .events = EPOLLIN };
	socklen_t len = sizeof sin;
	int yes = 1;

	loop.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (loop.listener < 0)
		die("socket");
	setsockopt(loop.listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	setsockopt(loop.listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &yes, sizeof yes);
	if (bind(loop.listener, (struct sockaddr *)&sin, sizeof sin) != 0)
		die("bind");
	if (listen(loop.listener, BACKLOG) != 0)
		die("listen");
	ev.data.fd = loop.listener;
	loop.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop.epoll < 0 || epoll_ctl(loop.epoll, EPOLL_CTL_ADD, loop.listener, &ev) != 0)
		die("epoll");
	if (getsockname(loop.listener, (struct sockaddr *)&sin, &len) != 0)
		die("getsockname");
	return ntohs(sin.sin_port);
}

/* SIGTERM is blocked but inside the wait, so that none comes unnoticed. */
static void run(const sigset_t *in_wait)
{
	struct epoll_event events[EVENTS];
	int ready[EVENTS];

	while (!stopping) {
		int n = epoll_pwait(loop.epoll, events, EVENTS, -1, in_wait);
		unsigned readies = 0;

		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;

			if (fd == loop.listener)
				accept_all();
			else
				ready[readies++] = fd;
		}
		if (readies > 0)
			serve_all(ready, readies);
	}
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = stop };
	sigset_t term, before;
	bool wrong = false;
	char *end;
	unsigned long port;

	for (int c; (c = getopt(argc, argv, "cp:")) != -1;) {
		wrong |= c == '?';
		loop.one |= c == 'c';
		loop.program = c == 'p' ? optarg : loop.program;
	}
	if (wrong || argc != optind + 1) {
		fprintf(stderr, "usage: limit [-c] [-p PROGRAM] PORT\n");
		return 2;
	}
	errno = 0;
	port = strtoul(argv[optind], &end, 10);
	if (errno != 0 || end == argv[optind] || *end != '\0' || port > 65535) {
		fprintf(stderr, "limit: PORT is a number from 0 to 65535\n");
		return 2;
	}
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	sigaction(SIGTERM, &action, NULL);
	make_reply();
	make_ring();
	printf("limit: ready on http://127.0.0.1:%u/\n", listen_on((unsigned)port));
	fflush(stdout);
	run(&before);
	return 0;
}
