/*
 * test_waiting - who is next: clients in turn, what is begun beside what is not, what is put back,
 * and who makes room when there is none. test_shed has what becomes of it in time.
 */
#include "flow/conn.h"
#include "flow/waiting.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 64, LATER_US = 1000 * 1000 };

static struct rd_conn conns[ENTRIES];
static struct rd_waiting w;
static uint64_t now_us;

static void begin(unsigned bound, bool on)
{
	static const struct rd_shed_config shed = { false, 5000, 100 * 1000, 50 * 1000 };
	struct rd_shed_config config = shed;

	config.on = on;
	now_us = LATER_US;
	ck_assert(rd_waiting_init(&w, bound, bound + ENTRIES, 0x9e3779b97f4a7c15, &config));
}

/* Entry i; a capital is of something begun. Each letter is a client. */
static struct rd_entry entry_of(char client, unsigned i)
{
	return (struct rd_entry){
		.conn = &conns[i],
		.ready_us = now_us,
		.client = (uint64_t)(client | 0x20),
		.purpose = client < 'a' ? RD_GOES_ON : RD_BEGINS,
	};
}

/* One for each letter, numbered from `first` on. */
static void add(const char *clients, unsigned first)
{
	for (unsigned i = 0; clients[i]; i++) {
		struct rd_entry entry = entry_of(clients[i], first + i);

		ck_assert(rd_waiting_add(&w, &entry));
		ck_assert_ptr_null(entry.conn);
	}
}

static char letter(const struct rd_entry *entry)
{
	return (char)(entry->shed != RD_NOT_SHED
			      ? '-'
			      : entry->client - (entry->purpose == RD_GOES_ON ? 0x20 : 0));
}

/* One after the other, all that wait; each as its client's letter. */
static const char *all(void)
{
	static char order[ENTRIES + 1];
	struct rd_entry entry[16];
	size_t n = 0;

	while (w.count > 0) {
		unsigned got = rd_waiting_take(&w, 1, 16, now_us, entry);

		for (unsigned i = 0; i < got; i++)
			order[n++] = letter(&entry[i]);
	}
	order[n] = '\0';
	return order;
}

static const struct {
	const char *came, *served;
} turns[] = {
	{ "aaaa", "aaaa" }, { "abcd", "abcd" },	      { "aaab", "abaa" }, { "aaaabbc", "abcabaa" },
	{ "aaAA", "aAaA" }, { "AAAABBa", "aABABAA" }, { "aBcD", "aBcD" },
};

START_TEST(in_turn)
{
	begin(ENTRIES, false);
	add(turns[_i].came, 0);
	ck_assert_str_eq(all(), turns[_i].served);
	rd_waiting_fini(&w);
}
END_TEST

/* Who asks again in the same round has his turn in the next. */
START_TEST(asks_again)
{
	struct rd_entry entry[16];

	begin(ENTRIES, false);
	add("abc", 0);
	ck_assert_uint_eq(rd_waiting_take(&w, 1, 16, now_us, entry), 1);
	add("aad", 3);
	ck_assert_str_eq(all(), "bcdaa");
	rd_waiting_fini(&w);
}
END_TEST

START_TEST(put_back)
{
	struct rd_entry entry[16];

	begin(ENTRIES, false);
	add("aaabbc", 0);
	ck_assert_uint_eq(rd_waiting_take(&w, 4, 16, now_us, entry), 4);
	ck_assert_int_eq(letter(&entry[0]), 'a');
	for (unsigned i = 4; i > 1; i--)
		rd_waiting_put_back(&w, &entry[i - 1]);
	ck_assert_uint_eq(w.count, 5);
	ck_assert_uint_eq(rd_waiting_take(&w, 3, 16, now_us, entry), 3);
	ck_assert_int_eq(letter(&entry[0]), 'b');
	ck_assert_ptr_eq(entry[0].conn, &conns[3]);
	ck_assert_int_eq(letter(&entry[1]), 'c');
	ck_assert_int_eq(letter(&entry[2]), 'a');
	ck_assert_ptr_eq(entry[2].conn, &conns[1]);
	ck_assert_str_eq(all(), "ba");
	rd_waiting_fini(&w);
}
END_TEST

/* There is no room: the one who has most makes some, for who has less than a part of it. */
START_TEST(full)
{
	struct rd_entry entry;

	begin(6, false);
	add("aaaaab", 0);
	entry = entry_of('a', 6);
	ck_assert(!rd_waiting_add(&w, &entry));
	ck_assert_ptr_eq(entry.conn, &conns[6]);
	ck_assert_int_eq(entry.shed, RD_SHED_FULL);

	entry = entry_of('c', 7);
	ck_assert(!rd_waiting_add(&w, &entry));
	ck_assert_ptr_eq(entry.conn, &conns[0]);
	ck_assert_int_eq(entry.shed, RD_SHED_FAIR);
	ck_assert_uint_eq(w.count, 6);

	entry = entry_of('D', 8);
	ck_assert(rd_waiting_add(&w, &entry)); /* beyond the bound */
	ck_assert_str_eq(all(), "aDbcaaa");
	rd_waiting_fini(&w);
}
END_TEST

/* Who asks again after his turn is behind the others, and is let in though it is full. */
START_TEST(begins_again)
{
	struct rd_entry entry;

	begin(2, false);
	add("ab", 0);
	entry = entry_of('a', 2);
	entry.purpose = RD_BEGINS_AGAIN;
	ck_assert(rd_waiting_add(&w, &entry));
	add("C", 3);
	ck_assert_str_eq(all(), "aCba");
	rd_waiting_fini(&w);
}
END_TEST

/* The queue stands: the old are shed, all but what is begun, and the newest comes first. */
START_TEST(standing)
{
	struct rd_entry entry[16];

	begin(ENTRIES, true);
	rd_shed_learn(&w.shed, 0, 64);
	add("aaB", 0);
	now_us += 60 * 1000;
	ck_assert_uint_eq(rd_waiting_expire(&w, 16, now_us, entry), 0); /* it does not stand yet */
	now_us += 50 * 1000;
	add("cd", 3);
	ck_assert_uint_eq(rd_waiting_expire(&w, 1, now_us, entry), 1);
	ck_assert_ptr_eq(entry[0].conn, &conns[0]);
	ck_assert_int_eq(entry[0].shed, RD_SHED_WAIT);
	now_us += 30 * 1000; /* c will be too late */
	add("e", 5);
	ck_assert_str_eq(all(), "-eBdc");
	rd_waiting_fini(&w);
}
END_TEST

/* Whoever takes him can serve him; where nobody does, he is told so. */
START_TEST(alone)
{
	struct rd_entry entry[4];

	begin(ENTRIES, true);
	rd_shed_learn(&w.shed, 0, 64);
	add("ab", 0);
	now_us += 200 * 1000;
	ck_assert_uint_eq(rd_waiting_take(&w, 1, 4, now_us, entry), 2);
	ck_assert_int_eq(entry[0].shed, RD_SHED_WAIT);
	ck_assert_int_eq(entry[1].shed, RD_NOT_SHED);
	add("a", 0);
	now_us += 200 * 1000;
	ck_assert_uint_eq(rd_waiting_expire(&w, 4, now_us, entry), 1);
	ck_assert_int_eq(entry[0].shed, RD_SHED_WAIT);
	rd_waiting_fini(&w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("waiting");
	TCase *tcase = tcase_create("waiting");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, in_turn, 0, sizeof(turns) / sizeof(*turns));
	tcase_add_test(tcase, asks_again);
	tcase_add_test(tcase, put_back);
	tcase_add_test(tcase, full);
	tcase_add_test(tcase, begins_again);
	tcase_add_test(tcase, standing);
	tcase_add_test(tcase, alone);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
