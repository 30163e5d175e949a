/*
 * spawner - the helper: a process that starts programs for a server that may execute nothing.
 *
 *     worker --program's number, environment, 4 descriptors--> helper --clone, exec--> program
 *     worker <-------------- pid, pidfd, or what failed ------ helper
 *
 * The fourth descriptor is what the answer goes to, so that many may ask at once and each hears of
 * its own. The helper clones with CLONE_PARENT: the program is a child of the server.
 *
 * Thread:  any worker asks; the helper has as many threads as there are processors.
 * Owns:    what is noted, for good: the helper has it as it was at the fork.
 * Never:   believes the server more than which program, with what environment, and descriptors.
 */
#include "handlers/spawner.h"

#include "base/must.h"
#include "base/thread.h"
#include "base/words.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	ASK = 4,	   /* descriptors: in, out, err, where the answer goes */
	ROOM = 256 * 1024, /* for an environment; more is E2BIG */
	THREADS = 8,	   /* of the helper, at most */
	STACK = 128 *
		1024, /* of one: it has a program's to begin with, and the environment's words */
	WORDS = 1000, /* of an environment */
	STEP = 256,
};

struct answer {
	int error;
	pid_t pid;
	char step[STEP];
};

static struct rd_spawn *programs; /* [known] */
static int known;
static bool collecting, started;
static int ask_fd = -1; /* the server's end */

void rd_spawner_collect(void)
{
	collecting = true;
}

int rd_spawner_known(void)
{
	return known;
}

static bool spawner_same_words(char *const *a, char *const *b)
{
	while (*a && *b && strcmp(*a, *b) == 0)
		a++, b++;
	return !*a && !*b;
}

static bool spawner_same_user(const struct rd_spawn_user *a, const struct rd_spawn_user *b)
{
	if (!a->name || !b->name)
		return a->name == b->name;
	return a->uid == b->uid && a->gid == b->gid && a->groups == b->groups &&
	       memcmp(a->group, b->group, a->groups * sizeof(*a->group)) == 0;
}

static bool spawner_same(const struct rd_spawn *a, const struct rd_spawn *b)
{
	return spawner_same_words(a->argv, b->argv) && strcmp(a->directory, b->directory) == 0 &&
	       a->limits.memory == b->limits.memory && a->limits.cpu_s == b->limits.cpu_s &&
	       a->limits.processes == b->limits.processes && spawner_same_user(a->user, b->user);
}

static struct rd_spawn_user *spawner_copy_user(const struct rd_spawn_user *user)
{
	struct rd_spawn_user *copy = malloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *user;
	if (!user->name)
		return copy;
	copy->name = strdup(user->name);
	copy->group = malloc((user->groups + 1) * sizeof(*copy->group));
	if (!copy->name || !copy->group)
		return NULL;
	memcpy(copy->group, user->group, user->groups * sizeof(*copy->group));
	return copy;
}

/* What is noted is kept; a server without memory does not start. */
static int spawner_note(const struct rd_spawn *program)
{
	struct rd_spawn *more = reallocarray(programs, (size_t)known + 1, sizeof(*more));
	struct rd_spawn *p;

	if (!more)
		return -1;
	programs = more;
	p = &programs[known];
	*p = (struct rd_spawn){
		.number = known,
		.argv = rd_words_copy((const char *const *)program->argv),
		.directory = strdup(program->directory),
		.limits = program->limits,
		.user = spawner_copy_user(program->user),
	};
	return p->argv && p->directory && p->user ? known++ : -1;
}

int rd_spawner_know(const struct rd_spawn *program)
{
	int number = 0;

	if (!collecting)
		return 0;
	while (number < known && !spawner_same(&programs[number], program))
		number++;
	if (number < known)
		return number;
	errno = ENOENT;
	return started ? -1 : spawner_note(program);
}

/* The words of a block of strings; false: it is none, or has too many. */
static bool spawner_words(char *block, size_t len, char *words[WORDS + 1])
{
	size_t n = 0;

	if (len > 0 && block[len - 1] != '\0')
		return false;
	for (size_t at = 0; at < len; at += strlen(block + at) + 1) {
		if (n == WORDS)
			return false;
		words[n++] = block + at;
	}
	words[n] = NULL;
	return true;
}

static void spawner_answer(int fd, const struct answer *answer, int pidfd)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { (void *)answer, sizeof(*answer) };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *c = (struct cmsghdr *)control;

	if (pidfd >= 0) {
		m.msg_control = control;
		m.msg_controllen = sizeof(control);
		*c = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
		memcpy(CMSG_DATA(c), &pidfd, sizeof(pidfd));
	}
	if (sendmsg(fd, &m, MSG_NOSIGNAL) < 0)
		return; /* who asked is gone, and so is the server */
}

/* Starts what was asked for. */
static void spawner_perform(int number, char *block, size_t len, const int fd[ASK])
{
	struct answer answer = { .error = EINVAL, .pid = -1, .step = "the helper" };
	char *words[WORDS + 1];
	const char *step = answer.step;
	struct rd_spawn s;
	int pidfd = -1;

	if (number >= 0 && number < known && spawner_words(block, len, words)) {
		s = programs[number];
		s.envp = words;
		s.in = fd[0];
		s.out = fd[1];
		s.err = fd[2];
		answer.pid = rd_spawn_with(&s, CLONE_PARENT, &pidfd, &step);
		answer.error = answer.pid < 0 ? errno : 0;
		strncpy(answer.step, step, STEP - 1);
	}
	spawner_answer(fd[3], &answer, pidfd);
	if (pidfd >= 0)
		close(pidfd);
}

/* One that asks; false at the end of the server. */
static bool spawner_serve(int from, char *room)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(ASK * sizeof(int))];
	struct iovec part = { room, ROOM };
	struct msghdr m = { .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(from, &m, MSG_CMSG_CLOEXEC);
	const struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	int fd[ASK], number;

	if (n < 0)
		return errno == EINTR;
	if (n == 0)
		return false;
	if (!c || c->cmsg_len != CMSG_LEN(sizeof(fd)))
		return true;
	memcpy(fd, CMSG_DATA(c), sizeof(fd));
	if ((size_t)n >= sizeof(number) && !(m.msg_flags & MSG_TRUNC)) {
		memcpy(&number, room, sizeof(number));
		spawner_perform(number, room + sizeof(number), (size_t)n - sizeof(number), fd);
	}
	for (int i = 0; i < ASK; i++)
		close(fd[i]);
	return true;
}

static void *spawner_main(void *arg)
{
	int from = *(const int *)arg;
	char *room = malloc(ROOM);

	while (room && spawner_serve(from, room))
		;
	_exit(room ? 0 : 1);
}

/* It ends with the server, and by no signal that is meant for it. */
static void spawner_helper(int from)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGUSR1, SIGUSR2 };
	pthread_t thread;
	cpu_set_t set;
	int threads = 1, null;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	prctl(PR_SET_NAME, "replyd-spawner", 0, 0, 0);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3; fd++) /* who reads them is not to wait for this process */
		if (dup2(null, fd) < 0)
			_exit(1);
	if (from != 3 && dup3(from, 3, O_CLOEXEC) < 0)
		_exit(1);
	from = 3;
	if (syscall(SYS_close_range, 4, ~0U, 0) != 0)
		_exit(1);
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		threads = CPU_COUNT(&set) < THREADS ? CPU_COUNT(&set) : THREADS;
	while (--threads > 0)
		if (rd_thread_start(&thread, STACK, spawner_main, &from) != 0)
			break; /* with fewer, it is slower */
	spawner_main(&from);
}

bool rd_spawner_start(void)
{
	int pair[2], room = ROOM;
	pid_t pid = -1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	if (setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)) == 0)
		pid = fork();
	if (pid == 0)
		spawner_helper(pair[1]);
	close(pair[1]);
	started = pid > 0;
	if (started)
		ask_fd = pair[0];
	else
		close(pair[0]);
	return started;
}

/* And here the server's side. */

static bool spawner_ask(const struct rd_spawn *s, int answer)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(ASK * sizeof(int))] = { 0 };
	int fd[ASK] = { s->in, s->out, s->err, answer }, number = s->number;
	struct iovec part[WORDS + 1] = { { &number, sizeof(number) } };
	struct msghdr m = { .msg_iov = part,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c = (struct cmsghdr *)control;

	for (char *const *word = s->envp; *word; word++) {
		if (m.msg_iovlen == WORDS + 1) {
			errno = E2BIG;
			return false;
		}
		part[m.msg_iovlen++] = (struct iovec){ *word, strlen(*word) + 1 };
	}
	*c = (struct cmsghdr){ CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(c), fd, sizeof(fd));
	if (sendmsg(ask_fd, &m, MSG_NOSIGNAL) >= 0)
		return true;
	if (errno == EMSGSIZE)
		errno = E2BIG;
	return false;
}

static bool spawner_hear(int from, struct answer *answer, int *pidfd)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct iovec part = { answer, sizeof(*answer) };
	struct msghdr m = { .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	const struct cmsghdr *c;
	ssize_t n;

	do
		n = recvmsg(from, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && n != sizeof(*answer))
		errno = EPIPE; /* it is gone */
	if (n != sizeof(*answer))
		return false;
	c = CMSG_FIRSTHDR(&m);
	if (c)
		memcpy(pidfd, CMSG_DATA(c), sizeof(*pidfd));
	return true;
}

pid_t rd_spawner_spawn(const struct rd_spawn *s, int *pidfd, const char **step)
{
	static _Thread_local struct answer answer;
	bool heard;
	int pair[2];

	if (!started)
		return rd_spawn(s, pidfd, step);
	*pidfd = -1;
	*step = "the helper that starts programs";
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	heard = spawner_ask(s, pair[1]);
	close(pair[1]);
	heard = heard && spawner_hear(pair[0], &answer, pidfd);
	close(pair[0]);
	if (!heard)
		return -1;
	*step = answer.step;
	errno = answer.error;
	if (!answer.error)
		return answer.pid;
	rd_spawn_failed(*pidfd);
	return -1;
}
