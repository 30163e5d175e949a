/*
 * test_tty - a terminal has a width and, unless the user says otherwise, colour; a pipe has none.
 */
#include "base/tty.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int master, terminal;

static void open_terminal(void)
{
	master = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ge(master, 0);
	ck_assert_int_eq(grantpt(master), 0);
	ck_assert_int_eq(unlockpt(master), 0);
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(terminal, 0);
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
}

static void close_terminal(void)
{
	close(terminal);
	close(master);
}

START_TEST(width)
{
	struct winsize size = { .ws_row = 25, .ws_col = 132 };
	int ends[2];

	ck_assert_uint_eq(rd_tty_width(terminal), 80); /* it does not know itself */
	ck_assert_int_eq(ioctl(master, TIOCSWINSZ, &size), 0);
	ck_assert_uint_eq(rd_tty_width(terminal), 132);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_uint_eq(rd_tty_width(ends[1]), 0);
	close(ends[0]);
	close(ends[1]);
	ck_assert_uint_eq(rd_tty_width(-1), 0);
}
END_TEST

static const struct {
	const char *none, *kind;
	bool colour;
} cases[] = {
	{ NULL, "xterm-256color", true }, { "", "xterm", true },   { "1", "xterm", false },
	{ "0", "xterm", false },	  { NULL, "dumb", false }, { NULL, NULL, false },
};

START_TEST(colour)
{
	if (cases[_i].none)
		setenv("NO_COLOR", cases[_i].none, 1);
	if (cases[_i].kind)
		setenv("TERM", cases[_i].kind, 1);
	else
		unsetenv("TERM");
	ck_assert_int_eq(rd_tty_colour(terminal), cases[_i].colour);
}
END_TEST

START_TEST(no_terminal)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert(!rd_tty_colour(ends[1]));
	close(ends[0]);
	close(ends[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tty");
	TCase *tcase = tcase_create("tty");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, open_terminal, close_terminal);
	tcase_add_test(tcase, width);
	tcase_add_loop_test(tcase, colour, 0, (int)(sizeof cases / sizeof *cases));
	tcase_add_test(tcase, no_terminal);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
