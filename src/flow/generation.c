/*
 * generation - which configuration is used, and by whom.
 * Thread:  any. rd_generations_put is for one at a time; a hand is its worker's.
 * Owns:    the list of hands, and what nobody uses any more until it is freed.
 * Never:   frees one in a thread that drops it: that may be main, a worker, or a thread of a module
 *          that goes along.
 *
 * Memory order. A worker has its generation in one of two places: in `held`, its own, or, while it
 * rests, in `laid`. Two things have to be right.
 *
 * None is used after it was freed: each pointer in `held`, in `laid` and in `newest` is a count. A
 * worker gets one by taking it out of `laid`, where an exchange shows that it was still there; or
 * under the lock, under which `newest` also changes, so that what is found there has its count. The
 * look at `newest` without the lock (rd_hand_newest) compares the pointer alone: it equals what the
 * worker has counted, and then is that one, or the lock is taken. The last drop is ordered behind
 * all uses before the other drops, by acquire and release on `refs`.
 *
 * None is kept by one who sleeps: the worker lays it down, then looks at `newest`; who puts a new
 * one writes `newest`, then takes what lies in `laid`. Both do so sequentially consistent, so at
 * least one of them sees what the other did: the worker that it has an old one, or the other what
 * lies there. Where both do, the exchange gives it to one of them.
 */
#include "flow/generation.h"

#include "base/must.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

struct rd_generations {
	_Alignas(64) _Atomic(struct rd_generation *) newest; /* written under lock */
	_Alignas(64) struct rd_lock lock;		     /* rank GENERATION */
	/* under lock */ struct rd_hand *hands;
	struct rd_generation *over; /* nobody uses them: to be freed */
	size_t living;
	unsigned put;
	bool reaping;  /* a thread frees what is over ... */
	bool joinable; /* ... and has to be joined, after it has set `reaping` back */
	bool left;     /* rd_generations_leave was here: who frees the last frees this too */
	pthread_t reaper;
};

struct rd_generations *rd_generations_new(void)
{
	struct rd_generations *all = aligned_alloc(_Alignof(struct rd_generations), sizeof(*all));

	if (!all)
		return NULL;
	*all = (struct rd_generations){ .hands = NULL };
	rd_lock_init(&all->lock, RANK_GENERATION);
	return all;
}

static void generations_free(struct rd_generations *all)
{
	MUST(!all->hands && !all->over);
	rd_lock_fini(&all->lock);
	free(all);
}

/* Under the lock, which is dropped meanwhile. */
static void generations_free_over(struct rd_generations *all)
{
	struct rd_generation *g;

	while ((g = all->over)) {
		all->over = g->next;
		rd_lock_drop(&all->lock);
		g->free(g);
		rd_lock_take(&all->lock);
		all->living--;
	}
}

static void *reaper_main(void *arg)
{
	struct rd_generations *all = arg;
	bool last;

	rd_lock_take(&all->lock);
	generations_free_over(all);
	all->reaping = false;
	last = all->left && all->living == 0;
	rd_lock_drop(&all->lock); /* unless `last`, it may be gone from here on */
	if (last)
		generations_free(all);
	return NULL;
}

/* Under the lock. When no thread can be had, what is over waits for the next one. */
static void generations_reap(struct rd_generations *all)
{
	sigset_t every, before;

	if (all->reaping)
		return;
	if (all->joinable) /* it takes the lock no more */
		PTH(pthread_join(all->reaper, NULL));
	sigfillset(&every);
	PTH(pthread_sigmask(SIG_SETMASK, &every, &before));
	all->reaping = pthread_create(&all->reaper, NULL, reaper_main, all) == 0;
	PTH(pthread_sigmask(SIG_SETMASK, &before, NULL));
	all->joinable = all->reaping && !all->left;
	if (all->reaping && all->left)
		PTH(pthread_detach(all->reaper));
}

void rd_generation_begin(struct rd_generation *g, struct rd_generations *all,
			 void (*free)(struct rd_generation *g))
{
	atomic_init(&g->refs, 1);
	g->all = all;
	g->free = free;
	rd_lock_take(&all->lock);
	all->living++;
	rd_lock_drop(&all->lock);
}

struct rd_generation *rd_generation_take(struct rd_generation *g)
{
	if (g)
		atomic_fetch_add_explicit(&g->refs, 1, memory_order_relaxed);
	return g;
}

static bool generation_was_last(struct rd_generation *g)
{
	return atomic_fetch_sub_explicit(&g->refs, 1, memory_order_acq_rel) == 1;
}

/* Under the lock. */
static void generations_bury(struct rd_generations *all, struct rd_generation *g)
{
	g->next = all->over;
	all->over = g;
	generations_reap(all);
}

void rd_generation_drop(struct rd_generation *g)
{
	struct rd_generations *all;

	if (!g || !generation_was_last(g))
		return;
	all = g->all;
	rd_lock_take(&all->lock);
	generations_bury(all, g);
	rd_lock_drop(&all->lock);
}

struct rd_generation *rd_generations_newest(const struct rd_generations *all)
{
	return atomic_load_explicit(&all->newest, memory_order_acquire);
}

size_t rd_generations_living(struct rd_generations *all)
{
	size_t living;

	rd_lock_take(&all->lock);
	living = all->living;
	rd_lock_drop(&all->lock);
	return living;
}

/* Under the lock: takes what the hands have laid down. */
static void generations_recall(struct rd_generations *all)
{
	for (struct rd_hand *h = all->hands; h; h = h->next) {
		struct rd_generation *g = atomic_exchange(&h->laid, NULL);

		if (g && generation_was_last(g))
			generations_bury(all, g);
	}
}

void rd_generations_put(struct rd_generations *all, struct rd_generation *g)
{
	struct rd_generation *was;

	rd_generation_take(g);
	rd_lock_take(&all->lock);
	if (g)
		g->number = ++all->put;
	was = atomic_exchange(&all->newest, g);
	generations_recall(all);
	rd_lock_drop(&all->lock);
	rd_generation_drop(was);
}

void rd_generations_leave(struct rd_generations *all)
{
	bool last;

	rd_generations_put(all, NULL);
	rd_lock_take(&all->lock);
	while (all->joinable) {
		pthread_t reaper = all->reaper;

		all->joinable = false;
		rd_lock_drop(&all->lock);
		PTH(pthread_join(reaper, NULL));
		rd_lock_take(&all->lock);
	}
	generations_free_over(all); /* what no thread could be had for */
	all->left = true;
	last = all->living == 0;
	rd_lock_drop(&all->lock);
	if (last)
		generations_free(all);
}

static void hand_join(struct rd_hand *hand, struct rd_generations *all)
{
	hand->all = all;
	hand->next = all->hands;
	hand->place = &all->hands;
	if (hand->next)
		hand->next->place = &hand->next;
	all->hands = hand;
}

struct rd_generation *rd_hand_newest(struct rd_hand *hand, struct rd_generations *all)
{
	struct rd_generation *was;

	if (!hand->held)
		hand->held = atomic_exchange(&hand->laid, NULL);
	was = hand->held;
	if (was && was == atomic_load_explicit(&all->newest, memory_order_acquire))
		return was;
	rd_lock_take(&all->lock);
	if (!hand->all)
		hand_join(hand, all);
	MUST(hand->all == all);
	hand->held = rd_generation_take(atomic_load(&all->newest));
	rd_lock_drop(&all->lock);
	rd_generation_drop(was);
	return hand->held;
}

void rd_hand_rest(struct rd_hand *hand)
{
	struct rd_generation *g = hand->held;

	if (!g)
		return;
	hand->held = NULL;
	atomic_store(&hand->laid, g);
	if (atomic_load(&hand->all->newest) != g)
		rd_generation_drop(atomic_exchange(&hand->laid, NULL));
}

void rd_hand_leave(struct rd_hand *hand)
{
	if (!hand->all)
		return;
	rd_hand_rest(hand);
	rd_lock_take(&hand->all->lock);
	*hand->place = hand->next;
	if (hand->next)
		hand->next->place = hand->place;
	rd_lock_drop(&hand->all->lock);
	rd_generation_drop(atomic_exchange(&hand->laid, NULL));
	hand->all = NULL;
}
