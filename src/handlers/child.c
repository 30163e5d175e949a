/*
 * child - a program at work for one exchange.
 *
 *     runs --> ended                           its output is read to the end
 *     runs --> terminated --> killed --> ended its time is over, its client left, it closed its
 *                                              output and went on, or what it wrote was refused
 *     ended --> killed                         what it started holds its output
 *
 * Thread:  the worker's, which waits in poll for the program and for nothing else.
 * Owns:    the process and its process group until it is reaped; three pipes.
 * Never:   waits without a limit once the exchange is cancelled or the program has ended.
 */
#include "handlers/child.h"

#include "base/clock.h"
#include "handlers/log_lines.h"
#include "handlers/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	GRACE_US = 750 * 1000, /* less than the second that a server waits for its workers */
	FLUSH_US = 10 * 1000,  /* what was written is not sent later */
	LOOK_MS = 500,	       /* for a cancel that no descriptor shows ... */
	WAIT_MS = 60 * 1000,   /* ... and where one does */
	READ = 32 * 1024,
};

enum { IN, OUT, ERR, END, CANCEL, POLLED };

struct run {
	struct rd_child *c;
	struct pollfd p[POLLED]; /* our ends; -1 where it is closed */
	pid_t pid;
	int pidfd;
	size_t written;	   /* of c->in */
	uint64_t until_us; /* of the grace; 0: there is none */
	uint64_t flush_us; /* when what was taken is to be sent; 0: all is */
	bool terminated;   /* SIGTERM was sent ... */
	bool killed;	   /* ... and SIGKILL */
	bool ended;	   /* it is not reaped, so that its group is still its own ... */
	bool gone;	   /* ... unless who ignores SIGCHLD had it reaped */
	enum rd_child_end end;
	struct rd_log_lines errors;
};

static void run_close(struct run *r, int which)
{
	if (r->p[which].fd >= 0)
		close(r->p[which].fd);
	r->p[which].fd = -1;
}

/* To all of its group. */
static void run_signal(const struct run *r, int number)
{
	if (!r->gone)
		kill(-r->pid, number);
}

static void run_terminate(struct run *r)
{
	r->terminated = true;
	run_signal(r, SIGTERM);
	run_signal(r, SIGCONT); /* a stopped one ends, too */
	r->until_us = rd_clock_us() + GRACE_US;
}

/* It is to end, for the first reason that there is. */
static void run_end(struct run *r, enum rd_child_end why)
{
	if (r->end != CHILD_ENDED && r->end != CHILD_LINGERED)
		return;
	r->end = why;
	if (!r->terminated && !r->ended)
		run_terminate(r);
}

static void run_output(struct run *r, const char *bytes, size_t len)
{
	if (r->end != CHILD_ENDED) /* nobody wants it any more */
		return;
	if (!r->c->output(r->c->owner, bytes, len))
		run_end(r, CHILD_REFUSED);
	else if (!r->flush_us)
		r->flush_us = rd_clock_us() + FLUSH_US;
}

static void run_read(struct run *r, int which)
{
	char bytes[READ];
	ssize_t n = read(r->p[which].fd, bytes, sizeof(bytes));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && which == ERR) {
		rd_log_lines_take(&r->errors, bytes, (size_t)n);
	} else if (n > 0) {
		run_output(r, bytes, (size_t)n);
	} else {
		run_close(r, which);
		if (which == OUT && !r->ended && !r->until_us)
			r->until_us = rd_clock_us() + GRACE_US;
	}
}

static void run_write(struct run *r)
{
	struct rd_span in = r->c->in;
	ssize_t n = write(r->p[IN].fd, in.at + r->written, in.len - r->written);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		r->written += (size_t)n;
	if (n < 0 || r->written == in.len) /* it may read as little as it likes */
		run_close(r, IN);
}

static void run_ended(struct run *r)
{
	siginfo_t info = { 0 };

	r->gone = waitid(P_PIDFD, (id_t)r->pidfd, &info, WEXITED | WNOHANG | WNOWAIT) != 0;
	if (!r->gone && info.si_pid == 0)
		return;
	r->ended = true;
	r->p[END].fd = -1;
	run_close(r, IN);
	r->until_us = rd_clock_us() + GRACE_US; /* for what it left behind with its pipes */
}

static void run_grace_over(struct run *r)
{
	r->until_us = 0;
	if (!r->terminated && !r->ended) { /* its output is closed */
		run_end(r, CHILD_LINGERED);
		return;
	}
	run_signal(r, SIGKILL);
	if (!r->killed && !r->ended)
		r->until_us = rd_clock_us() + GRACE_US;
	r->killed = true;
	if (r->until_us)
		return;
	run_close(r, OUT); /* nobody keeps us waiting any more */
	run_close(r, ERR);
}

static bool run_goes_on(const struct run *r)
{
	return !r->ended || r->p[OUT].fd >= 0 || r->p[ERR].fd >= 0;
}

static uint64_t run_deadline(const struct run *r)
{
	return r->end == CHILD_ENDED && !r->ended ? r->c->x->deadline_us : 0;
}

static uint64_t run_sooner(uint64_t a, uint64_t b)
{
	return a && (!b || a < b) ? a : b;
}

/* Milliseconds until there is something to do though nothing happens. */
static int run_timeout(const struct run *r)
{
	int most = r->end == CHILD_ENDED && r->p[CANCEL].fd < 0 ? LOOK_MS : WAIT_MS;
	uint64_t until = run_sooner(r->until_us, run_sooner(r->flush_us, run_deadline(r)));
	uint64_t now = rd_clock_us();

	if (!until || until > now + (uint64_t)most * 1000)
		return most;
	return until > now ? (int)((until - now + 999) / 1000) : 0;
}

static void run_clock(struct run *r)
{
	uint64_t now = rd_clock_us(), deadline_us = run_deadline(r);

	if (deadline_us && now >= deadline_us)
		run_end(r, CHILD_LATE);
	if (r->end == CHILD_ENDED && r->flush_us && now >= r->flush_us) {
		r->flush_us = 0;
		r->c->flush(r->c->owner);
	}
	if (r->until_us && now >= r->until_us)
		run_grace_over(r);
}

static void run_cancel(struct run *r)
{
	uint64_t deadline_us = run_deadline(r);

	if (r->end == CHILD_ENDED && replyd_cancelled(r->c->x))
		run_end(r,
			deadline_us && rd_clock_us() >= deadline_us ? CHILD_LATE : CHILD_CANCELLED);
}

static void run_turn(struct run *r)
{
	bool look = r->p[CANCEL].fd < 0; /* there is none that shows it */

	if (poll(r->p, POLLED, run_timeout(r)) < 0)
		return;
	if (r->p[IN].revents)
		run_write(r);
	if (r->p[OUT].revents)
		run_read(r, OUT);
	if (r->p[ERR].revents)
		run_read(r, ERR);
	if (r->p[END].revents)
		run_ended(r);
	run_clock(r);
	if (look || r->p[CANCEL].revents)
		run_cancel(r);
	if (r->end != CHILD_ENDED) {
		r->p[CANCEL].fd = -1;
		r->flush_us = 0;
	}
}

static bool run_pipe(int *ours, int *its, bool we_write)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) != 0)
		return false;
	*ours = p[we_write];
	*its = p[!we_write];
	return fcntl(*ours, F_SETFL, O_NONBLOCK) == 0;
}

/* What it has as its descriptors: pipes to us, a file, or the client itself. */
static bool run_descriptors(struct run *r, int its[3])
{
	struct rd_child *c = r->c;

	if (!run_pipe(&r->p[ERR].fd, &its[2], false))
		return false;
	if (c->socket >= 0) {
		its[0] = its[1] = c->socket;
		return true;
	}
	if (!run_pipe(&r->p[OUT].fd, &its[1], false))
		return false;
	if (c->in_file >= 0) {
		its[0] = c->in_file;
		return lseek(c->in_file, 0, SEEK_SET) == 0;
	}
	if (c->in.len > 0)
		return run_pipe(&r->p[IN].fd, &its[0], true);
	its[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return its[0] >= 0;
}

static bool run_start(struct run *r)
{
	struct rd_child *c = r->c;
	const char *step = "its descriptors";
	int its[3] = { -1, -1, -1 }, error;
	bool started = false;

	if (run_descriptors(r, its)) {
		c->spawn.in = its[0];
		c->spawn.out = its[1];
		c->spawn.err = its[2];
		r->pid = rd_spawner_spawn(&c->spawn, &r->pidfd, &step);
		started = r->pid > 0;
	}
	error = errno;
	for (int i = 0; i < 3; i++)
		if (its[i] >= 0 && its[i] != c->socket && its[i] != c->in_file)
			close(its[i]);
	if (!started)
		replyd_log(c->x, "%s: %s: %s", c->spawn.argv[0], step, strerror(error));
	errno = error;
	return started;
}

/* What of its group holds none of its pipes may stay, unless it was to end. */
static int run_reap(struct run *r)
{
	siginfo_t info = { .si_code = CLD_EXITED };

	if (r->terminated)
		run_signal(r, SIGKILL);
	waitid(P_PIDFD, (id_t)r->pidfd, &info, WEXITED);
	close(r->pidfd);
	return info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
}

enum rd_child_end rd_child_run(struct rd_child *c, int *status)
{
	struct run r = { .c = c, .pidfd = -1, .errors = { .x = c->x, .who = c->spawn.argv[0] } };
	int error;

	for (int i = 0; i < POLLED; i++)
		r.p[i] = (struct pollfd){ .fd = -1, .events = i == IN ? POLLOUT : POLLIN };
	*status = 0;
	if (run_start(&r)) {
		r.p[END].fd = r.pidfd;
		r.p[CANCEL].fd = rd_exchange_cancel_fd(c->x);
		while (run_goes_on(&r))
			run_turn(&r);
		rd_log_lines_end(&r.errors);
		*status = run_reap(&r);
	} else {
		r.end = CHILD_FAILED;
	}
	error = errno;
	for (int i = IN; i <= ERR; i++)
		run_close(&r, i);
	errno = error;
	return r.end;
}
