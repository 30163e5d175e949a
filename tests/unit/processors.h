/*
 * processors - threads on some processors, in virtual time.
 *
 * A thread wants some time of a processor, and has it at once or when its turn comes, for SLICE_US
 * or less. One that is urgent, as main is when it has slept, is the next, and does not wait for
 * longer than URGENT_US: another's time is cut short then.
 */
#ifndef RD_TESTS_UNIT_PROCESSORS_H
#define RD_TESTS_UNIT_PROCESSORS_H

#include <stdbool.h>

#define SLICE_US  3000.0
#define URGENT_US 300.0
#define NEVER	  1e18

enum {
	CPU_THREADS = 257, /* at most */
	CPU_NOBODY,
	HEAP_SIZE = 2048,
};

/* Who is due when; the next is first. */
struct heap {
	struct {
		double at;
		unsigned who;
	} node[HEAP_SIZE];
	unsigned n;
};

struct cpu_thread {
	double want_us, slice_us; /* of a processor: wanted; until it is another's turn */
	double from_us;		  /* since when it has one; NEVER: it has none */
};

struct cpus {
	unsigned n;
	double now_us;
	double used_us; /* of all, by those that have none now */
	struct cpu_thread thread[CPU_THREADS];
	struct heap on;				     /* who has one, until when */
	unsigned ready[CPU_THREADS], first, waiting; /* a ring: who waits for one */
	double urgent_us;			     /* until when the urgent one waits */
	unsigned current;			     /* has had what it wanted, and may go on */
};

static void heap_add(struct heap *h, double at, unsigned who)
{
	unsigned i = h->n++;

	for (; i > 0 && h->node[(i - 1) / 2].at > at; i = (i - 1) / 2)
		h->node[i] = h->node[(i - 1) / 2];
	h->node[i].at = at;
	h->node[i].who = who;
}

static unsigned heap_take(struct heap *h)
{
	unsigned who = h->node[0].who, i = 0;
	unsigned last = --h->n;

	for (unsigned child; (child = 2 * i + 1) < h->n; i = child) {
		if (child + 1 < h->n && h->node[child + 1].at < h->node[child].at)
			child++;
		if (h->node[last].at <= h->node[child].at)
			break;
		h->node[i] = h->node[child];
	}
	h->node[i] = h->node[last];
	return who;
}

static double heap_next(const struct heap *h)
{
	return h->n > 0 ? h->node[0].at : NEVER;
}

static void cpus_init(struct cpus *c, unsigned n)
{
	c->n = n;
	c->urgent_us = NEVER;
	c->current = CPU_NOBODY;
	for (unsigned i = 0; i < CPU_THREADS; i++)
		c->thread[i].from_us = NEVER;
}

static void cpus_put_on(struct cpus *c, unsigned who)
{
	struct cpu_thread *t = &c->thread[who];

	t->from_us = c->now_us;
	heap_add(&c->on, c->now_us + (t->want_us < t->slice_us ? t->want_us : t->slice_us), who);
}

static void cpus_take_off(struct cpus *c, unsigned who)
{
	struct cpu_thread *t = &c->thread[who];
	double had_us = c->now_us - t->from_us;

	t->want_us -= had_us;
	t->slice_us -= had_us;
	t->from_us = NEVER;
	c->used_us += had_us;
}

static void cpus_queue(struct cpus *c, unsigned who)
{
	c->ready[(c->first + c->waiting++) % CPU_THREADS] = who;
}

static void cpus_queue_first(struct cpus *c, unsigned who)
{
	c->first = (c->first + CPU_THREADS - 1) % CPU_THREADS;
	c->ready[c->first] = who;
	c->waiting++;
	c->urgent_us = c->now_us + URGENT_US;
}

/* The thread wants so much of a processor. Who has just had one goes on, while its slice lasts. */
static void cpus_run(struct cpus *c, unsigned who, double us, bool urgent)
{
	bool goes_on = who == c->current;

	c->thread[who].want_us = us;
	if (goes_on && c->thread[who].slice_us > 0) {
		cpus_put_on(c, who);
		return;
	}
	c->thread[who].slice_us = SLICE_US;
	if (urgent && !goes_on)
		cpus_queue_first(c, who);
	else
		cpus_queue(c, who);
}

/* Those that are free are given to who waits. */
static void cpus_dispatch(struct cpus *c)
{
	while (c->on.n < c->n && c->waiting > 0) {
		cpus_put_on(c, c->ready[c->first]);
		c->first = (c->first + 1) % CPU_THREADS;
		c->waiting--;
		c->urgent_us = NEVER; /* it was the first */
	}
}

/* The urgent one has waited for long. */
static void cpus_preempt(struct cpus *c)
{
	unsigned who = c->on.node[--c->on.n].who;

	cpus_take_off(c, who);
	cpus_queue(c, who);
	c->urgent_us = NEVER;
}

/* Whose time on a processor is over, now: it has what it wanted; or CPU_NOBODY, has to wait. */
static unsigned cpus_end(struct cpus *c)
{
	unsigned who = heap_take(&c->on);

	cpus_take_off(c, who);
	if (c->thread[who].want_us < 1e-6)
		return who;
	c->thread[who].slice_us = SLICE_US;
	cpus_queue(c, who);
	return CPU_NOBODY;
}

/* By all threads, until now. */
static double cpus_used(const struct cpus *c)
{
	double us = c->used_us;

	for (unsigned i = 0; i < c->on.n; i++)
		us += c->now_us - c->thread[c->on.node[i].who].from_us;
	return us;
}

/* So much the thread wants still. */
static double cpus_wants(const struct cpus *c, unsigned who)
{
	const struct cpu_thread *t = &c->thread[who];

	return t->from_us < c->now_us ? t->want_us - (c->now_us - t->from_us) : t->want_us;
}

#endif
