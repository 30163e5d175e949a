/*
 * stages - how long the stages of a worker's exchanges took.
 * Thread:  the worker's; those that add up are anyone's.
 * Owns:    the tallies.
 * Never:   takes a lock.
 */
#include "observe/stages.h"

#include <sys/mman.h>

static void stages_more(_Atomic uint64_t *n, uint64_t by)
{
	atomic_store_explicit(n, atomic_load_explicit(n, memory_order_relaxed) + by,
			      memory_order_relaxed);
}

static uint64_t stages_read(const _Atomic uint64_t *n)
{
	return atomic_load_explicit(n, memory_order_relaxed);
}

/* Mapped, so that what is never written takes no memory. */
static struct rd_tally *stages_tally(struct rd_stages *s, unsigned series)
{
	struct rd_tally *t = atomic_load_explicit(&s->tally[series], memory_order_relaxed);

	if (t)
		return t;
	t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (t == MAP_FAILED)
		return NULL;
	atomic_store_explicit(&s->tally[series], t, memory_order_release);
	return t;
}

static void stages_time(struct rd_stage_times *t, uint64_t us)
{
	stages_more(&t->bucket[rd_bucket_of(us, RD_STAGES_BITS, RD_STAGES_TOP)], 1);
	stages_more(&t->sum, us);
	if (us > stages_read(&t->most))
		atomic_store_explicit(&t->most, us, memory_order_relaxed);
}

void rd_stages_record(struct rd_stages *s, const struct rd_record *r)
{
	unsigned status = r->status - (unsigned)RD_STATUS_LEAST;
	struct rd_tally *t = stages_tally(s, r->series);

	if (!t)
		return;
	for (enum rd_stage i = 0; i < STAGE_COUNT; i++)
		if (rd_record_reached(r, i))
			stages_time(&t->stage[i], rd_record_stage(r, i));
	stages_more(&t->received, r->received);
	stages_more(&t->sent, r->head + r->body);
	stages_more(&t->status[status < RD_STATUSES ? status : RD_STATUS_NONE], 1);
}

void rd_stages_free(struct rd_stages *s)
{
	for (unsigned i = 0; i < RD_SERIES_MAX; i++) {
		struct rd_tally *t = atomic_load_explicit(&s->tally[i], memory_order_relaxed);

		if (t)
			munmap(t, sizeof(*t));
		atomic_store_explicit(&s->tally[i], NULL, memory_order_relaxed);
	}
}

static void stages_add_stage(struct rd_stage_sum *to, const struct rd_stage_times *from)
{
	uint64_t most = stages_read(&from->most);

	for (unsigned i = 0; i < RD_STAGES_BUCKETS; i++) {
		uint64_t n = stages_read(&from->bucket[i]);

		to->bucket[i] += n;
		to->count += n;
	}
	to->sum += stages_read(&from->sum);
	if (most > to->most)
		to->most = most;
}

void rd_stages_add(struct rd_stage_sums *to, const struct rd_stages *from, unsigned series)
{
	const struct rd_tally *t = atomic_load_explicit(&from->tally[series], memory_order_acquire);

	if (!t)
		return;
	for (int i = 0; i < STAGE_COUNT; i++)
		stages_add_stage(&to->stage[i], &t->stage[i]);
	to->received += stages_read(&t->received);
	to->sent += stages_read(&t->sent);
	for (int i = 0; i < RD_STATUSES; i++) {
		uint64_t n = stages_read(&t->status[i]);

		to->status[i] += n;
		to->exchanges += n;
	}
}

static void stages_since(struct rd_stage_sum *now, const struct rd_stage_sum *before)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < RD_STAGES_BUCKETS; i++) {
		now->bucket[i] -= before->bucket[i];
		if (now->bucket[i])
			most = rd_bucket_middle(i, RD_STAGES_BITS);
	}
	now->count -= before->count;
	now->sum -= before->sum;
	if (most < now->most)
		now->most = most;
}

void rd_stages_since(struct rd_stage_sums *now, const struct rd_stage_sums *before)
{
	for (int i = 0; i < STAGE_COUNT; i++)
		stages_since(&now->stage[i], &before->stage[i]);
	now->received -= before->received;
	now->sent -= before->sent;
	now->exchanges -= before->exchanges;
	for (int i = 0; i < RD_STATUSES; i++)
		now->status[i] -= before->status[i];
}

uint64_t rd_stages_quantile(const struct rd_stage_sum *s, double q)
{
	uint64_t value;
	unsigned i;

	if (s->count == 0)
		return 0;
	i = rd_bucket_at(s->bucket, s->count, q);
	value = rd_bucket_middle(i, RD_STAGES_BITS);
	return q >= 1 || value > s->most || i == RD_STAGES_BUCKETS - 1 ? s->most : value;
}

uint64_t rd_stages_within(const struct rd_stage_sum *s, uint64_t us)
{
	unsigned last = rd_bucket_of(us, RD_STAGES_BITS, RD_STAGES_TOP);
	uint64_t n = 0;

	for (unsigned i = 0; i <= last; i++)
		n += s->bucket[i];
	return n;
}
