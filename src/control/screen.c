/*
 * screen - the terminal, by ncurses.
 * Thread:  main.
 * Never:   handles a signal: who uses it does, and ends it.
 */
#include "control/screen.h"

#include "control/taste.h"

#include <curses.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { ESCAPE_MS = 25 }; /* after it, an escape is a key by itself */

static SCREEN *screen;
static attr_t looks[STYLE_COUNT];

static void screen_colours(void)
{
	start_color();
	use_default_colors();
	init_pair(1, COLOR_GREEN, -1);
	init_pair(2, COLOR_CYAN, -1);
	init_pair(3, COLOR_RED, -1);
	looks[STYLE_GOOD] = (attr_t)COLOR_PAIR(1);
	looks[STYLE_BUSY] = (attr_t)COLOR_PAIR(2);
	looks[STYLE_BAD] = (attr_t)COLOR_PAIR(3) | A_BOLD;
}

bool rd_screen_begin(bool colour, const char **why)
{
	*why = "it needs a terminal as standard input and output";
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return false;
	*why = "TERM names no terminal that it knows";
	set_escdelay(ESCAPE_MS);
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return false;
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	looks[STYLE_BOLD] = looks[STYLE_GOOD] = looks[STYLE_BUSY] = looks[STYLE_BAD] = A_BOLD;
	looks[STYLE_DIM] = A_DIM;
	looks[STYLE_HEAD] = A_REVERSE;
	looks[STYLE_KEY] = A_REVERSE | A_BOLD | A_UNDERLINE;
	if (colour && has_colors())
		screen_colours();
	return true;
}

void rd_screen_end(void)
{
	endwin();
	delscreen(screen);
}

void rd_screen_size(int *rows, int *cols)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
	*rows = LINES;
	*cols = COLS;
}

void rd_screen_show(const struct rd_canvas *c)
{
	for (int row = 0; row < c->rows; row++) {
		const struct rd_cell *cell = c->cell + row * c->cols;

		for (int col = 0; col < c->cols; col++)
			mvaddch(row, col, (chtype)cell[col].text | looks[cell[col].style]);
	}
	refresh();
}

int rd_screen_key(void)
{
	int key = getch();

	switch (key) {
	case ERR:
		return -1;
	case KEY_UP:
		return RD_KEY_UP;
	case KEY_DOWN:
		return RD_KEY_DOWN;
	case KEY_PPAGE:
		return RD_KEY_PAGE_UP;
	case KEY_NPAGE:
		return RD_KEY_PAGE_DOWN;
	case KEY_BACKSPACE:
		return RD_KEY_ERASE;
	default:
		return key < 256 ? key : 0;
	}
}
