/*
 * passed - descriptors that this process was started with: LISTEN_FDS, as sd_listen_fds(3) has it.
 * Thread:  main, before there is another.
 * Never:   leaves the variables to programs that the server starts.
 */
#include "daemon/passed.h"

#include "base/log.h"
#include "daemon/notify.h"
#include "server/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST = 3, MOST = 65536 };

/* The number that a variable of this process alone says; 0: there is none. */
static int passed_count(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	long n;

	if (!pid || !count || strtol(pid, NULL, 10) != getpid())
		return 0;
	n = strtol(count, NULL, 10);
	return n > 0 && n <= MOST ? (int)n : 0;
}

/* Each is the server's own where the one before this has opened it, or had it kept. */
static bool passed_lent(const char *name, bool by_self)
{
	if (!by_self)
		return strncmp(name, RD_NOTIFY_KEPT, strlen(RD_NOTIFY_KEPT)) != 0;
	return (strcmp(name, RD_HERITAGE_OWN) != 0 && strcmp(name, RD_HERITAGE_FREE) != 0);
}

static void passed_one(struct replyd *server, int fd, const char *name, bool by_self)
{
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
	    rd_heritage_add(&server->heritage, fd, name, passed_lent(name, by_self)))
		return;
	rd_log_error("of no use as a socket: descriptor %d, passed as \"%s\": %s", fd, name,
		     strerror(errno));
}

void rd_passed_inherit(struct replyd *server, bool by_self)
{
	int count = passed_count();
	const char *said = getenv("LISTEN_FDNAMES");
	char *names = strdup(said ? said : ""), *rest = names;

	if (!names)
		rd_log_error("what was passed cannot be taken: %s", strerror(errno));
	for (int i = 0; names && i < count; i++) {
		const char *name = rest ? strsep(&rest, ":") : NULL;

		passed_one(server, FIRST + i, name && *name ? name : "unknown", by_self);
	}
	server->heritage.shared = by_self;
	free(names);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}
