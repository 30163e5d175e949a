/*
 * beside - a temporary name in the same directory, and rename(2).
 * Thread:  main.
 * Never:   replaces a device or a pipe: into these it writes.
 */
#include "client/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a signal removes; empty: nothing. */
static char pending[PATH_MAX];

static void beside_signal(int signo)
{
	if (pending[0])
		unlink(pending);
	raise(signo); /* once more, and as ever: SA_RESETHAND */
}

static void beside_catch(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = beside_signal, .sa_flags = (int)SA_RESETHAND };
	struct sigaction before;

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			sigaction(signals[i], &action, NULL);
}

static mode_t beside_usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Nothing is left of it, unless it was put in its place. */
static void beside_end(struct rd_beside *b)
{
	if (b->to)
		fclose(b->to);
	if (pending[0])
		unlink(pending);
	pending[0] = '\0';
	free(b->path);
	free(b->part);
	*b = (struct rd_beside){ 0 };
}

static void beside_make(struct rd_beside *b, mode_t mode)
{
	int fd;

	if (asprintf(&b->part, "%s.part-XXXXXX", b->path) < 0) {
		b->part = NULL;
		return;
	}
	fd = mkostemp(b->part, O_CLOEXEC);
	if (fd < 0)
		return;
	snprintf(pending, sizeof pending, "%s", b->part);
	beside_catch();
	fchmod(fd, mode);
	b->to = fdopen(fd, "w");
}

bool rd_beside_open(struct rd_beside *b, const char *path)
{
	struct stat st;
	bool there = stat(path, &st) == 0;
	int error;

	*b = (struct rd_beside){ 0 };
	if (!there && errno != ENOENT)
		return false;
	b->path = there ? realpath(path, NULL) : strdup(path);
	if (b->path && there && !S_ISREG(st.st_mode))
		b->to = fopen(path, "we");
	else if (b->path)
		beside_make(b, there ? st.st_mode & 0777 : beside_usual_mode());
	if (b->to)
		return true;
	error = errno;
	beside_end(b);
	errno = error;
	return false;
}

/* Whether all is written; errno says why not. */
static bool beside_written(FILE *to)
{
	if (fflush(to) != 0)
		return false;
	errno = EIO; /* of an earlier failure the reason is forgotten */
	return !ferror(to);
}

bool rd_beside_keep(struct rd_beside *b)
{
	int error = beside_written(b->to) ? 0 : errno;

	if (fclose(b->to) != 0 && !error)
		error = errno;
	b->to = NULL;
	if (!error && b->part && rename(b->part, b->path) != 0)
		error = errno;
	if (!error)
		pending[0] = '\0';
	beside_end(b);
	errno = error;
	return !error;
}

void rd_beside_drop(struct rd_beside *b)
{
	beside_end(b);
}
