/*
 * work - replyd with handlers of a known cost, for overload and hostile.
 *
 *     work ADDRESS WORKERS [DIRECTORY]
 *
 *     /sleep     holds a worker for 10 ms
 *     /ten       10 MB in pieces
 *     /endless   never ends by itself
 *     /take      takes a body
 *     others     the files of DIRECTORY
 */
#include <replyd.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

static int work_sleep(struct replyd_exchange *x, void *data)
{
	const struct timespec ten_ms = { .tv_nsec = 10000000 };

	(void)data;
	nanosleep(&ten_ms, NULL);
	return replyd_text(x, 200, "done\n");
}

/* Writes on until `left` pieces are written, or its client has had what it may. */
static int work_write(struct replyd_exchange *x, long left)
{
	static char piece[10000];

	memset(piece, 'x', sizeof piece);
	while (left-- != 0 && replyd_write(x, piece, sizeof piece) == 0)
		;
	return 0;
}

static int work_ten(struct replyd_exchange *x, void *data)
{
	(void)data;
	return work_write(x, 1000);
}

static int work_endless(struct replyd_exchange *x, void *data)
{
	(void)data;
	return work_write(x, -1);
}

static int work_take(struct replyd_exchange *x, void *data)
{
	(void)data;
	return replyd_text(x, 200, "%lld bytes\n", (long long)replyd_body_length(x));
}

int main(int argc, char **argv)
{
	struct replyd *server = replyd_new();

	if (argc < 3 || !server) {
		fprintf(stderr, "usage: work ADDRESS WORKERS [DIRECTORY]\n");
		return 2;
	}
	if (replyd_set(server, "workers", argv[2]) != 0 ||
	    replyd_route(server, "GET /sleep", work_sleep, NULL) != 0 ||
	    replyd_route(server, "GET /ten", work_ten, NULL) != 0 ||
	    replyd_route(server, "GET /endless", work_endless, NULL) != 0 ||
	    replyd_route(server, "POST /take", work_take, NULL) != 0 ||
	    (argc > 3 && replyd_files(server, "/", argv[3], false) != 0)) {
		fprintf(stderr, "work: %s\n", replyd_error(server));
		return 1;
	}
	return replyd_run(server, argv[1]);
}
