/*
 * progress - whether what is asked of the server gets anywhere, and where not.
 * Thread:  one that may wait, but for the start and the end.
 */
#include "server/progress.h"

#include "base/clock.h"
#include "server/bounds.h"
#include "server/server.h"

#include <poll.h>

bool rd_progress_prepare(struct replyd *s)
{
	struct rd_progress *p = &s->progress;

	for (p->mains = 0; p->mains < rd_bounds_mains(s, s->setup); p->mains++)
		if (!rd_pulse_init(&p->clients[p->mains]))
			return false;
	p->control.near = p->control.far = -1;
	if (s->control.listeners.count > 0 && !rd_pulse_init(&p->control))
		return false;
	p->wanted = true;
	return true;
}

int rd_progress_clients(const struct rd_progress *p, unsigned main)
{
	return p->wanted ? p->clients[main].far : -1;
}

int rd_progress_control(const struct rd_progress *p)
{
	return p->wanted ? p->control.far : -1;
}

void rd_progress_end(struct replyd *s)
{
	struct rd_progress *p = &s->progress;

	if (!p->wanted)
		return;
	for (unsigned i = 0; i < p->mains; i++)
		rd_pulse_fini(&p->clients[i]);
	rd_pulse_fini(&p->control);
}

static void progress_beat(struct rd_progress *p)
{
	for (unsigned i = 0; i < p->mains; i++)
		rd_pulse_beat(&p->clients[i]);
	if (p->control.near >= 0)
		rd_pulse_beat(&p->control);
}

static bool progress_back(struct rd_progress *p)
{
	bool back = p->control.near < 0 || rd_pulse_back(&p->control);

	for (unsigned i = 0; i < p->mains; i++)
		back = rd_pulse_back(&p->clients[i]) && back;
	return back;
}

/* Where the one of that main is. */
static enum rd_stall progress_stall(struct replyd *s, unsigned main)
{
	uint64_t *popped = &s->progress.popped[main];
	struct rd_group_view view;
	bool moves;

	rd_server_look_main(s, main, &view);
	moves = view.popped != *popped;
	*popped = view.popped;
	if (view.workers_max == 0) /* it does not serve yet, or any more */
		return STALL_NONE;
	if (view.pulse != OWN_QUEUE && view.pulse != OWN_WORKER)
		return STALL_MAIN;
	if (moves)
		return STALL_NONE;
	return view.asleep > 0 ? STALL_QUEUE : STALL_WORKERS;
}

/* Until something comes back by a pulse that is out. False: stop_fd is readable. */
static bool progress_wait(const struct rd_progress *p, uint64_t us, int stop_fd)
{
	struct pollfd wait[RD_MAINS + 2] = { { .fd = stop_fd, .events = POLLIN } };
	nfds_t n = 1;

	for (unsigned i = 0; i < p->mains; i++)
		if (p->clients[i].beating)
			wait[n++] = (struct pollfd){ .fd = p->clients[i].near, .events = POLLIN };
	if (p->control.near >= 0 && p->control.beating)
		wait[n++] = (struct pollfd){ .fd = p->control.near, .events = POLLIN };
	poll(wait, n, (int)((us + 999) / 1000));
	return wait[0].revents == 0;
}

enum rd_stall rd_progress_await(struct replyd *s, uint64_t until_us, int stop_fd)
{
	struct rd_progress *p = &s->progress;
	enum rd_stall stall = STALL_NONE;
	uint64_t now_us;

	progress_beat(p);
	while (!progress_back(p) && (now_us = rd_clock_us()) < until_us)
		if (!progress_wait(p, until_us - now_us, stop_fd))
			return STALL_NONE;
	for (unsigned i = 0; i < p->mains && stall == STALL_NONE; i++)
		if (p->clients[i].beating)
			stall = progress_stall(s, i);
	if (stall != STALL_NONE)
		return stall;
	return p->control.near >= 0 && p->control.beating ? STALL_CONTROL : STALL_NONE;
}

const char *rd_stall_word(enum rd_stall stall)
{
	static const char *const words[] = {
		[STALL_NONE] = "none",	     [STALL_MAIN] = "main",	  [STALL_QUEUE] = "queue",
		[STALL_WORKERS] = "workers", [STALL_CONTROL] = "control",
	};

	return words[stall];
}
