/*
 * intruder_handlers - a module that tries what no server does, as the query says, and answers with
 * what came of it: "done", or the name of the error.
 */
#include <replyd/handler.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *word; /* with what; one attempt at a time */

static int result(int value)
{
	return value < 0 ? errno : 0;
}

/* Reads a file. */
static int try_read(void)
{
	return result(open(word, O_RDONLY | O_CLOEXEC));
}

/* Makes one. */
static int try_write(void)
{
	return result(open(word, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

/* Runs it in the place of the server. */
static int try_exec(void)
{
	char *argv[] = { (char *)word, NULL };

	return result(execv(word, argv));
}

/* Runs it beside the server. */
static int try_spawn(void)
{
	char *argv[] = { (char *)word, NULL };
	pid_t pid;
	int error = posix_spawn(&pid, word, NULL, NULL, argv, NULL), status;

	if (error)
		return error;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : EACCES;
}

static int try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return result(pid);
}

static struct sockaddr_in port(void)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons((in_port_t)atoi(word)),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static int try_connect(void)
{
	struct sockaddr_in to = port();
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error = fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ? errno : 0;

	close(fd);
	return error;
}

/* With the first bytes. */
static int try_fastopen(void)
{
	struct sockaddr_in to = port();
	char byte = 0;
	struct iovec part = { &byte, 1 };
	struct msghdr m = {
		.msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &part, .msg_iovlen = 1
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error = fd < 0 || sendmsg(fd, &m, MSG_FASTOPEN) < 0 ? errno : 0;

	close(fd);
	return error;
}

static int try_datagram(void)
{
	struct sockaddr_in to = port();
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int error =
		fd < 0 || sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) < 0 ? errno : 0;

	close(fd);
	return error;
}

static int try_mmap(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	return at == MAP_FAILED ? errno : 0;
}

static int try_mprotect(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? EINVAL : result(mprotect(at, 4096, PROT_READ | PROT_EXEC));
}

static int try_root(void)
{
	return result(setresuid(0, 0, 0));
}

static int try_trace(void)
{
	return result((int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static const struct {
	const char *name;
	int (*attempt)(void);
} attempts[] = {
	{ "read", try_read },	      { "write", try_write },	    { "exec", try_exec },
	{ "spawn", try_spawn },	      { "fork", try_fork },	    { "connect", try_connect },
	{ "fastopen", try_fastopen }, { "datagram", try_datagram }, { "mmap", try_mmap },
	{ "mprotect", try_mprotect }, { "root", try_root },	    { "trace", try_trace },
};

static int perform(struct replyd_exchange *x, void *data)
{
	const char *name = replyd_query(x, "try", "");

	(void)data;
	word = replyd_query(x, "with", "");
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		int error;

		if (strcmp(attempts[i].name, name) != 0)
			continue;
		error = attempts[i].attempt();
		return replyd_text(x, 200, "%s\n", error ? strerrorname_np(error) : "done");
	}
	return 404;
}

const struct replyd_module replyd_module = {
	.size = sizeof(replyd_module),
	.interface = REPLYD_INTERFACE,
	.name = "intruder",
	.blocks = true,
	.perform = perform,
};
