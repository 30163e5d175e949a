/*
 * test_fair - clients who ask again and again have their turns, in virtual time, and one who has a
 * thousand requests at once has no more of them than the others.
 */
#include "overload.h"

/*
 * Clients who ask again as soon as they have their reply, each with some requests at once; and a
 * second later where they are refused.
 */
struct asker {
	unsigned at_once;
	uint64_t replies, refused;
};

struct askers {
	struct asker *asker;
	unsigned replies;	       /* of all */
	uint64_t client[WORKERS_MOST]; /* whom each worker serves, when it is busy */
	bool busy[WORKERS_MOST];
	struct {
		uint64_t at_us, client;
	} again[4096];
	unsigned refused, came_again;
};

static void askers_ask(struct sim *s, uint64_t client)
{
	struct rd_entry entry = { .conn = &nobody, .ready_us = s->now_us, .client = client };

	ck_assert(rd_waiting_add(&s->waiting, &entry));
}

/* A worker takes what is next, and refuses what it finds to be refused. */
static void askers_take(struct sim *s, struct askers *a, unsigned worker)
{
	struct rd_entry batch[BATCH];
	unsigned n = rd_waiting_take(&s->waiting, 1, BATCH, s->now_us, batch);

	for (unsigned i = 0; i < n; i++) {
		if (batch[i].shed != RD_NOT_SHED) {
			a->asker[batch[i].client].refused++;
			a->again[a->refused % COUNT(a->again)].at_us = s->now_us + SECOND;
			a->again[a->refused++ % COUNT(a->again)].client = batch[i].client;
			continue;
		}
		a->busy[worker] = true;
		a->client[worker] = batch[i].client;
		s->free_us[worker] =
			s->now_us + (uint64_t)((double)s->service_us * (0.9 + sim_random(s) / 5));
	}
	ck_assert_uint_lt(a->refused - a->came_again, COUNT(a->again));
}

static void askers_reply(struct sim *s, struct askers *a, unsigned worker)
{
	a->busy[worker] = false;
	a->asker[a->client[worker]].replies++;
	a->replies++;
	rd_shed_learn(&s->waiting.shed, s->service_us, 1);
	askers_ask(s, a->client[worker]);
}

/* When something happens next. */
static uint64_t askers_next(const struct sim *s, const struct askers *a)
{
	uint64_t next = a->came_again < a->refused ? a->again[a->came_again % COUNT(a->again)].at_us
						   : UINT64_MAX;

	for (unsigned i = 0; i < s->workers; i++)
		if (a->busy[i] && s->free_us[i] < next)
			next = s->free_us[i];
	return next;
}

/* For so many replies in all. */
static void askers_run(struct sim *s, struct asker *asker, unsigned n, unsigned replies)
{
	static struct askers a;

	a = (struct askers){ .asker = asker };
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < asker[i].at_once; k++)
			askers_ask(s, i);
	while (a.replies < replies) {
		for (unsigned i = 0; i < s->workers; i++) {
			if (a.busy[i] && s->free_us[i] <= s->now_us)
				askers_reply(s, &a, i);
			if (!a.busy[i])
				askers_take(s, &a, i);
		}
		s->now_us = askers_next(s, &a);
		while (a.came_again < a.refused &&
		       a.again[a.came_again % COUNT(a.again)].at_us <= s->now_us)
			askers_ask(s, a.again[a.came_again++ % COUNT(a.again)].client);
	}
	while (s->waiting.count > 0)
		rd_waiting_take(&s->waiting, 1, BATCH, s->now_us, (struct rd_entry[BATCH]){ 0 });
}

/* A hundred clients and 64 workers: each waits for the others, and nobody is refused. */
START_TEST(in_turn)
{
	struct sim s = sim_of(steady, 0, 1);
	struct asker asker[100];
	uint64_t least = UINT64_MAX, most = 0;

	s.workers = 64;
	s.service_us = 200 * 1000;
	for (unsigned i = 0; i < COUNT(asker); i++)
		asker[i] = (struct asker){ .at_once = 1 };
	sim_begin(&s, 14);
	askers_run(&s, asker, COUNT(asker), 100000);
	for (unsigned i = 0; i < COUNT(asker); i++) {
		ck_assert_uint_eq(asker[i].refused, 0);
		least = asker[i].replies < least ? asker[i].replies : least;
		most = asker[i].replies > most ? asker[i].replies : most;
	}
	ck_assert_uint_le(most, least + 50);
	sim_end(&s);
}
END_TEST

static const struct {
	unsigned workers, honest, service_ms;
} shares[] = { { 2, 1, 10 }, { 2, 3, 10 }, { 16, 20, 10 }, { 2, 3, 200 }, { 16, 40, 1 } };

/*
 * One has a thousand requests at once, the others one each. Each that waits has its share, and no
 * honest one is refused; one with a single request cannot use a share that is more than one worker.
 */
START_TEST(beside_a_greedy_one)
{
	struct sim s = sim_of(steady, 0, 1);
	struct asker asker[64] = { { .at_once = 1000 } };
	unsigned n = shares[_i].honest + 1, replies = 200000, share;

	s.workers = shares[_i].workers;
	s.service_us = shares[_i].service_ms * 1000;
	for (unsigned i = 1; i < n; i++)
		asker[i].at_once = 1;
	share = replies / (n > s.workers ? n : s.workers);
	sim_begin(&s, 15);
	askers_run(&s, asker, n, replies);
	if (getenv("SIMULATION"))
		printf("%u workers of %u ms, %u honest, of %u replies: greedy %" PRIu64
		       ", honest %" PRIu64 " each\n",
		       s.workers, shares[_i].service_ms, shares[_i].honest, replies,
		       asker[0].replies, asker[1].replies);
	for (unsigned i = 1; i < n; i++) {
		ck_assert_uint_eq(asker[i].refused, 0);
		ck_assert_uint_ge(asker[i].replies, share / 10 * 8 / (n <= s.workers ? 2 : 1));
	}
	sim_end(&s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fair");
	TCase *tcase = tcase_create("fair");
	SRunner *runner;
	int failed;

#ifdef __SANITIZE_THREAD__
	puts("skipped: all is one thread, where ThreadSanitizer has nothing to find");
	return 77;
#endif
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, in_turn);
	tcase_add_loop_test(tcase, beside_a_greedy_one, 0, COUNT(shares));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
