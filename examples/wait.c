/*
 * wait - long poll: GET /wait is answered when somebody says something by POST /send, or with 204
 * when nobody has for a while. A thousand who wait hold no thread: each exchange is detached, and
 * completed by whoever sends, or by the one thread that looks at the clock.
 */
#include <replyd.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 25 };

struct waiter {
	struct replyd_exchange *x;
	time_t until;
	struct waiter *next;
};

static struct {
	pthread_mutex_t lock;
	struct waiter *first;
} waiters = { .lock = PTHREAD_MUTEX_INITIALIZER };

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static int wait_for(struct replyd_exchange *x, void *data)
{
	struct waiter *w = malloc(sizeof(*w));

	(void)data;
	if (!w)
		return 503;
	w->x = replyd_detach(x);
	if (!w->x) {
		free(w);
		return 503;
	}
	w->until = now() + PATIENCE_S;
	pthread_mutex_lock(&waiters.lock);
	w->next = waiters.first;
	waiters.first = w;
	pthread_mutex_unlock(&waiters.lock);
	return 0;
}

/* Takes all waiters out of the list, or those whose time is over or who have left. */
static struct waiter *take(int all)
{
	struct waiter **at = &waiters.first, *taken = NULL;

	pthread_mutex_lock(&waiters.lock);
	while (*at) {
		struct waiter *w = *at;

		if (!all && now() < w->until && !replyd_cancelled(w->x)) {
			at = &w->next;
			continue;
		}
		*at = w->next;
		w->next = taken;
		taken = w;
	}
	pthread_mutex_unlock(&waiters.lock);
	return taken;
}

/* Answers them: with what was said, or that nothing was. How many. */
static int answer(struct waiter *w, const char *said, size_t len)
{
	int n = 0;

	while (w) {
		struct waiter *next = w->next;

		if (said)
			replyd_bytes(w->x, 200, "text/plain; charset=utf-8", said, len);
		else
			replyd_bytes(w->x, 204, NULL, "", 0);
		replyd_complete(w->x); /* also when the client has left */
		free(w);
		w = next;
		n++;
	}
	return n;
}

static int say(struct replyd_exchange *x, void *data)
{
	size_t len;
	const char *said = replyd_body(x, &len);

	(void)data;
	return said ? replyd_text(x, 200, "%d heard it\n", answer(take(1), said, len)) : 503;
}

static void *look_at_the_clock(void *unused)
{
	for (;;) {
		sleep(1);
		answer(take(0), NULL, 0);
	}
	return unused;
}

int main(int argc, char **argv)
{
	struct replyd *server = replyd_new();
	pthread_t clock;
	int status;

	replyd_set(server, "workers", "4");
	replyd_route(server, "GET /wait", wait_for, NULL);
	replyd_route(server, "POST /send", say, NULL);
	if (pthread_create(&clock, NULL, look_at_the_clock, NULL) != 0)
		return 1;
	status = replyd_run(server, argc > 1 ? argv[1] : "127.0.0.1:8080");
	replyd_free(server);
	pthread_cancel(clock);
	pthread_join(clock, NULL);
	answer(take(1), NULL, 0); /* in vain, and harmless: the server is gone */
	return status;
}
