/*
 * mains - the clients' groups, one for each main thread.
 * Thread:  the one that uses the server; rd_mains_stop, rd_mains_hand_over and rd_mains_look are
 *          anyone's.
 * Owns:    the groups and the threads of all but the first.
 */
#include "server/mains.h"

#include "base/must.h"
#include "base/thread.h"
#include "flow/listening.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int mains_init_group(struct rd_mains *m, struct rd_group *g)
{
	g->acceptor.changes = &m->changes;
	g->acceptor.listening = &m->listening;
	return rd_group_init(g);
}

int rd_mains_init(struct rd_mains *m)
{
	if (mains_init_group(m, &m->first) != 0)
		return -1;
	rd_changes_init(&m->changes);
	rd_lock_init(&m->listening, RANK_LISTENING);
	return 0;
}

void rd_mains_fini(struct rd_mains *m)
{
	for (unsigned i = 1; i < atomic_load(&m->count); i++)
		rd_group_fini(rd_mains_group(m, i));
	free(m->more);
	rd_group_fini(&m->first);
	rd_lock_fini(&m->listening);
	rd_changes_fini(&m->changes);
}

struct rd_group *rd_mains_group(struct rd_mains *m, unsigned i)
{
	return i == 0 ? &m->first : &m->more[i - 1].group;
}

static int mains_make_more(struct rd_mains *m, unsigned more)
{
	size_t size = more * sizeof(*m->more);
	unsigned made = 0;
	int error = ENOMEM;

	m->more = aligned_alloc(_Alignof(struct rd_main), size);
	if (m->more) {
		memset(m->more, 0, size);
		while (made < more && mains_init_group(m, &m->more[made].group) == 0)
			made++;
		if (made == more)
			return 0;
		error = errno;
	}
	while (made > 0)
		rd_group_fini(&m->more[--made].group);
	free(m->more);
	m->more = NULL;
	errno = error;
	return -1;
}

/* Who stops it sees how many there are, or was before; then that is done here. */
int rd_mains_make(struct rd_mains *m, unsigned count)
{
	uint64_t until_us;

	MUST(count >= 1 && count <= RD_MAINS);
	if (atomic_load(&m->count) > 0) /* it was open before */
		return 0;
	if (count > 1 && mains_make_more(m, count - 1) != 0)
		return -1;
	atomic_store(&m->count, count);
	until_us = atomic_load(&m->first.acceptor.stop);
	if (until_us)
		rd_mains_stop(m, until_us);
	return 0;
}

void rd_mains_listen(struct rd_mains *m, struct rd_listeners *listeners)
{
	m->first.listeners = listeners;
	for (unsigned i = 1; i < atomic_load(&m->count); i++)
		rd_mains_group(m, i)->listeners = listeners;
}

bool rd_mains_watch(struct rd_mains *m, const struct rd_change *change)
{
	for (unsigned i = 0; i < atomic_load(&m->count); i++) {
		int error;

		if (rd_listening_watch(&rd_mains_group(m, i)->acceptor, change))
			continue;
		error = errno;
		while (i-- > 0)
			rd_listening_forget(&rd_mains_group(m, i)->acceptor, change);
		errno = error;
		return false;
	}
	return true;
}

void rd_mains_forget(struct rd_mains *m, const struct rd_change *change)
{
	for (unsigned i = 0; i < atomic_load(&m->count); i++)
		rd_listening_forget(&rd_mains_group(m, i)->acceptor, change);
}

static bool mains_run_group(struct rd_mains *m, struct rd_group *g, long *cut)
{
	*cut = rd_group_run(g);
	if (*cut >= 0)
		return true;
	atomic_store(&m->failed, errno); /* and the others are not to serve without it */
	rd_mains_stop(m, 1);
	return false;
}

static void *mains_main(void *arg)
{
	struct rd_main *one = arg;

	mains_run_group(one->mains, &one->group, &one->cut);
	return NULL;
}

static void mains_start(struct rd_mains *m, unsigned more)
{
	for (unsigned i = 0; i < more; i++) {
		struct rd_main *one = &m->more[i];
		int error;

		one->mains = m;
		error = rd_thread_start(&one->thread, 0, mains_main, one);
		one->runs = error == 0;
		if (one->runs)
			continue;
		rd_changes_close(&m->changes);
		atomic_store(&m->failed, error);
		rd_mains_stop(m, 1);
		return;
	}
}

/* Of one that has come to its end. */
static void mains_add_up(struct rd_mains *m, const struct rd_group *g)
{
	m->stuck += rd_group_stuck(g);
	m->finished += rd_group_finished(g);
}

long rd_mains_run(struct rd_mains *m)
{
	unsigned more = atomic_load(&m->count) - 1;
	long cut;

	atomic_store(&m->failed, 0);
	m->stuck = 0;
	m->finished = 0;
	mains_start(m, more);
	mains_run_group(m, &m->first, &cut);
	mains_add_up(m, &m->first);
	for (unsigned i = 0; i < more && m->more[i].runs; i++) {
		PTH(pthread_join(m->more[i].thread, NULL));
		m->more[i].runs = false;
		mains_add_up(m, &m->more[i].group);
		cut += m->more[i].cut;
	}
	errno = atomic_load(&m->failed);
	return errno ? -1 : cut;
}

void rd_mains_stop(struct rd_mains *m, uint64_t until_us)
{
	rd_group_stop(&m->first, until_us);
	for (unsigned i = 1; i < atomic_load(&m->count); i++)
		rd_group_stop(rd_mains_group(m, i), until_us);
}

void rd_mains_hand_over(struct rd_mains *m, uint64_t until_us)
{
	for (unsigned i = 0; i < atomic_load(&m->count); i++)
		rd_group_hand_over(rd_mains_group(m, i), until_us);
}

bool rd_mains_stopping(const struct rd_mains *m)
{
	return atomic_load(&m->first.acceptor.stop) != 0;
}

void rd_mains_close(struct rd_mains *m)
{
	rd_changes_close(&m->changes);
	for (unsigned i = 0; i < atomic_load(&m->count); i++)
		rd_group_close(rd_mains_group(m, i));
}

static void mains_add(struct rd_group_view *sum, const struct rd_group_view *one)
{
	sum->running += one->running;
	sum->blocked += one->blocked;
	sum->asleep += one->asleep;
	sum->busy += one->busy;
	sum->stuck += one->stuck;
	sum->popped += one->popped;
	sum->queued += one->queued;
	if (sum->waited_us < one->waited_us)
		sum->waited_us = one->waited_us;
	sum->open += one->open;
	sum->parked += one->parked;
	for (int i = 0; i < OWN_COUNT; i++)
		sum->owned[i] += one->owned[i];
	sum->workers_max += one->workers_max;
	sum->queue_max += one->queue_max;
	sum->conns_max += one->conns_max;
	for (int i = 0; i < COUNTER_COUNT; i++)
		sum->count[i] += one->count[i];
}

void rd_mains_look(struct rd_mains *m, struct rd_group_view *view)
{
	rd_group_look(&m->first, view);
	for (unsigned i = 1; i < atomic_load(&m->count); i++) {
		struct rd_group_view one;

		rd_group_look(rd_mains_group(m, i), &one);
		mains_add(view, &one);
	}
}

bool rd_mains_workers(struct rd_mains *m, struct rd_worker_view **list, unsigned *count)
{
	unsigned mains = atomic_load(&m->count), most = 0;

	for (unsigned i = 0; i < mains; i++)
		most += rd_mains_group(m, i)->pool.top;
	*list = calloc(most + 1, sizeof(**list));
	*count = 0;
	for (unsigned i = 0; *list && i < mains; i++) {
		struct rd_worker_view *of = *list + *count;
		unsigned n = rd_pool_workers(&rd_mains_group(m, i)->pool, of, most - *count);

		for (unsigned j = 0; j < n; j++) {
			of[j].main = i;
			of[j].place = of[j].place * mains + i;
		}
		*count += n;
	}
	return *list != NULL;
}
