/*
 * tty - asks the terminal, and the user's environment.
 * Thread:  any, while nobody changes the environment.
 */
#include "base/tty.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL = 80 };

unsigned rd_tty_width(int fd)
{
	struct winsize size;

	if (!isatty(fd))
		return 0;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : USUAL;
}

bool rd_tty_colour(int fd)
{
	const char *none = getenv("NO_COLOR"), *kind = getenv("TERM");

	return isatty(fd) && !(none && none[0]) && kind && strcmp(kind, "dumb") != 0;
}
