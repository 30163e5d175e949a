/*
 * top - a server, live: what is seen of it, keys and signals come in, the screen goes out.
 * Thread:  main.
 */
#include "control/top.h"

#include "base/tty.h"
#include "control/paint.h"
#include "control/screen.h"
#include "control/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct top {
	struct rd_watch watch;
	struct rd_scene scene;
	struct rd_canvas canvas;
	struct rd_sight *now, *before, *failed; /* NULL: none */
	int signals;
	sigset_t masked; /* as it was */
	int rows, cols;
	int ended_by; /* a signal; 0: none */
	bool done;
};

/* The terminal may go, too: then there is nobody to look. */
static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH };

static bool top_catch(struct top *t)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(caught) / sizeof(*caught); i++)
		sigaddset(&set, caught[i]);
	sigprocmask(SIG_BLOCK, &set, &t->masked);
	t->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return t->signals >= 0;
}

static void top_signals(struct top *t)
{
	struct signalfd_siginfo info;

	while (read(t->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGWINCH) {
			rd_screen_size(&t->rows, &t->cols);
			continue;
		}
		t->ended_by = (int)info.ssi_signo;
		t->done = true;
	}
}

/* Of a server that was started anew nothing can be told by what the one before had counted. */
static void top_answered(struct top *t, struct rd_sight *sight)
{
	rd_sight_free(t->failed);
	t->failed = NULL;
	rd_sight_free(t->before);
	t->before = t->now;
	t->now = sight;
	if (t->before && t->before->view.pid != sight->view.pid) {
		rd_sight_free(t->before);
		t->before = NULL;
	}
}

static void top_sights(struct top *t)
{
	struct rd_sight *sight;

	while ((sight = rd_watch_take(&t->watch))) {
		if (t->scene.taste.paused && t->now) {
			rd_sight_free(sight);
		} else if (sight->answered) {
			top_answered(t, sight);
		} else {
			rd_sight_free(t->failed);
			t->failed = sight;
		}
	}
}

static void top_keys(struct top *t, short events)
{
	unsigned stages = t->now ? t->now->view.stages : 0;
	int key = -1;

	while (!t->done && (key = rd_screen_key()) >= 0)
		t->done = !rd_taste_key(&t->scene.taste, key, stages, rd_paint_page(t->rows));
	if (events & (POLLHUP | POLLERR | POLLNVAL))
		t->done = true;
}

static void top_show(struct top *t)
{
	t->scene.now = t->now ? &t->now->view : NULL;
	t->scene.before = t->before ? &t->before->view : NULL;
	t->scene.why = t->failed ? t->failed->why : NULL;
	if (!rd_canvas_clear(&t->canvas, t->rows, t->cols))
		return;
	rd_paint(&t->canvas, &t->scene);
	rd_screen_show(&t->canvas);
}

static void top_loop(struct top *t)
{
	struct pollfd p[] = { { .fd = STDIN_FILENO, .events = POLLIN },
			      { .fd = rd_watch_fd(&t->watch), .events = POLLIN },
			      { .fd = t->signals, .events = POLLIN } };

	rd_screen_size(&t->rows, &t->cols);
	while (!t->done) {
		top_show(t);
		if (poll(p, 3, -1) < 0)
			continue;
		top_signals(t);
		top_sights(t);
		top_keys(t, p[0].revents);
	}
}

/* What ended it ends the program as it does any. */
static void top_release(struct top *t)
{
	close(t->signals);
	if (t->ended_by) {
		signal(t->ended_by, SIG_DFL);
		raise(t->ended_by);
	}
	sigprocmask(SIG_SETMASK, &t->masked, NULL);
}

bool rd_top_run(const struct rd_lane *lane, uint64_t interval_us, const char **why)
{
	struct top t = { .scene = { .address = lane->name,
				    .taste = { .quantile = QUANTILE_P99 } } };

	if (!top_catch(&t) || !rd_watch_begin(&t.watch, lane, interval_us)) {
		*why = strerror(errno);
		return false;
	}
	if (!rd_screen_begin(rd_tty_colour(STDOUT_FILENO), why)) {
		rd_watch_end(&t.watch);
		return false;
	}
	top_loop(&t);
	rd_screen_end();
	rd_watch_end(&t.watch);
	rd_sight_free(t.now);
	rd_sight_free(t.before);
	rd_sight_free(t.failed);
	rd_canvas_free(&t.canvas);
	top_release(&t);
	return true;
}
