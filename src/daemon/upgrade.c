/*
 * upgrade - SIGUSR2: the new program serves in place of this one, and no connection is refused.
 * Thread:  one of its own, which waits for the signal and for the new program; main before that.
 * Owns:    the new program until it serves.
 *
 * The talk, on a socket: the new one says 0 when it could serve; this one says 0 when it is to, and
 * closes its end when all that speaks of a process speaks of that one. Either's end before that
 * is the end of the upgrade: the new one has served nobody then.
 */
#include "daemon/upgrade.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/thread.h"
#include "daemon/notify.h"
#include "daemon/pidfile.h"
#include "daemon/successor.h"
#include "server/server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LOOK_MS = 50,	    /* between two looks at whether the server ends */
	PATIENCE_MS = 2000, /* for a program that has closed its end of the talk */
};

static struct {
	char **argv, *file;	    /* as this process was started; argv[0] is file */
	int elder_fd, elder_pid_fd; /* of the server before this one; -1: there is none */
	int asked_fd, stop_fd;	    /* the signal has come; no more upgrades */
	pthread_t thread;
	bool started;
	_Atomic pid_t heir; /* has this one's place; 0: nobody */
} upgrade = { .elder_fd = -1, .elder_pid_fd = -1 };

static bool upgrade_close_on_exec(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static void upgrade_take_elder(void)
{
	const char *said = getenv(RD_SUCCESSOR_ENV);
	int fd, pid_fd;

	if (said && sscanf(said, "%d %d", &fd, &pid_fd) == 2 && upgrade_close_on_exec(fd)) {
		upgrade.elder_fd = fd;
		if (pid_fd >= 0 && upgrade_close_on_exec(pid_fd))
			upgrade.elder_pid_fd = pid_fd;
	}
	unsetenv(RD_SUCCESSOR_ENV);
}

static sigset_t upgrade_set(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return set;
}

/* The file that `name` was started by, as the shell finds it; NULL: no memory. */
static char *upgrade_find(const char *name)
{
	const char *path = getenv("PATH");
	char *file = NULL;

	while (path && *path && !strchr(name, '/')) {
		size_t len = strcspn(path, ":");

		if (asprintf(&file, "%.*s/%s", (int)len, path, name) < 0)
			return NULL;
		if (access(file, X_OK) == 0)
			return file;
		free(file);
		path += len + (path[len] == ':');
	}
	return strdup(name);
}

bool rd_upgrade_begin(int argc, char **argv)
{
	sigset_t set = upgrade_set();

	PTH(pthread_sigmask(SIG_BLOCK, &set, NULL));
	upgrade_take_elder();
	upgrade.argv = calloc((size_t)argc + 1, sizeof(char *));
	if (!upgrade.argv)
		return false;
	memcpy(upgrade.argv, argv, (size_t)argc * sizeof(char *)); /* getopt changes the other */
	upgrade.file = upgrade_find(argv[0]);
	upgrade.argv[0] = upgrade.file;
	return upgrade.file;
}

static bool upgrade_prepare(void)
{
	return rd_successor_prepare(upgrade.argv);
}

void rd_upgrade_prepare(struct replyd *server)
{
	server->confine.helper = upgrade_prepare;
}

bool rd_upgrade_succeeds(void)
{
	return upgrade.elder_fd >= 0;
}

int rd_upgrade_pid_fd(void)
{
	return upgrade.elder_pid_fd;
}

static ssize_t upgrade_hear(int fd, unsigned char *byte)
{
	ssize_t n;

	while ((n = recv(fd, byte, 1, 0)) < 0 && errno == EINTR)
		;
	return n;
}

static bool upgrade_say(int fd)
{
	return send(fd, "", 1, MSG_NOSIGNAL) == 1;
}

bool rd_upgrade_ready(struct replyd *server)
{
	unsigned char byte;
	bool given;

	if (upgrade.elder_fd < 0)
		return true;
	given = upgrade_say(upgrade.elder_fd) && upgrade_hear(upgrade.elder_fd, &byte) == 1;
	if (given)
		upgrade_hear(upgrade.elder_fd, &byte); /* its end */
	close(upgrade.elder_fd);
	upgrade.elder_fd = -1;
	if (!given)
		return false;
	rd_handover_accept(server);
	rd_pidfile_own();
	return true;
}

/* The new one serves from here on. False: it has gone. */
static bool upgrade_commit(void *arg)
{
	const struct rd_successor *n = arg;

	if (!upgrade_say(n->fd))
		return false;
	rd_pidfile_give(n->pid);
	rd_notify("MAINPID=%ld", (long)n->pid);
	atomic_store(&upgrade.heir, n->pid);
	return true;
}

/* Why it ended by itself. */
static void upgrade_complain(int status)
{
	bool killed = WIFSIGNALED(status);

	rd_log("upgrade: the new program ended %s %d before it was ready; this one serves on",
	       killed ? "by signal" : "with status",
	       killed ? WTERMSIG(status) : WEXITSTATUS(status));
}

/* It has said something. True: that is all; false: once more, a reload came between. */
static bool upgrade_heard(struct replyd *server, const struct rd_handover *h,
			  struct rd_successor *n)
{
	unsigned char byte = 0;

	if (upgrade_hear(n->fd, &byte) != 1) {
		upgrade_complain(rd_successor_end(n, PATIENCE_MS));
		return true;
	}
	if (byte != 0) {
		rd_successor_end(n, PATIENCE_MS);
		rd_log("upgrade: %s cannot be started: %s; this one serves on", upgrade.argv[0],
		       strerror(byte));
		return true;
	}
	switch (rd_handover_give(server, h, upgrade_commit, n)) {
	case RD_HANDOVER_DONE:
		rd_log_note("upgrade: process %ld serves; this one finishes what is in flight",
			    (long)n->pid);
		rd_successor_leave(n);
		return true;
	case RD_HANDOVER_CHANGED:
		rd_successor_end(n, 0);
		return false;
	case RD_HANDOVER_REFUSED:
		upgrade_complain(rd_successor_end(n, PATIENCE_MS));
		return true;
	default:
		rd_successor_end(n, 0);
		return true;
	}
}

static void upgrade_refuse(pid_t pid, const char *why)
{
	struct signalfd_siginfo info;

	if (read(upgrade.asked_fd, &info, sizeof(info)) == sizeof(info))
		rd_log("upgrade: not once more: process %ld %s", (long)pid, why);
}

/* True: it is over, so or so; false: the new program is to be started anew. */
static bool upgrade_wait(struct replyd *server, const struct rd_handover *h, struct rd_successor *n)
{
	uint64_t until_us = rd_clock_us() + h->ready_us;
	struct pollfd fds[] = { { n->fd, POLLIN, 0 },
				{ upgrade.asked_fd, POLLIN, 0 },
				{ upgrade.stop_fd, POLLIN, 0 } };

	for (;;) {
		poll(fds, 3, LOOK_MS);
		if (fds[2].revents || rd_handover_stopping(server)) {
			rd_successor_end(n, 0);
			rd_log("upgrade: given up, since the server is to stop");
			return true;
		}
		if (fds[0].revents)
			return upgrade_heard(server, h, n);
		if (fds[1].revents)
			upgrade_refuse(n->pid, "is about to take over");
		if (rd_clock_us() >= until_us) {
			rd_successor_end(n, 0);
			rd_log("upgrade: the new program was not ready in %llu ms and was ended; "
			       "this one serves on",
			       (unsigned long long)h->ready_us / 1000);
			return true;
		}
	}
}

/* One try. False: once more. */
static bool upgrade_try(struct replyd *server)
{
	struct rd_handover h;
	struct rd_successor n;
	bool over = true;

	if (!rd_handover_take(server, &h)) {
		rd_log("upgrade: the listeners cannot be passed: %s", strerror(errno));
		return true;
	}
	if (rd_successor_start(&n, &h, rd_pidfile_fd()))
		over = upgrade_wait(server, &h, &n);
	else
		rd_log("upgrade: no process for it: %s", strerror(errno));
	rd_handover_free(&h);
	return over;
}

static void *upgrade_main(void *server)
{
	struct pollfd fds[] = { { upgrade.asked_fd, POLLIN, 0 }, { upgrade.stop_fd, POLLIN, 0 } };
	struct signalfd_siginfo info;

	for (;;) {
		poll(fds, 2, -1);
		if (fds[1].revents)
			return NULL;
		if (atomic_load(&upgrade.heir)) {
			upgrade_refuse(atomic_load(&upgrade.heir), "serves already");
			continue;
		}
		if (read(upgrade.asked_fd, &info, sizeof(info)) != sizeof(info))
			continue;
		while (!upgrade_try(server))
			;
	}
}

bool rd_upgrade_start(struct replyd *server)
{
	sigset_t set = upgrade_set();
	int error;

	upgrade.asked_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	upgrade.stop_fd = upgrade.asked_fd < 0 ? -1 : eventfd(0, EFD_CLOEXEC);
	if (upgrade.stop_fd < 0)
		return false;
	error = rd_thread_start(&upgrade.thread, 0, upgrade_main, server);
	upgrade.started = error == 0;
	errno = error;
	return upgrade.started;
}

void rd_upgrade_stop(void)
{
	uint64_t one = 1;

	if (!upgrade.started)
		return;
	MUST(write(upgrade.stop_fd, &one, sizeof(one)) == sizeof(one));
	PTH(pthread_join(upgrade.thread, NULL));
	close(upgrade.asked_fd);
	close(upgrade.stop_fd);
	upgrade.started = false;
}

void rd_upgrade_free(void)
{
	free(upgrade.argv);
	free(upgrade.file);
}

bool rd_upgrade_pass(int number)
{
	pid_t heir = atomic_load(&upgrade.heir);

	if (!heir || kill(heir, number) != 0)
		return false;
	rd_log_note("upgrade: signal %d is passed on to process %ld", number, (long)heir);
	return true;
}
