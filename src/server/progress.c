/*
 * progress - whether what is asked of the server gets anywhere, and where not.
 * Thread:  one that may wait, but for the start and the end.
 */
#include "server/progress.h"

#include "base/clock.h"
#include "server/server.h"

#include <poll.h>

bool rd_progress_prepare(struct replyd *s)
{
	struct rd_progress *p = &s->progress;

	if (!rd_pulse_init(&p->clients))
		return false;
	s->clients.acceptor.pulse_fd = p->clients.far;
	s->clients.acceptor.pulses = true;
	p->control.near = -1;
	if (s->control.listeners.count > 0) {
		if (!rd_pulse_init(&p->control))
			return false;
		s->control.group.acceptor.pulse_fd = p->control.far;
		s->control.group.acceptor.pulses = true;
	}
	p->wanted = true;
	return true;
}

void rd_progress_end(struct replyd *s)
{
	if (!s->progress.wanted)
		return;
	rd_pulse_fini(&s->progress.clients);
	rd_pulse_fini(&s->progress.control);
}

static bool progress_back(struct rd_progress *p)
{
	bool clients = rd_pulse_back(&p->clients);

	return (p->control.near < 0 || rd_pulse_back(&p->control)) && clients;
}

/* Where the clients' one is. */
static enum rd_stall progress_stall(struct replyd *s)
{
	struct rd_group_view view;
	bool moves;

	rd_server_look(s, &view);
	moves = view.popped != s->progress.popped;
	s->progress.popped = view.popped;
	if (view.workers_max == 0) /* it does not serve yet, or any more */
		return STALL_NONE;
	if (view.pulse != OWN_QUEUE && view.pulse != OWN_WORKER)
		return STALL_MAIN;
	if (moves)
		return STALL_NONE;
	return view.asleep > 0 ? STALL_QUEUE : STALL_WORKERS;
}

enum rd_stall rd_progress_await(struct replyd *s, uint64_t until_us, int stop_fd)
{
	struct rd_progress *p = &s->progress;
	struct pollfd wait[] = {
		{ .fd = stop_fd, .events = POLLIN },
		{ .fd = p->clients.near, .events = POLLIN },
		{ .fd = p->control.near, .events = POLLIN },
	};
	uint64_t now_us;

	rd_pulse_beat(&p->clients);
	if (p->control.near >= 0)
		rd_pulse_beat(&p->control);
	while (!progress_back(p) && (now_us = rd_clock_us()) < until_us) {
		wait[1].fd = p->clients.beating ? p->clients.near : -1;
		wait[2].fd = p->control.near >= 0 && p->control.beating ? p->control.near : -1;
		poll(wait, 3, (int)((until_us - now_us + 999) / 1000));
		if (wait[0].revents)
			return STALL_NONE;
	}
	if (p->clients.beating) {
		enum rd_stall stall = progress_stall(s);

		if (stall != STALL_NONE)
			return stall;
	}
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
