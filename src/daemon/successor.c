/*
 * successor - the new program of an upgrade, started with the listeners of this one.
 *
 *     server --descriptors, the listeners' names--> helper --clone, execve--> new program
 *     server <------------- its id, or why not ---- helper
 *
 * The server may execute nothing. The helper was forked before it gave that up, and clones with
 * CLONE_PARENT: the new program is a child of the server.
 *
 * Thread:  main makes the helper, before there are threads; one other at a time asks.
 * Owns:    the child until rd_successor_end or rd_successor_leave.
 */
#include "daemon/successor.h"

#include "server/confine.h"
#include "server/heritage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	FIRST = 3, /* SD_LISTEN_FDS_START */
	STANDARD = 3,
	OWN = STANDARD + 2, /* standard streams, the talk, the pid file */
	MOST = OWN + RD_HANDOVER_LISTENERS,
	NAMES = RD_HANDOVER_LISTENERS * RD_HERITAGE_NAME,
};

static int ask_fd = -1; /* the server's end */

/* With the descriptors: standard streams, the talk, the pid file if there is one, listeners. */
struct request {
	bool pid_file;
	unsigned listeners;
	char names[NAMES];
};

struct answer {
	pid_t pid;
	int error;
};

/* What the helper makes of it. */
struct start {
	char **argv, **environment;
	const struct request *request;
	int fd[MOST], fds; /* all above where they go to */
	char listen_pid[32], watchdog_pid[32], listen_fds[32], own[64];
	char *names;
};

static bool start_drops(const char *variable)
{
	static const char *const words[] = { "LISTEN_PID=", "LISTEN_FDS=", "LISTEN_FDNAMES=",
					     "WATCHDOG_PID=", RD_SUCCESSOR_ENV "=" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strncmp(variable, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static bool start_environment(struct start *s)
{
	unsigned listeners = s->request->listeners;
	size_t n = 0, count = 0;

	while (environ[count])
		count++;
	s->environment = calloc(count + 6, sizeof(char *));
	if (!s->environment || asprintf(&s->names, "LISTEN_FDNAMES=%s", s->request->names) < 0)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!start_drops(environ[i]))
			s->environment[n++] = environ[i];
	snprintf(s->listen_fds, sizeof(s->listen_fds), "LISTEN_FDS=%u", listeners);
	snprintf(s->own, sizeof(s->own), RD_SUCCESSOR_ENV "=%u %d", FIRST + listeners,
		 s->request->pid_file ? (int)(FIRST + listeners + 1) : -1);
	s->environment[n++] = s->listen_fds;
	s->environment[n++] = s->names;
	s->environment[n++] = s->listen_pid;
	s->environment[n++] = s->own;
	if (getenv("WATCHDOG_PID"))
		s->environment[n++] = s->watchdog_pid;
	return true;
}

/* Copies above all places that they go to. */
static bool start_copies(struct start *s, const int *fd, int fds)
{
	while (s->fds < fds) {
		int copy = fcntl(fd[s->fds], F_DUPFD_CLOEXEC, MOST + FIRST);

		if (copy < 0)
			return false;
		s->fd[s->fds++] = copy;
	}
	return true;
}

/* Each to its place, and nothing else stays open. */
static void start_places(const struct start *s)
{
	int own = s->request->pid_file ? OWN : OWN - 1, listeners = (int)s->request->listeners;

	for (int i = 0; i < STANDARD; i++)
		dup2(s->fd[i], i);
	for (int i = 0; i < listeners; i++)
		dup2(s->fd[own + i], FIRST + i);
	for (int i = STANDARD; i < own; i++)
		dup2(s->fd[i], listeners + i);
	syscall(SYS_close_range, listeners + own, ~0U, CLOSE_RANGE_CLOEXEC);
}

/* In the child. */
static _Noreturn void start_exec(struct start *s)
{
	sigset_t kept;
	unsigned char error;

	snprintf(s->listen_pid, sizeof(s->listen_pid), "LISTEN_PID=%ld", (long)getpid());
	snprintf(s->watchdog_pid, sizeof(s->watchdog_pid), "WATCHDOG_PID=%ld", (long)getpid());
	start_places(s);
	sigemptyset(&kept);
	sigaddset(&kept, SIGUSR2); /* until it is waited for, it would end the new program */
	sigprocmask(SIG_SETMASK, &kept, NULL);
	rd_confine_hand_down();
	execve(s->argv[0], s->argv, s->environment);
	error = (unsigned char)errno;
	send(s->fd[STANDARD], &error, 1, MSG_NOSIGNAL);
	_exit(127);
}

static void start_free(struct start *s)
{
	while (s->fds > 0)
		close(s->fd[--s->fds]);
	free(s->names);
	free(s->environment);
}

static struct answer helper_start(const struct request *request, const int *fd, int fds,
				  char **argv)
{
	struct start s = { .argv = argv, .request = request };
	struct answer answer = { .pid = -1, .error = EINVAL };

	if (fds == OWN - 1 + request->pid_file + (int)request->listeners) {
		if (start_environment(&s) && start_copies(&s, fd, fds))
			answer.pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
		answer.error = answer.pid < 0 ? errno : 0;
		if (answer.pid == 0)
			start_exec(&s);
	}
	start_free(&s);
	return answer;
}

/* One that asks; false at the end of the server. */
static bool helper_serve(int from, struct request *request, char **argv)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(MOST * sizeof(int))];
	struct iovec part = { request, sizeof(*request) };
	struct msghdr m = { .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(from, &m, MSG_CMSG_CLOEXEC);
	const struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	struct answer answer;
	int fd[MOST], fds;

	if (n <= 0 || !c)
		return n < 0 && errno == EINTR;
	fds = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	memcpy(fd, CMSG_DATA(c), (size_t)fds * sizeof(int));
	request->names[NAMES - 1] = '\0';
	answer = helper_start(request, fd, fds, argv);
	while (fds > 0)
		close(fd[--fds]);
	return send(from, &answer, sizeof(answer), MSG_NOSIGNAL) == sizeof(answer);
}

/* It ends with the server, and by no signal that is meant for it; it holds nothing of it. */
static _Noreturn void helper_main(int from, char **argv)
{
	struct request *request = malloc(sizeof(*request));
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	prctl(PR_SET_NAME, "replyd-starter", 0, 0, 0);
	for (int i = 0; i < STANDARD; i++)
		dup2(null, i);
	if (from != FIRST)
		dup3(from, FIRST, O_CLOEXEC);
	syscall(SYS_close_range, FIRST + 1, ~0U, 0);
	while (request && helper_serve(FIRST, request, argv))
		;
	_exit(0);
}

bool rd_successor_prepare(char **argv)
{
	int pair[2], room = 2 * (int)sizeof(struct request);
	pid_t pid = -1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	if (setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)) == 0)
		pid = fork();
	if (pid == 0)
		helper_main(pair[1], argv);
	close(pair[1]);
	ask_fd = pair[0];
	return pid > 0;
}

static bool successor_ask(const struct rd_handover *h, int talk, int pid_fd)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(MOST * sizeof(int))] = { 0 };
	struct request request = { .pid_file = pid_fd >= 0, .listeners = (unsigned)h->count };
	size_t used = offsetof(struct request, names) + strlen(h->names) + 1;
	int fd[MOST] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, talk, pid_fd };
	size_t fds = pid_fd >= 0 ? OWN : OWN - 1;
	struct iovec part = { &request, used };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control };
	struct cmsghdr *c = (struct cmsghdr *)control;

	snprintf(request.names, sizeof(request.names), "%s", h->names);
	memcpy(fd + fds, h->fd, h->count * sizeof(int));
	fds += h->count;
	m.msg_controllen = CMSG_SPACE(fds * sizeof(int));
	*c = (struct cmsghdr){ CMSG_LEN(fds * sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(c), fd, fds * sizeof(int));
	return sendmsg(ask_fd, &m, MSG_NOSIGNAL) >= 0;
}

static bool successor_hear(struct answer *answer)
{
	ssize_t n;

	while ((n = recv(ask_fd, answer, sizeof(*answer), 0)) < 0 && errno == EINTR)
		;
	if (n != sizeof(*answer))
		answer->error = n < 0 ? errno : EPIPE; /* the helper is gone */
	errno = answer->error;
	return answer->error == 0;
}

bool rd_successor_start(struct rd_successor *n, const struct rd_handover *h, int pid_fd)
{
	struct answer answer = { .pid = -1 };
	int pair[2], error;
	bool started;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	started = successor_ask(h, pair[1], pid_fd) && successor_hear(&answer);
	error = errno;
	*n = (struct rd_successor){ .pid = answer.pid, .fd = pair[0] };
	close(pair[1]);
	if (!started)
		close(pair[0]);
	errno = error;
	return started;
}

int rd_successor_end(struct rd_successor *n, int patience_ms)
{
	struct pollfd ended = { .fd = (int)syscall(SYS_pidfd_open, n->pid, 0), .events = POLLIN };
	int status = 0;

	close(n->fd);
	if (ended.fd >= 0) {
		poll(&ended, 1, patience_ms);
		close(ended.fd);
	}
	kill(n->pid, SIGKILL); /* a child that was not waited for: nobody else has its id */
	while (waitpid(n->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

void rd_successor_leave(struct rd_successor *n)
{
	close(n->fd);
}
