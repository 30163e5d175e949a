/*
 * loader - begins requests when they are due, whatever became of those before.
 *
 * A connection is free, in a ring, or under way, in a list by the time that its request was due:
 * the first of the list is the first that is given up. A request that is due while no connection
 * is free waits as a number: `next` is the first that was not begun.
 *
 * Thread:  the only one.
 * Waits:   for events, or until the next request is due.
 */
#include "client/loader.h"

#include "base/clock.h"
#include "client/meter.h"
#include "client/schedule.h"
#include "client/shot.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	EVENTS = 256,
	OTHERS = 16,	    /* descriptors that are no connections */
	LATE_US = 1000,	    /* that replyc may be behind without saying so */
	LOOK_US = 100000,   /* to see a signal that came between a look and the wait */
	GRACE_US = 1000000, /* after the end, for what was due and had no connection yet */
};

struct run {
	const struct rd_loader *loader;
	struct rd_loaded *loaded;
	struct rd_schedule schedule;
	uint64_t now_us, counted_us;
	struct rd_meter meter;
	uint64_t told_us, told; /* when it showed something last, and how many replies there were */
	uint64_t total, next;	/* with a rate: of all requests, the first that was not begun */
	bool all_begun;		/* nothing that was due waited, when looked last */
	bool ended;		/* nothing comes due any more */
	unsigned flying;	/* under way */
	struct rd_shot *first, *last;
	struct rd_shot **ring; /* those that are free, from `head` on */
	unsigned head, free;
	struct rd_shot *shot; /* all */
	struct rd_shots shots;
};

static volatile sig_atomic_t interrupted;

static void loader_interrupt(int signo)
{
	(void)signo;
	interrupted = 1;
}

static void loader_free(struct run *r, struct rd_shot *shot)
{
	r->ring[(r->head + r->free) % r->loader->connections] = shot;
	r->free++;
}

static struct rd_shot *loader_take(struct run *r)
{
	struct rd_shot *shot = r->ring[r->head];

	r->head = (r->head + 1) % r->loader->connections;
	r->free--;
	return shot;
}

static void loader_launch(struct run *r, struct rd_shot *shot)
{
	shot->before = r->last;
	shot->after = NULL;
	*(r->last ? &r->last->after : &r->first) = shot;
	r->last = shot;
	r->flying++;
}

static void loader_land(struct run *r, struct rd_shot *shot)
{
	*(shot->before ? &shot->before->after : &r->first) = shot->after;
	*(shot->after ? &shot->after->before : &r->last) = shot->before;
	r->flying--;
	loader_free(r, shot);
}

static bool loader_counts(const struct run *r, uint64_t due_us)
{
	return due_us >= r->counted_us;
}

/* Where in the time line what comes now is counted; NULL: it is too late for it. */
static struct rd_slice *loader_slice(struct run *r, uint64_t now_us)
{
	if (r->ended)
		return NULL;
	if (now_us >= r->schedule.end_us)
		now_us = r->schedule.end_us - 1;
	return rd_timeline_at(&r->loaded->timeline, now_us - r->counted_us);
}

static void loader_reply(struct run *r, int status, uint64_t due_us, uint64_t now_us)
{
	struct rd_slice *slice = loader_slice(r, now_us);

	rd_tally_reply(&r->loaded->tally, status, now_us - due_us);
	if (slice && status < 400)
		rd_histogram_record(&slice->good_us, now_us - due_us);
	else if (slice)
		slice->bad++;
}

static void loader_fail(struct run *r, enum rd_load_failure failure, int error, uint64_t now_us)
{
	struct rd_slice *slice = loader_slice(r, now_us);

	rd_tally_fail(&r->loaded->tally, failure, error);
	if (slice)
		slice->failed++;
}

/* What came of one that is under way. */
static void loader_outcome(struct run *r, struct rd_shot *shot, enum rd_shot_outcome outcome,
			   const struct rd_shot_why *why)
{
	struct rd_tally *t = &r->loaded->tally;
	uint64_t now_us;

	if (outcome == SHOT_WAITS)
		return;
	loader_land(r, shot);
	if (!loader_counts(r, shot->due_us))
		return;
	t->all.sent_bytes += shot->sent;
	t->all.received_bytes += shot->received;
	now_us = rd_clock_us();
	if (outcome == SHOT_REPLIED && now_us - shot->due_us < r->loader->patience_us)
		loader_reply(r, shot->answer.status, shot->due_us, now_us);
	else if (outcome == SHOT_REPLIED) /* its user had left before replyc could look */
		loader_fail(r, r->loader->impatience, 0, now_us);
	else
		loader_fail(r, why->failure, why->error, now_us);
}

/* `free_before`: a connection was there when it came due, so that nobody but replyc is late. */
static void loader_begin(struct run *r, uint64_t due_us, bool free_before)
{
	struct rd_tally *t = &r->loaded->tally;
	struct rd_shot *shot = loader_take(r);
	struct rd_shot_why why;
	uint64_t late_us = r->now_us - due_us;

	if (loader_counts(r, due_us)) {
		t->all.asked++;
		if (free_before && late_us > LATE_US)
			t->late++;
		if (free_before && late_us > t->latest_us)
			t->latest_us = late_us;
	}
	shot->due_us = due_us;
	loader_launch(r, shot);
	loader_outcome(r, shot, rd_shot_begin(&r->shots, shot, &why), &why);
}

/* Those that no connection was free for until it was too late. */
static void loader_expire_waiting(struct run *r, uint64_t due)
{
	for (; r->next < due; r->next++) {
		uint64_t due_us = rd_schedule_due(&r->schedule, r->next);

		if (due_us + r->loader->patience_us > r->now_us)
			break;
		if (loader_counts(r, due_us))
			loader_fail(r, r->loader->impatience, 0, r->now_us);
	}
}

/* At most as many as are free now: one that fails at once is not used again in this pass. */
static void loader_begin_due(struct run *r)
{
	uint64_t due = rd_schedule_count(&r->schedule, r->now_us);

	loader_expire_waiting(r, due);
	for (unsigned free = r->free; free > 0 && r->next < due; free--, r->next++)
		loader_begin(r, rd_schedule_due(&r->schedule, r->next), r->all_begun);
	r->all_begun = r->next >= due && r->free > 0;
}

static void loader_begin_free(struct run *r)
{
	for (unsigned free = r->free; free > 0; free--)
		loader_begin(r, r->now_us, false);
}

static void loader_expire(struct run *r)
{
	const struct rd_shot_why why = { r->loader->impatience, 0 };

	while (r->first && r->first->due_us + r->loader->patience_us <= r->now_us) {
		struct rd_shot *shot = r->first;

		rd_shot_close(shot);
		loader_outcome(r, shot, SHOT_FAILED, &why);
	}
}

/* Whether some that are to be begun by the rate may be there, now or later. */
static bool loader_waiting(const struct run *r)
{
	return r->loader->rate > 0 && r->now_us < r->schedule.end_us + GRACE_US &&
	       r->next < r->total;
}

/* When there is something to do, if no event comes before. */
static uint64_t loader_until(const struct run *r)
{
	uint64_t until = r->now_us + LOOK_US, due;

	if (r->now_us < r->schedule.end_us && r->schedule.end_us < until)
		until = r->schedule.end_us;
	if (r->first && r->first->due_us + r->loader->patience_us < until)
		until = r->first->due_us + r->loader->patience_us;
	if (loader_waiting(r) && r->free > 0) {
		due = rd_schedule_due(&r->schedule, r->next);
		if (due < until)
			until = due;
	} else if (r->loader->rate <= 0 && r->free > 0 && !r->ended) {
		until = r->now_us; /* it failed at once: again */
	}
	return until;
}

/* Under load there is always an event, and one system call is enough. */
static int loader_wait(struct run *r, struct epoll_event *events)
{
	struct pollfd epoll = { .fd = r->shots.epoll_fd, .events = POLLIN };
	int count = epoll_wait(epoll.fd, events, EVENTS, 0);
	uint64_t until, now;
	struct timespec wait;

	if (count != 0)
		return count;
	until = loader_until(r);
	now = rd_clock_us();
	if (until <= now)
		return 0;
	wait = rd_clock_timespec(until - now);
	return ppoll(&epoll, 1, &wait, NULL) > 0 ? epoll_wait(epoll.fd, events, EVENTS, 0) : 0;
}

static void loader_events(struct run *r)
{
	struct epoll_event events[EVENTS];
	int count = loader_wait(r, events);

	for (int i = 0; i < count; i++) {
		struct rd_shot *shot = events[i].data.ptr;
		bool ended = events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
		struct rd_shot_why why;
		bool idle = shot->state == SHOT_IDLE;
		enum rd_shot_outcome outcome = rd_shot_event(&r->shots, shot, ended, &why);

		if (!idle)
			loader_outcome(r, shot, outcome, &why);
	}
}

/* What came since it was shown last, and what may be wrong. */
static void loader_tell(struct run *r, char *text, size_t size)
{
	const struct rd_tally *t = &r->loaded->tally;
	double since_s = (double)(r->now_us - r->told_us) / 1e6;
	char failed[64] = "";

	if (t->failed)
		snprintf(failed, sizeof failed, ", %" PRIu64 " failed", t->failed);
	if (r->now_us < r->counted_us)
		snprintf(text, size, "warm-up");
	else
		snprintf(text, size, "%.0f replies/s%s, p99 %.1f ms",
			 (double)(t->all.replied - r->told) / since_s, failed,
			 (double)rd_histogram_quantile(&t->good_us, 0.99) / 1e3);
	r->told = t->all.replied;
	r->told_us = r->now_us;
}

static void loader_progress(struct run *r)
{
	uint64_t length = r->loader->duration_us, past = r->now_us - r->schedule.start_us;
	char text[128];

	if (!rd_meter_due(&r->meter, r->now_us))
		return;
	loader_tell(r, text, sizeof text);
	if (past >= length)
		rd_meter_show(&r->meter, r->now_us, 1, "waiting for %u under way", r->flying);
	else
		rd_meter_show(&r->meter, r->now_us, (double)past / (double)length,
			      "%" PRIu64 " of %" PRIu64 " s, %s", past / 1000000, length / 1000000,
			      text);
}

static void loader_reach_end(struct run *r)
{
	r->ended = true;
	r->loaded->in_time = r->loaded->tally.all;
}

static void loader_loop(struct run *r)
{
	do {
		r->now_us = rd_clock_us();
		loader_expire(r);
		if (!r->ended && (r->now_us >= r->schedule.end_us || interrupted))
			loader_reach_end(r);
		if (loader_waiting(r))
			loader_begin_due(r);
		else if (r->loader->rate <= 0 && !r->ended)
			loader_begin_free(r);
		loader_progress(r);
		loader_events(r);
	} while (!interrupted && (!r->ended || r->flying > 0 || loader_waiting(r)));
	if (!r->ended)
		loader_reach_end(r);
	rd_meter_end(&r->meter);
}

/* What was due, what was begun, and how long that went on. */
static void loader_conclude(struct run *r)
{
	uint64_t end = r->schedule.end_us, now = rd_clock_us();
	struct rd_schedule before = r->schedule;

	r->loaded->interrupted = interrupted;
	if (interrupted && now < end)
		end = now;
	r->loaded->took_us = end > r->counted_us ? end - r->counted_us : 0;
	if (r->loaded->took_us > 0)
		rd_timeline_at(&r->loaded->timeline, r->loaded->took_us - 1);
	r->loaded->tally.due = r->loaded->tally.all.asked;
	if (r->loader->rate > 0 && r->loaded->took_us > 0) {
		before.end_us = r->counted_us;
		r->loaded->tally.due = rd_schedule_count(&r->schedule, end) -
				       rd_schedule_count(&before, r->counted_us);
	}
}

static const char *loader_make(struct run *r)
{
	const struct rd_loader *l = r->loader;
	struct rlimit files;
	const char *why = NULL;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (l->connections + OTHERS > files.rlim_cur)
		return "a process may not have so many descriptors here";
	r->shots.request = l->request;
	r->shots.http = l->http;
	r->shots.bodiless = l->bodiless;
	r->shots.close = l->close;
	r->shots.address_count =
		rd_address_resolve(l->address, false, r->shots.address, RD_ADDRESS_MAX, &why);
	if (r->shots.address_count == 0)
		return why;
	r->ring = calloc(l->connections, sizeof *r->ring);
	r->shot = calloc(l->connections, sizeof *r->shot);
	r->shots.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!r->ring || !r->shot || r->shots.epoll_fd < 0)
		return strerror(errno);
	for (unsigned i = 0; i < l->connections; i++) {
		r->shot[i].fd = -1;
		loader_free(r, &r->shot[i]);
	}
	return NULL;
}

static void loader_end(struct run *r)
{
	for (unsigned i = 0; r->shot && i < r->free + r->flying; i++) {
		rd_shot_close(&r->shot[i]);
		rd_buffer_free(&r->shot[i].kept);
	}
	if (r->shots.epoll_fd >= 0)
		close(r->shots.epoll_fd);
	free(r->shot);
	free(r->ring);
	free(r);
}

const char *rd_loader_run(const struct rd_loader *loader, struct rd_loaded *loaded)
{
	struct sigaction action = { .sa_handler = loader_interrupt, .sa_flags = (int)SA_RESETHAND };
	struct run *r = calloc(1, sizeof *r);
	const char *why;

	if (!r)
		return strerror(ENOMEM);
	r->loader = loader;
	r->loaded = loaded;
	r->shots.epoll_fd = -1;
	rd_timeline_begin(&loaded->timeline);
	why = loader_make(r);
	if (!why) {
		sigaction(SIGINT, &action, NULL);
		prctl(PR_SET_TIMERSLACK, 1UL);
		r->now_us = r->told_us = rd_clock_us();
		r->schedule = (struct rd_schedule){ loader->rate, r->now_us,
						    r->now_us + loader->duration_us };
		r->counted_us = r->now_us + loader->warm_up_us;
		if (loader->rate > 0)
			r->total = rd_schedule_count(&r->schedule, UINT64_MAX);
		rd_meter_begin(&r->meter, r->now_us);
		loader_loop(r);
		loader_conclude(r);
	}
	loader_end(r);
	return why;
}

double rd_loader_rate(const struct rd_loaded *loaded, uint64_t count)
{
	return loaded->took_us ? (double)count * 1e6 / (double)loaded->took_us : 0;
}
