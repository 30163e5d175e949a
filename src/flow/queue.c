/*
 * queue - the one queue between main and the workers.
 * Thread:  main pushes and looks; workers pop, return, block; anyone closes.
 * Owns:    a connection from the push that takes it until the pop that gives it.
 * Never:   touches a connection, makes a system call under the lock but the condition's.
 */
#include "flow/queue.h"

#include "base/must.h"

#include <stdatomic.h>
#include <stdlib.h>

bool rd_queue_init(struct rd_queue *q, unsigned bound, unsigned more, unsigned concurrency)
{
	MUST(bound > 0 && concurrency > 0);
	*q = (struct rd_queue){
		.open = true,
		.bound = bound,
		.size = bound + more,
		.regulate = { .concurrency = concurrency, .step = 1 },
	};
	q->ring = calloc(q->size, sizeof(*q->ring));
	if (!q->ring)
		return false;
	rd_lock_init(&q->lock, RANK_QUEUE);
	rd_cond_init(&q->ready);
	return true;
}

void rd_queue_fini(struct rd_queue *q)
{
	MUST(q->count == 0 && q->regulate.asleep == 0 && q->regulate.running == 0);
	rd_cond_fini(&q->ready);
	rd_lock_fini(&q->lock);
	free(q->ring);
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
	return rd_regulate_wants(&q->regulate, q->count) && queue_permit(q);
}

static void queue_unlock_and_signal(struct rd_queue *q, bool signal)
{
	rd_lock_drop(&q->lock);
	if (signal)
		rd_cond_signal(&q->ready);
}

size_t rd_queue_push(struct rd_queue *q, struct rd_entry *batch, size_t n)
{
	size_t taken = 0;
	bool wake;

	rd_lock_take(&q->lock);
	for (size_t i = 0; q->open && i < n; i++) {
		if (q->count >= q->bound && !batch[i].keep)
			continue;
		MUST(q->count < q->size);
		q->ring[(q->head + q->count++) % q->size] = batch[i];
		batch[i].conn = NULL;
		taken++;
	}
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
	MUST(q->count + (end - next) <= q->size);
	for (unsigned i = end; i > next; i--) {
		q->head = (q->head + q->size - 1) % q->size;
		q->ring[q->head] = b->entry[i - 1];
		q->count++;
	}
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
static size_t queue_fill(struct rd_queue *q, struct rd_batch *b)
{
	uint64_t claim = atomic_load_explicit(&b->claim, memory_order_relaxed);
	unsigned n = rd_regulate_share(&q->regulate, q->count, RD_BATCH);

	MUST(claim_next(claim) == claim_end(claim));
	for (unsigned i = 0; i < n; i++) {
		b->entry[i] = q->ring[q->head];
		q->head = (q->head + 1) % q->size;
	}
	q->count -= n;
	q->popped += n;
	atomic_store_explicit(&b->claim, claim_make((claim >> 32) + 1, 0, n), memory_order_release);
	return n;
}

size_t rd_queue_pop(struct rd_queue *q, struct rd_batch *batch, uint64_t until_us)
{
	bool in_time = true, wake;
	size_t n = 0;

	rd_lock_take(&q->lock);
	while (in_time) {
		bool may = rd_regulate_may_run(&q->regulate) || !q->open;

		if ((q->count > 0 && may) || (q->count == 0 && !q->open))
			break;
		in_time = queue_sleep(q, until_us);
	}
	if (in_time)
		n = queue_fill(q, batch);
	if (n == 0)
		q->regulate.running--;
	wake = queue_permit_if_wanted(q);
	queue_unlock_and_signal(q, wake);
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

struct rd_queue_view rd_queue_look(struct rd_queue *q, bool began)
{
	struct rd_queue_view view = { 0 };
	unsigned more, woken = 0;

	rd_lock_take(&q->lock);
	more = rd_regulate_rescue(&q->regulate, q->count, began || q->popped != q->seen);
	if (more == 0 && rd_regulate_wants(&q->regulate, q->count))
		more = 1;
	q->seen = q->popped;
	while (woken < more && queue_permit(q))
		woken++;
	view.waiting = q->count;
	view.asleep = q->regulate.asleep;
	view.awake = q->regulate.running + q->regulate.blocked;
	view.wanted = more - woken;
	rd_lock_drop(&q->lock);
	for (unsigned i = 0; i < woken; i++)
		rd_cond_signal(&q->ready);
	return view;
}

void rd_queue_close(struct rd_queue *q)
{
	rd_lock_take(&q->lock);
	q->open = false;
	rd_lock_drop(&q->lock);
	rd_cond_broadcast(&q->ready);
}
