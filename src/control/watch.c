/*
 * watch - looks at a server again and again, beside someone who waits for keys.
 * Thread:  its own asks; the caller's takes what it saw.
 * Owns:    a sight, until it is in the pipe; from then on whoever takes it.
 */
#include "control/watch.h"

#include "base/must.h"
#include "base/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

void rd_sight_free(struct rd_sight *sight)
{
	if (sight && sight->answered)
		rd_view_free(&sight->view);
	free(sight);
}

static bool watch_ask(const struct rd_watch *w, const char *target, struct rd_said *said)
{
	*said = (struct rd_said){ 0 };
	return rd_lane_ask(&w->lane, "GET", target, NULL, NULL, said);
}

/* A server that tells nothing of its workers is looked at without. */
static void watch_workers(const struct rd_watch *w, struct rd_view *view)
{
	struct rd_said said;

	if (watch_ask(w, "/workers", &said))
		rd_view_read_workers(view, (struct rd_span){ said.body.at, said.body.len });
	rd_buffer_free(&said.body);
}

static void watch_look(const struct rd_watch *w, struct rd_sight *sight)
{
	struct rd_said said;

	if (!watch_ask(w, "/status", &said))
		snprintf(sight->why, sizeof(sight->why), "%s", said.word);
	else if (!rd_view_read(&sight->view, (struct rd_span){ said.body.at, said.body.len }))
		snprintf(sight->why, sizeof(sight->why), "its status cannot be read");
	else
		sight->answered = true;
	rd_buffer_free(&said.body);
	if (sight->answered)
		watch_workers(w, &sight->view);
}

static void *watch_main(void *arg)
{
	struct rd_watch *w = arg;
	struct pollfd p = { .fd = w->stop, .events = POLLIN };

	do {
		struct rd_sight *sight = calloc(1, sizeof(*sight));

		if (!sight)
			continue;
		watch_look(w, sight);
		if (write(w->sights[1], &sight, sizeof(sight)) != sizeof(sight))
			rd_sight_free(sight);
	} while (poll(&p, 1, (int)(w->interval_us / 1000)) == 0);
	return NULL;
}

static void watch_close(struct rd_watch *w)
{
	close(w->sights[0]);
	close(w->sights[1]);
	close(w->stop);
}

bool rd_watch_begin(struct rd_watch *w, const struct rd_lane *lane, uint64_t interval_us)
{
	int error;

	*w = (struct rd_watch){ .lane = *lane, .interval_us = interval_us };
	if (pipe2(w->sights, O_CLOEXEC | O_NONBLOCK) != 0)
		return false;
	w->stop = eventfd(0, EFD_CLOEXEC);
	w->lane.cancel_fd = w->stop;
	error = w->stop < 0 ? errno : rd_thread_start(&w->thread, 0, watch_main, w);
	if (error == 0)
		return true;
	watch_close(w);
	errno = error;
	return false;
}

int rd_watch_fd(const struct rd_watch *w)
{
	return w->sights[0];
}

struct rd_sight *rd_watch_take(struct rd_watch *w)
{
	struct rd_sight *sight;

	return read(w->sights[0], &sight, sizeof(sight)) == sizeof(sight) ? sight : NULL;
}

void rd_watch_end(struct rd_watch *w)
{
	struct rd_sight *sight;

	eventfd_write(w->stop, 1);
	PTH(pthread_join(w->thread, NULL));
	while ((sight = rd_watch_take(w)))
		rd_sight_free(sight);
	watch_close(w);
}
