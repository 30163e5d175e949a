/*
 * test_regulate_sim - the regulator beside pools of every fixed size, on 1 to 64 processors, in
 * virtual time. With --table it prints what doc/regulator.md shows.
 */
#include "simulated.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { SEED = 1, CELLS = 5, MANY = 1024, FEW = 64 /* clients */ };

static const unsigned processors[CELLS] = { 1, 2, 4, 16, 64 };

static const struct sim_load loads[] = {
	{ "5 us", { { 5, 0 } }, 0, false },
	{ "50 us", { { 50, 0 } }, 0, false },
	{ "500 us", { { 500, 0 } }, 0, false },
	{ "5 ms", { { 5000, 0 } }, 0, false },
	{ "50 ms", { { 50000, 0 } }, 0, false },
	{ "1 s", { { 1000000, 0 } }, 0, false },
	{ "5 us, sleeps 50 us", { { 5, 50 } }, 0, false },
	{ "10 us, sleeps 200 us", { { 10, 200 } }, 0, false },
	{ "20 us, sleeps 500 us", { { 20, 500 } }, 0, false },
	{ "20 us, sleeps 5 ms", { { 20, 5000 } }, 0, false },
	{ "20 us, sleeps 50 ms", { { 20, 50000 } }, 0, false },
	{ "20 us, sleeps 1 s", { { 20, 1000000 } }, 0, false },
	{ "1 ms, sleeps 10 ms", { { 1000, 10000 } }, 0, false },
	{ "5 us; 1 in 100 sleeps 10 ms", { { 5, 0 }, { 5, 10000 } }, 10, false },
	{ "1 ms; 1 in 100 sleeps 1 s", { { 1000, 0 }, { 1000, 1000000 } }, 10, false },
	{ "20 us; 1 in 1000 sleeps 50 ms", { { 20, 0 }, { 20, 50000 } }, 1, false },
	{ "20 us; 1 in 5 sleeps 1 ms", { { 20, 0 }, { 20, 1000 } }, 200, false },
	{ "20 us; 1 in 2 sleeps 200 us", { { 20, 0 }, { 20, 200 } }, 500, false },
	{ "50 us; 1 in 10 computes 5 ms", { { 50, 0 }, { 5000, 0 } }, 100, false },
	{ "5 us; and 1 in 100 sleeps 10 ms", { { 5, 0 }, { 5, 10000 } }, 10, true },
	{ "20 us; and 1 in 5 sleeps 1 ms", { { 20, 0 }, { 20, 1000 } }, 200, true },
	{ "50 us; and 1 in 10 computes 5 ms", { { 50, 0 }, { 5000, 0 } }, 100, true },
};

struct cell {
	double best;
	unsigned size; /* of the best */
	double regulated;
};

/* 1, 2, 3, 4, 6, 8, 12, ... */
static unsigned size_next(unsigned n)
{
	return n < 2 ? n + 1 : n & (n - 1) ? n / 3 * 4 : n / 2 * 3;
}

/* Each size is tried that could be of use, and the number of processors. */
static struct cell cell_of(const struct sim_load *load, unsigned cpus, unsigned clients)
{
	struct sim_case c = { .cpus = cpus, .clients = clients };
	struct cell cell = { 0 };

	for (unsigned n = cpus; n <= SIM_WORKERS && n < 2 * clients; n = size_next(n)) {
		double done;

		c.fixed = n;
		done = sim_rate(load, &c, SEED).done;
		if (done <= cell.best)
			continue;
		cell.best = done;
		cell.size = n;
	}
	c.fixed = 0;
	cell.regulated = 100 * sim_rate(load, &c, SEED).done / cell.best;
	return cell;
}

/* Of what is offered, at nine tenths of the best. */
static double offered_of(const struct sim_load *load, unsigned cpus, double best)
{
	struct sim_case c = { .cpus = cpus, .every_us = 1e6 / (0.9 * best) };
	struct sim_rate rate = sim_rate(load, &c, SEED);

	return 100 * rate.done / rate.asked;
}

static void as_good(const char *what, size_t load, unsigned cpus, double percent)
{
	ck_assert_msg(percent >= 95, "%s, %u processors, %s: %.1f %%", loads[load].name, cpus, what,
		      percent);
}

START_TEST(as_good_as_the_best)
{
	for (size_t i = 0; i < CELLS; i++) {
		unsigned cpus = processors[i];
		struct cell many = cell_of(&loads[_i], cpus, MANY);

		as_good("many clients", _i, cpus, many.regulated);
		as_good("few clients", _i, cpus, cell_of(&loads[_i], cpus, FEW).regulated);
		as_good("offered", _i, cpus, offered_of(&loads[_i], cpus, many.best));
	}
}
END_TEST

START_TEST(same_for_a_seed)
{
	const struct sim_load *load = &loads[16];
	struct sim_case c = { .cpus = 4, .clients = MANY };
	double once = sim_rate(load, &c, SEED).done, other;

	ck_assert(once == sim_rate(load, &c, SEED).done); /* NOLINT */
	other = sim_rate(load, &c, SEED + 1).done;
	ck_assert(other > 0.9 * once && other < 1.1 * once);
}
END_TEST

static void table_cell(const struct sim_load *load, unsigned cpus)
{
	struct cell many = cell_of(load, cpus, MANY), few = cell_of(load, cpus, FEW);

	printf("  %3.0f %3.0f %3.0f (%3u %3u)", many.regulated, few.regulated,
	       offered_of(load, cpus, many.best), many.size, few.size);
}

static void table(void)
{
	for (size_t r = 0; r < COUNT(loads); r++) {
		printf("    %-32s", loads[r].name);
		for (size_t i = 0; i < CELLS; i++)
			table_cell(&loads[r], processors[i]);
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	Suite *suite = suite_create("regulate_sim");
	TCase *tcase = tcase_create("regulate_sim");
	SRunner *runner;
	int failed;

#ifdef __SANITIZE_THREAD__
	puts("skipped: all is one thread, where ThreadSanitizer has nothing to find");
	return 77;
#endif
	if (argc == 2 && strcmp(argv[1], "--table") == 0) {
		table();
		return 0;
	}
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, as_good_as_the_best, 0, COUNT(loads));
	tcase_add_test(tcase, same_for_a_seed);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
