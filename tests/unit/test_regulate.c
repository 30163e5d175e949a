/*
 * test_regulate - the regulator as a function: tables, and minutes of it in virtual time.
 */
#include "flow/regulate.h"

#include <check.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct {
	unsigned concurrency, extra, running, waiting;
	bool wants, may_run;
} rows[] = {
	{ 1, 0, 0, 1, true, true },   { 1, 0, 0, 0, false, true }, /* nothing waits */
	{ 1, 0, 1, 9, false, true },  /* enough run; who runs goes on */
	{ 1, 0, 2, 9, false, false }, /* one too many */
	{ 4, 0, 3, 1, true, true },   { 4, 0, 4, 1, false, true },  { 4, 0, 5, 1, false, false },
	{ 1, 3, 3, 1, true, true }, /* the rescue raised the limit to 4 */
	{ 1, 3, 4, 1, false, true },  { 1, 3, 5, 1, false, false },
};

START_TEST(who_runs)
{
	struct rd_regulate r = {
		.concurrency = rows[_i].concurrency,
		.extra = rows[_i].extra,
		.running = rows[_i].running,
	};

	ck_assert_uint_eq(rd_regulate_limit(&r), r.concurrency + r.extra);
	ck_assert_int_eq(rd_regulate_wants(&r, rows[_i].waiting), rows[_i].wants);
	ck_assert_int_eq(rd_regulate_may_run(&r), rows[_i].may_run);
}
END_TEST

static const struct {
	unsigned concurrency, extra, waiting, share;
} shares[] = {
	{ 1, 0, 0, 0 },	 { 1, 0, 1, 1 },  { 1, 0, 16, 16 }, { 1, 0, 17, 16 }, { 2, 0, 3, 2 },
	{ 4, 0, 16, 4 }, { 4, 0, 17, 5 }, { 8, 0, 7, 1 },   { 1, 3, 16, 4 },  { 2, 0, 9999, 16 },
};

START_TEST(share)
{
	struct rd_regulate r = {
		.concurrency = shares[_i].concurrency,
		.extra = shares[_i].extra,
	};

	ck_assert_uint_eq(rd_regulate_share(&r, shares[_i].waiting, 16), shares[_i].share);
}
END_TEST

static const struct {
	unsigned concurrency, extra, running, waiting, stuck, used;
	bool idled;
	unsigned more, then;
} rescues[] = {
	{ 2, 0, 2, 5, 2, 0, false, 3, 1 }, /* all that may run are stuck ... */
	{ 2, 1, 5, 5, 5, 0, false, 5, 3 }, /* ... again and again */
	{ 1, 0, 1, 1, 1, 0, false, 1, 1 },     { 4, 0, 4, 9, 1, 0, false, 2, 1 }, /* one of four */
	{ 4, 0, 4, 9, 0, 0, false, 0, 0 },					  /* none */
	{ 1, 0, 1, 0, 1, 0, false, 0, 0 },   /* nothing waits */
	{ 1, 0, 20, 3, 20, 0, false, 3, 5 }, /* no more than wait */
	{ 4, 0, 2, 9, 0, 0, false, 2, 0 },   /* fewer run than may */
	{ 4, 0, 2, 9, 2, 0, false, 4, 0 },   /* likewise, and two of them are stuck */
	{ 2, 0, 2, 5, 2, 93, false, 2, 0 },  /* busy: only for who is stuck */
	{ 2, 0, 2, 5, 2, 0, true, 3, 1 },    /* likewise, though one found no work before */
	{ 2, 5, 0, 0, 0, 0, true, 0, 4 },      { 2, 32, 0, 0, 0, 0, true, 0, 30 }, /* it falls */
	{ 2, 16, 12, 0, 10, 0, false, 0, 16 }, /* all have work */
};

START_TEST(rescue)
{
	struct rd_regulate r = {
		.concurrency = rescues[_i].concurrency,
		.extra = rescues[_i].extra,
		.running = rescues[_i].running,
		.used = rescues[_i].used,
		.idled = rescues[_i].idled,
	};
	struct rd_regulate_look look = {
		.waiting = rescues[_i].waiting,
		.stuck = rescues[_i].stuck,
	};
	unsigned more = rd_regulate_rescue(&r, &look);

	ck_assert_uint_eq(more, rescues[_i].more);
	ck_assert_uint_eq(r.extra, rescues[_i].then);
	ck_assert(!r.idled);
}
END_TEST

static void measure(struct rd_regulate *r, unsigned used)
{
	struct rd_regulate_spent spent = { .elapsed_us = 8000,
					   .cpu_us = 80 * used * r->concurrency,
					   .begun = 100 };

	rd_regulate_measure(r, &spent);
}

/* While the processors are busy those that are blocked count, and no more come. */
START_TEST(busy)
{
	struct rd_regulate r = { .concurrency = 2, .running = 1, .blocked = 9 };
	struct rd_regulate_look look = { .waiting = 5 };

	for (int i = 0; i < 3; i++)
		measure(&r, 100); /* 50, 75, 87 per cent: not for one that is too high */
	ck_assert(!r.busy && rd_regulate_wants(&r, 1));
	measure(&r, 100);
	ck_assert(r.busy);
	ck_assert_uint_eq(rd_regulate_limit(&r), 10);
	ck_assert(!rd_regulate_wants(&r, 5));
	ck_assert_uint_eq(rd_regulate_rescue(&r, &look), 0);
	ck_assert_uint_eq(r.extra, 8);
	look.blocked = 3; /* who is stuck there makes room all the same */
	ck_assert_uint_eq(rd_regulate_rescue(&r, &look), 3);
	look.blocked = 0;
	ck_assert_uint_eq(rd_regulate_rescue(&r, &look), 0);
	ck_assert(rd_regulate_may_run(&r));
	r.running++;
	ck_assert(!rd_regulate_may_run(&r));
	r.idled = true;
	look.waiting = 0;
	rd_regulate_rescue(&r, &look);
	ck_assert_uint_eq(r.extra, 7);
}
END_TEST

/* That ends late: at 93 per cent it would come and go. Meanwhile there is room for more. */
START_TEST(calm_again)
{
	struct rd_regulate r = { .concurrency = 4, .running = 1, .blocked = 4, .used = 99 };
	struct rd_regulate_look look = { .waiting = 5 };

	measure(&r, 99);
	ck_assert(r.busy && r.extra == 1);
	measure(&r, 70);
	ck_assert(r.busy);
	ck_assert_uint_eq(rd_regulate_rescue(&r, &look), 1); /* a quarter of those blocked */
	measure(&r, 15);
	ck_assert(!r.busy);
	ck_assert_uint_eq(rd_regulate_rescue(&r, &look), 5);
}
END_TEST

/* Handlers wait, too shortly to be stuck: one more runs, each time when that was measured. */
START_TEST(waits)
{
	struct rd_regulate r = { .concurrency = 1, .running = 1 };
	struct rd_regulate_look look = { .waiting = 5 };
	struct rd_regulate_spent spent = { .elapsed_us = 8000, .waits = 10, .begun = 80 };

	rd_regulate_measure(&r, &spent); /* the threads wait now and then, whatever they do */
	ck_assert_uint_eq(rd_regulate_rescue(&r, &look), 0);
	spent.waits++;
	rd_regulate_measure(&r, &spent);
	ck_assert_uint_eq(rd_regulate_rescue(&r, &look), 1);
	r.running++;
	ck_assert_uint_eq(rd_regulate_rescue(&r, &look), 0);
	rd_regulate_measure(&r, &spent);
	ck_assert_uint_eq(rd_regulate_rescue(&r, &look), 1);
}
END_TEST

/* Who comes back from a handler that blocks may go on while others are in theirs. */
START_TEST(returners)
{
	struct rd_regulate r = { .concurrency = 2, .running = 4, .blocked = 1 };

	ck_assert(rd_regulate_may_run(&r));
	r.running = 5;
	ck_assert(!rd_regulate_may_run(&r));
	r.running = 4;
	r.blocked = 0;
	ck_assert(!rd_regulate_may_run(&r));
}
END_TEST

/* As the stuck come back the limit falls, and never below the concurrency. */
START_TEST(limit_falls_back)
{
	struct rd_regulate r = { .concurrency = 2, .extra = 300 };

	for (int i = 0; i < 100; i++) {
		r.idled = true;
		ck_assert_uint_eq(rd_regulate_rescue(&r, &(struct rd_regulate_look){ 0 }), 0);
	}
	ck_assert_uint_eq(rd_regulate_limit(&r), 2);
}
END_TEST

/*
 * Virtual time, a step a millisecond. A worker takes one entry a step: a quick one is done in it, a
 * slow one keeps its worker for `slow_ms`, counted as running or, when the route has been learnt,
 * as blocked.
 */
enum { WORKERS = 64 };

struct pool {
	struct rd_regulate r;
	unsigned busy_ms[WORKERS]; /* 0: free */
	bool blocked[WORKERS];	   /* else stuck: counts as running */
	unsigned slow, quick;	   /* waiting; the slow ones are in front */
	unsigned done;
};

static void pool_finish(struct pool *p)
{
	for (int i = 0; i < WORKERS; i++) {
		if (p->busy_ms[i] == 0 || --p->busy_ms[i] > 0)
			continue;
		p->done++;
		*(p->blocked[i] ? &p->r.blocked : &p->r.running) -= 1;
	}
}

/* A free worker, if there is one, takes an entry of the front. */
static void pool_take(struct pool *p, unsigned slow_ms, bool learnt)
{
	if (p->slow == 0) {
		p->quick--;
		p->done++;
		return;
	}
	for (int i = 0; i < WORKERS; i++) {
		if (p->busy_ms[i] > 0)
			continue;
		p->busy_ms[i] = slow_ms;
		p->blocked[i] = learnt;
		*(learnt ? &p->r.blocked : &p->r.running) += 1;
		p->slow--;
		return;
	}
}

static void pool_step(struct pool *p, unsigned slow_ms, bool learnt)
{
	struct rd_regulate_look look;

	pool_finish(p);
	look = (struct rd_regulate_look){ .stuck = p->r.running, .blocked = p->r.blocked };
	for (unsigned n = 0; n < 8 && rd_regulate_wants(&p->r, p->slow + p->quick); n++)
		pool_take(p, slow_ms, learnt);
	look.waiting = p->slow + p->quick;
	p->r.idled = look.waiting == 0;
	rd_regulate_rescue(&p->r, &look);
}

/* Handlers that nothing is known of hold every worker that may run: the quick are served behind. */
START_TEST(stuck)
{
	struct pool p = { .r = { .concurrency = 2 }, .slow = 20, .quick = 50 };
	unsigned ms = 0;

	while (p.done < 50) {
		ck_assert_uint_lt(ms++, 100);
		pool_step(&p, 100000, false);
	}
	ck_assert_uint_eq(p.r.running, 20);
	for (int i = 0; i < 200000; i++)
		pool_step(&p, 0, false);
	ck_assert_uint_eq(p.done, 70);
	ck_assert_uint_eq(p.r.running, 0);
	ck_assert_uint_eq(rd_regulate_limit(&p.r), 2);
}
END_TEST

/* Handlers that are known to block: all workers at once, with nobody to be rescued. */
START_TEST(blocked)
{
	struct pool p = { .r = { .concurrency = 2 }, .slow = WORKERS, .quick = 8 };

	for (int ms = 0; ms < WORKERS / 8 + 1; ms++)
		pool_step(&p, 100000, true);
	ck_assert_uint_eq(p.r.blocked, WORKERS);
	ck_assert_uint_eq(p.r.extra, 0);
	ck_assert_uint_eq(p.done, 8);
}
END_TEST

/* A quarter of an hour of work that moves: never more than the concurrency run. */
START_TEST(moving)
{
	struct pool p = { .r = { .concurrency = 3 } };

	for (int ms = 0; ms < 15 * 60000; ms++) {
		p.quick += (unsigned)(ms * 7 % 16);
		pool_step(&p, 0, false);
		ck_assert_uint_eq(rd_regulate_limit(&p.r), 3);
	}
	ck_assert_uint_gt(p.done, 5000000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("regulate");
	TCase *tcase = tcase_create("regulate");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, who_runs, 0, COUNT(rows));
	tcase_add_loop_test(tcase, share, 0, COUNT(shares));
	tcase_add_loop_test(tcase, rescue, 0, COUNT(rescues));
	tcase_add_test(tcase, busy);
	tcase_add_test(tcase, calm_again);
	tcase_add_test(tcase, waits);
	tcase_add_test(tcase, returners);
	tcase_add_test(tcase, limit_falls_back);
	tcase_add_test(tcase, stuck);
	tcase_add_test(tcase, blocked);
	tcase_add_test(tcase, moving);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
