/*
 * module - the module that tests load, in several kinds, by what they define: LABEL, its name and
 * what it answers; WRONG_VERSION, NO_SYMBOL, NO_NAME, UNRESOLVED.
 * Thread:  one of its own for each init, which gives the replies of what was detached.
 */
#include <replyd/handler.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LENT = 1 << 20 };

struct later {
	struct replyd_exchange *x;
	struct timespec at;
	struct later *next;
};

struct state {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct later *later; /* the soonest first */
	bool over;
	_Atomic unsigned lent;
	char bytes[LENT];
};

static _Atomic unsigned inits; /* of this load */

static bool sooner(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec <= b->tv_nsec);
}

static void *reply_later(void *data)
{
	struct state *s = data;

	pthread_mutex_lock(&s->lock);
	while (s->later || !s->over) {
		struct later *first = s->later;
		struct timespec now;

		clock_gettime(CLOCK_REALTIME, &now);
		if (!first) {
			pthread_cond_wait(&s->changed, &s->lock);
		} else if (!sooner(&first->at, &now)) {
			pthread_cond_timedwait(&s->changed, &s->lock, &first->at);
		} else {
			s->later = first->next;
			pthread_mutex_unlock(&s->lock);
			replyd_text(first->x, 200, "later %s %s\n", LABEL, replyd_rest(first->x));
			replyd_complete(first->x);
			free(first);
			pthread_mutex_lock(&s->lock);
		}
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static int begin(const struct replyd_settings *settings, void **data, char *why, size_t size)
{
	const char *fail = replyd_settings_get(settings, "fail", NULL), *name, *value;
	struct state *s;

	for (size_t i = 0; replyd_settings_at(settings, i, &name, &value); i++)
		if (strcmp(name, "fail") != 0 && strcmp(name, "word") != 0) {
			snprintf(why, size, "%s: no such setting", name);
			return -1;
		}
	if (fail) {
		snprintf(why, size, "%s", fail);
		return -1;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return -1;
	memset(s->bytes, *LABEL, LENT);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	if (pthread_create(&s->thread, NULL, reply_later, s) != 0) {
		free(s);
		return -1;
	}
	inits++;
	*data = s;
	return 0;
}

static void end(void *data)
{
	struct state *s = data;

	pthread_mutex_lock(&s->lock);
	s->over = true;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	if (s->later || s->lent > 0)
		abort(); /* it was to be called after the last */
	memset(s, 0, sizeof(*s));
	free(s);
}

static int detach(struct replyd_exchange *x, struct state *s)
{
	long ms = strtol(replyd_query(x, "ms", "0"), NULL, 10);
	struct later *l = malloc(sizeof(*l)), **place = &s->later;

	if (!l || !(l->x = replyd_detach(x))) {
		free(l);
		return 503;
	}
	clock_gettime(CLOCK_REALTIME, &l->at);
	l->at.tv_nsec += ms % 1000 * 1000000;
	l->at.tv_sec += ms / 1000 + l->at.tv_nsec / 1000000000;
	l->at.tv_nsec %= 1000000000;
	pthread_mutex_lock(&s->lock);
	while (*place && sooner(&(*place)->at, &l->at))
		place = &(*place)->next;
	l->next = *place;
	*place = l;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
	return 0;
}

static void given_back(void *data)
{
	struct state *s = data;

	s->lent--;
}

#ifdef UNRESOLVED
void no_such_function(void);
#endif

int stuck_until_there(struct replyd_exchange *x, const char *file);

/* A name that a stack shows. */
__attribute__((noinline, visibility("default"))) int stuck_until_there(struct replyd_exchange *x,
								       const char *file)
{
	while (access(file, F_OK) != 0)
		usleep(1000);
	return replyd_text(x, 200, "there\n");
}

static int perform(struct replyd_exchange *x, void *data)
{
	struct state *s = data;

#ifdef UNRESOLVED
	no_such_function();
#endif
	if (strcmp(replyd_rest(x), "/later") == 0)
		return detach(x, s);
	if (strcmp(replyd_rest(x), "/lend") == 0) {
		s->lent++;
		return replyd_lend(x, 200, "text/plain", s->bytes, LENT, given_back, s);
	}
	if (strcmp(replyd_rest(x), "/stuck/piece") == 0 &&
	    (replyd_begin(x, 200, "text/plain") != 0 || replyd_print(x, "piece\n") != 0 ||
	     replyd_flush(x) != 0))
		return 500;
	if (strncmp(replyd_rest(x), "/stuck", 6) == 0)
		return stuck_until_there(x, replyd_setting(x, "word", ""));
	return replyd_text(x, 200, "%s %u %s\n", LABEL, inits, replyd_setting(x, "word", "-"));
}

#ifdef NO_SYMBOL
__attribute__((used)) static const struct replyd_module unseen = {
#else
const struct replyd_module replyd_module = {
#endif
	.size = sizeof(struct replyd_module),
#ifdef WRONG_VERSION
	.interface = REPLYD_INTERFACE + 1,
#else
	.interface = REPLYD_INTERFACE,
#endif
	.methods = "GET, POST",
	.init = begin,
#ifdef NO_NAME
	.name = NULL,
#else
	.name = LABEL,
#endif
	.perform = perform,
	.release = end,
};
