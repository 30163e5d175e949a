/*
 * queue - the one queue between main and the workers.
 * Thread:  main pushes and looks; workers pop, return, block; anyone closes.
 * Owns:    a connection from the push that takes it until the pop that gives it.
 * Never:   touches a connection, makes a system call under the lock but the condition's.
 */
#include "flow/queue.h"

#include "base/clock.h"
#include "base/must.h"

#include <stdatomic.h>
#include <stdlib.h>

bool rd_queue_init(struct rd_queue *q, const struct rd_queue_config *config)
{
	uint64_t seed;

	MUST(config->bound > 0 && config->concurrency > 0);
	*q = (struct rd_queue){
		.open = true,
		.regulate = { .concurrency = config->concurrency },
	};
	arc4random_buf(&seed, sizeof(seed));
	if (!rd_waiting_init(&q->waiting, config->bound, config->bound + config->more, seed,
			     &config->shed))
		return false;
	rd_lock_init(&q->lock, RANK_QUEUE);
	rd_cond_init(&q->ready);
	return true;
}

void rd_queue_fini(struct rd_queue *q)
{
	MUST(q->regulate.asleep == 0 && q->regulate.running == 0);
	rd_waiting_fini(&q->waiting);
	rd_cond_fini(&q->ready);
	rd_lock_fini(&q->lock);
}

/* Gives one sleeper the right to run, if there is one. The caller signals after the unlock. */
static bool queue_permit(struct rd_queue *q)
{
	if (q->regulate.asleep == 0)
		return false;
	q->regulate.asleep--;
	q->regulate.running++;
	q->permits++;
	return true;
}

static bool queue_permit_if_wanted(struct rd_queue *q)
{
	return rd_regulate_wants(&q->regulate, q->waiting.count) && queue_permit(q);
}

static void queue_unlock_and_signal(struct rd_queue *q, bool signal)
{
	if (atomic_load_explicit(&q->length, memory_order_relaxed) != q->waiting.count)
		atomic_store_explicit(&q->length, q->waiting.count, memory_order_relaxed);
	rd_lock_drop(&q->lock);
	if (signal)
		rd_cond_signal(&q->ready);
}

size_t rd_queue_push(struct rd_queue *q, struct rd_entry *batch, size_t n)
{
	size_t taken = 0;
	bool wake;

	rd_lock_take(&q->lock);
	for (size_t i = 0; q->open && i < n; i++)
		taken += rd_waiting_add(&q->waiting, &batch[i]);
	wake = taken > 0 && queue_permit_if_wanted(q);
	queue_unlock_and_signal(q, wake);
	return taken;
}

static uint64_t claim_make(uint64_t generation, unsigned next, unsigned end)
{
	return generation << 32 | (uint64_t)next << 16 | end;
}

static unsigned claim_next(uint64_t claim)
{
	return claim >> 16 & 0xffff;
}

static unsigned claim_end(uint64_t claim)
{
	return claim & 0xffff;
}

bool rd_batch_claim(struct rd_batch *b, struct rd_entry *out)
{
	uint64_t claim = atomic_load_explicit(&b->claim, memory_order_relaxed), next;

	do {
		if (claim_next(claim) == claim_end(claim))
			return false;
		*out = b->entry[claim_next(claim)];
		next = claim_make(claim >> 32, claim_next(claim) + 1, claim_end(claim));
	} while (!atomic_compare_exchange_weak_explicit(
		&b->claim, &claim, next, memory_order_acq_rel, memory_order_relaxed));
	return true;
}

bool rd_queue_others(const struct rd_queue *q, const struct rd_batch *b)
{
	uint64_t claim = atomic_load_explicit(&b->claim, memory_order_relaxed);

	return claim_next(claim) != claim_end(claim) ||
	       atomic_load_explicit(&q->length, memory_order_relaxed) > 0;
}

unsigned rd_queue_return(struct rd_queue *q, struct rd_batch *b, uint64_t claim)
{
	unsigned next = claim_next(claim), end = claim_end(claim);
	bool wake;

	if (next == end)
		return 0;
	rd_lock_take(&q->lock); /* under it no batch is filled anew: what `claim` names stands */
	if (!atomic_compare_exchange_strong(&b->claim, &claim,
					    claim_make(claim >> 32, next, next))) {
		rd_lock_drop(&q->lock);
		return 0;
	}
	for (unsigned i = end; i > next; i--)
		rd_waiting_put_back(&q->waiting, &b->entry[i - 1]);
	wake = queue_permit_if_wanted(q);
	queue_unlock_and_signal(q, wake);
	return end - next;
}

/*
 * Until there is a permit, the queue closes or the time passes. The sleeper then counts as
 * running again; false when that was only for the time.
 */
static bool queue_sleep(struct rd_queue *q, uint64_t until_us)
{
	bool in_time = true;

	q->regulate.running--;
	q->regulate.asleep++;
	q->regulate.idled = q->regulate.idled || q->waiting.count == 0;
	q->sleeps++;
	while (q->permits == 0 && q->open && in_time) {
		if (until_us)
			in_time = rd_cond_wait_until(&q->ready, &q->lock, until_us);
		else
			rd_cond_wait(&q->ready, &q->lock);
	}
	if (q->permits > 0) { /* who gave it has counted us already */
		q->permits--;
		return true;
	}
	q->regulate.asleep--;
	q->regulate.running++;
	return in_time || !q->open;
}

/* Under the lock. */
static size_t queue_fill(struct rd_queue *q, struct rd_batch *b, uint64_t now_us)
{
	uint64_t claim = atomic_load_explicit(&b->claim, memory_order_relaxed);
	unsigned share = rd_regulate_share(&q->regulate, q->waiting.count, RD_BATCH), n;

	MUST(claim_next(claim) == claim_end(claim));
	n = rd_waiting_take(&q->waiting, share, RD_BATCH, now_us, b->entry);
	b->now_us = now_us;
	q->popped += n;
	atomic_store_explicit(&b->claim, claim_make((claim >> 32) + 1, 0, n), memory_order_release);
	return n;
}

size_t rd_queue_pop(struct rd_queue *q, struct rd_batch *batch, uint64_t until_us)
{
	bool in_time = true, wake;
	uint64_t now_us = rd_clock_us();
	size_t n = 0;

	rd_lock_take(&q->lock);
	rd_shed_learn(&q->waiting.shed, batch->spent_us, batch->performed);
	while (in_time) {
		bool may = rd_regulate_may_run(&q->regulate) || !q->open;

		if ((q->waiting.count > 0 && may) || (q->waiting.count == 0 && !q->open))
			break;
		batch->idle = true;
		in_time = queue_sleep(q, until_us);
		now_us = rd_clock_us();
	}
	if (in_time)
		n = queue_fill(q, batch, now_us);
	if (n == 0)
		q->regulate.running--;
	if (batch->idle != (n == 0))
		batch->idle = n == 0;
	wake = queue_permit_if_wanted(q);
	queue_unlock_and_signal(q, wake);
	batch->spent_us = 0;
	batch->performed = 0;
	return n;
}

void rd_queue_join(struct rd_queue *q)
{
	rd_lock_take(&q->lock);
	q->regulate.running++;
	rd_lock_drop(&q->lock);
}

void rd_queue_leave(struct rd_queue *q)
{
	rd_lock_take(&q->lock);
	q->regulate.running--;
	rd_lock_drop(&q->lock);
}

void rd_queue_block(struct rd_queue *q)
{
	bool wake;

	rd_lock_take(&q->lock);
	q->regulate.running--;
	q->regulate.blocked++;
	wake = queue_permit_if_wanted(q);
	queue_unlock_and_signal(q, wake);
}

void rd_queue_unblock(struct rd_queue *q)
{
	rd_lock_take(&q->lock);
	MUST(q->regulate.blocked > 0);
	q->regulate.blocked--;
	q->regulate.running++;
	rd_lock_drop(&q->lock);
}

void rd_queue_write_off(struct rd_queue *q, bool blocked)
{
	bool wake;

	rd_lock_take(&q->lock);
	if (blocked)
		q->regulate.blocked--;
	else
		q->regulate.running--;
	wake = queue_permit_if_wanted(q);
	queue_unlock_and_signal(q, wake);
}

struct rd_queue_view rd_queue_look(struct rd_queue *q, unsigned stuck, unsigned blocked)
{
	struct rd_regulate_look look = { .stuck = stuck, .blocked = blocked };
	struct rd_queue_view view = { 0 };
	unsigned more, woken = 0;

	rd_lock_take(&q->lock);
	view.stalled = q->waiting.count > 0 && q->popped == q->seen;
	look.waiting = q->waiting.count;
	more = rd_regulate_rescue(&q->regulate, &look);
	q->seen = q->popped;
	while (woken < more && queue_permit(q))
		woken++;
	view.waiting = q->waiting.count;
	view.asleep = q->regulate.asleep;
	view.awake = q->regulate.running + q->regulate.blocked;
	view.wanted = more - woken;
	rd_lock_drop(&q->lock);
	for (unsigned i = 0; i < woken; i++)
		rd_cond_signal(&q->ready);
	return view;
}

void rd_queue_measure(struct rd_queue *q, uint64_t elapsed_us, uint64_t cpu_us, uint64_t waits)
{
	struct rd_regulate_spent spent = { .elapsed_us = elapsed_us, .cpu_us = cpu_us };
	uint64_t slept;

	rd_lock_take(&q->lock);
	slept = q->sleeps - q->measured.sleeps;
	spent.waits = waits > slept ? waits - slept : 0;
	spent.begun = q->popped - q->measured.popped;
	rd_regulate_measure(&q->regulate, &spent);
	q->measured.popped = q->popped;
	q->measured.sleeps = q->sleeps;
	rd_lock_drop(&q->lock);
}

size_t rd_queue_expire(struct rd_queue *q, struct rd_entry *batch, size_t max, uint64_t now_us)
{
	size_t n;

	rd_lock_take(&q->lock);
	n = q->open ? rd_waiting_expire(&q->waiting, (unsigned)max, now_us, batch) : 0;
	queue_unlock_and_signal(q, false);
	return n;
}

void rd_queue_set(struct rd_queue *q, const struct rd_queue_config *config)
{
	rd_lock_take(&q->lock);
	q->waiting.bound = config->bound; /* there is room for every connection, whatever it is */
	q->waiting.shed.config = config->shed;
	rd_lock_drop(&q->lock);
}

void rd_queue_close(struct rd_queue *q)
{
	rd_lock_take(&q->lock);
	q->open = false;
	rd_lock_drop(&q->lock);
	rd_cond_broadcast(&q->ready);
}
