/*
 * program - a program answers.
 * Thread:  any worker, which is held while the program runs.
 * Owns:    the words of its command and of its environment.
 */
#include "handlers/program.h"

#include "app/environment.h"
#include "base/words.h"
#include "handlers/cgi_reply.h"
#include "handlers/child.h"
#include "handlers/spawner.h"
#include "net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rd_program {
	char **argv, **environment;
	char *directory, *root;
	struct rd_spawn_limits limits;
	struct rd_spawn_user user;
	int number; /* for rd_spawner_spawn */
	bool nph;   /* its output is the whole message */
};

static void program_free(void *data)
{
	struct rd_program *p = data;

	rd_words_free(p->argv);
	rd_words_free(p->environment);
	free(p->directory);
	free(p->root);
	free((char *)p->user.name);
	free(p->user.group);
	free(p);
}

static bool program_wrong(char *why, size_t size, const char *what, const char *reason)
{
	snprintf(why, size, "%s: %s", what, reason);
	return false;
}

static bool program_user(struct rd_program *p, const char *name, char *why, size_t size)
{
	const struct passwd *pw;
	int groups = 64;

	if (!name)
		return true;
	errno = 0;
	pw = getpwnam(name);
	if (!pw)
		return program_wrong(why, size, name, errno ? strerror(errno) : "no such user");
	if (geteuid() != 0 && pw->pw_uid == geteuid())
		return true; /* it is, already */
	p->user.name = strdup(name);
	p->user.uid = pw->pw_uid;
	p->user.gid = pw->pw_gid;
	p->user.group = calloc((size_t)groups, sizeof(gid_t));
	if (!p->user.name || !p->user.group)
		return program_wrong(why, size, name, "no memory");
	if (getgrouplist(name, pw->pw_gid, p->user.group, &groups) < 0)
		return program_wrong(why, size, name, "is in more than 64 groups");
	p->user.groups = (size_t)groups;
	if (geteuid() != 0)
		return program_wrong(why, size, name, "only root can become another user");
	return true;
}

/* The directory that a program is in, unless another is named. */
static char *program_directory(const struct rd_program_config *c)
{
	const char *slash = strrchr(c->argv[0], '/');

	if (c->directory)
		return strdup(c->directory);
	return strndup(c->argv[0], slash > c->argv[0] ? (size_t)(slash - c->argv[0]) : 1);
}

/* Where a helper starts programs, it has to be one of those that it knows. */
static bool program_know(struct rd_program *p, char *why, size_t size)
{
	struct rd_spawn s = {
		.argv = p->argv, .directory = p->directory, .limits = p->limits, .user = &p->user
	};

	p->number = rd_spawner_know(&s);
	if (p->number >= 0)
		return true;
	return program_wrong(why, size, p->argv[0],
			     errno == ENOENT ? "it was not there, or other, when the server was "
					       "started, and the sandbox starts no other programs: "
					       "it needs a new start"
					     : strerror(errno));
}

static bool program_fill(struct rd_program *p, const struct rd_program_config *c, char *why,
			 size_t size)
{
	p->argv = rd_words_copy(c->argv);
	p->environment = rd_words_copy(c->environment);
	p->directory = program_directory(c);
	p->root = c->root ? strdup(c->root) : NULL;
	p->limits = c->limits;
	if (!p->argv || !p->environment || !p->directory || (c->root && !p->root))
		return program_wrong(why, size, c->argv[0], "no memory");
	p->nph = strncmp(strrchr(p->argv[0], '/') + 1, "nph-", 4) == 0;
	return program_user(p, c->user, why, size) && program_know(p, why, size);
}

struct rd_program *rd_program_new(const struct rd_program_config *c, char *why, size_t size)
{
	struct rd_program *p;

	if (c->argv[0][0] != '/') {
		program_wrong(why, size, c->argv[0], "a program is named by its whole path");
		return NULL;
	}
	if (access(c->argv[0], X_OK) != 0) {
		program_wrong(why, size, c->argv[0], strerror(errno));
		return NULL;
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		program_wrong(why, size, c->argv[0], "no memory");
	else if (program_fill(p, c, why, size))
		return p;
	if (p)
		program_free(p);
	return NULL;
}

/* The words of a block of strings, with a NULL behind them; they live as the exchange does. */
static char **program_block(struct replyd_exchange *x, const struct rd_buffer *b)
{
	size_t n = 0;
	char **words, *block;

	for (size_t i = 0; i < b->len; i++)
		n += b->at[i] == '\0';
	words = rd_arena_take(&x->memory, (n + 1) * sizeof(*words));
	block = rd_arena_take(&x->memory, b->len + 1);
	if (!words || !block)
		return NULL;
	memcpy(block, b->at, b->len);
	for (size_t i = 0; i < n; i++) {
		words[i] = block;
		block += strlen(block) + 1;
	}
	words[n] = NULL;
	return words;
}

static bool program_add(struct rd_buffer *b, const char *name, const char *value)
{
	return rd_buffer_print(b, "%s=%s", name, value) && rd_buffer_add(b, "", 1);
}

/* With what any program has besides; NULL when there is no memory. */
static char **program_environment(struct replyd_exchange *x, char *const *more, struct rd_buffer *b)
{
	const char *path = getenv("PATH");
	bool added = program_add(b, "PATH", path ? path : "/usr/local/bin:/usr/bin:/bin");

	for (; more && *more; more++)
		added = added && rd_buffer_add(b, *more, strlen(*more) + 1);
	return added ? program_block(x, b) : NULL;
}

static void program_child(struct rd_child *c, struct replyd_exchange *x, const struct rd_program *p,
			  char **environment)
{
	*c = (struct rd_child){
		.x = x,
		.spawn = { .number = p->number,
			   .argv = p->argv,
			   .envp = environment,
			   .directory = p->directory,
			   .limits = p->limits,
			   .user = &p->user },
		.in = x->content,
		.in_file = x->content_file,
		.socket = -1,
	};
}

static void program_log_end(struct replyd_exchange *x, const struct rd_program *p,
			    enum rd_child_end end, int status)
{
	if (end == CHILD_LATE)
		replyd_log(x, "%s: its time was over", p->argv[0]);
	else if (end == CHILD_ENDED && status < 0)
		replyd_log(x, "%s: ended by signal %d", p->argv[0], -status);
	else if (end == CHILD_ENDED && status != 0)
		replyd_log(x, "%s: ended with status %d", p->argv[0], status);
}

/* What the handler is to return: where a part of the reply is out, that is cut off. */
static int program_broken_off(struct replyd_exchange *x, enum rd_child_end end)
{
	if (x->reply.state == PIECES_SENT && end != CHILD_LATE) {
		x->reply.cut = true; /* for a client that has left, or does not read */
		return 0;
	}
	return end == CHILD_LATE ? 504 : end == CHILD_FAILED ? 500 : 503;
}

static bool program_cgi_output(void *owner, const char *bytes, size_t len)
{
	return rd_cgi_reply_take(owner, bytes, len);
}

static void program_cgi_flush(void *owner)
{
	const struct rd_cgi_reply *r = owner;

	if (r->begun && r->len > 0)
		replyd_flush(r->x);
}

static int program_cgi(struct replyd_exchange *x, void *data)
{
	const struct rd_program *p = data;
	struct rd_environment e = { .root = p->root,
				    .filename = p->argv[0],
				    .more = (const char *const *)p->environment };
	struct rd_cgi_reply reply = { .x = x, .raw = p->nph };
	struct rd_buffer b = { 0 };
	struct rd_child child;
	char **environment = NULL;
	enum rd_child_end end;
	int status;

	if (rd_environment_add(x, &e, &b))
		environment = program_environment(x, NULL, &b);
	rd_buffer_free(&b);
	if (!environment)
		return 503;
	program_child(&child, x, p, environment);
	child.output = program_cgi_output;
	child.flush = program_cgi_flush;
	child.owner = &reply;
	end = rd_child_run(&child, &status);
	program_log_end(x, p, end, status);
	if (end == CHILD_ENDED || end == CHILD_LINGERED || (end == CHILD_REFUSED && reply.fault))
		return rd_cgi_reply_end(&reply, end != CHILD_ENDED || status >= 0, p->argv[0]);
	rd_buffer_free(&reply.head);
	return program_broken_off(x, end);
}

static bool program_line_output(void *owner, const char *bytes, size_t len)
{
	return replyd_write(owner, bytes, len) == 0;
}

static void program_line_flush(void *owner)
{
	replyd_flush(owner);
}

static int program_line(struct replyd_exchange *x, void *data)
{
	const struct rd_program *p = data;
	struct rd_buffer b = { 0 };
	struct rd_child child;
	char **environment = NULL, *line;
	enum rd_child_end end;
	int status;

	line = rd_arena_take(&x->memory, x->content.len + 1);
	if (line && program_add(&b, "REMOTE_ADDR", replyd_client(x)) &&
	    program_add(&b, "REQUEST_ID", replyd_id(x)))
		environment = program_environment(x, p->environment, &b);
	rd_buffer_free(&b);
	if (!environment)
		return 503;
	memcpy(line, x->content.at, x->content.len);
	line[x->content.len] = '\n';
	program_child(&child, x, p, environment);
	child.in = (struct rd_span){ line, x->content.len + 1 };
	child.output = program_line_output;
	child.flush = program_line_flush;
	child.owner = x;
	replyd_begin(x, 200, NULL);
	end = rd_child_run(&child, &status);
	program_log_end(x, p, end, status);
	return end == CHILD_ENDED || end == CHILD_LINGERED ? 0 : program_broken_off(x, end);
}

/* TCPREMOTEIP, TCPREMOTEPORT and the like, as tcpserver has them. */
static bool program_inetd_side(struct rd_buffer *b, const char *side, struct replyd_exchange *x)
{
	struct rd_sockaddr at;
	char ip[INET6_ADDRSTRLEN] = "";
	in_port_t port;

	if (!x->link->end(x, *side == 'R', &at) || at.sa.sa_family == AF_UNIX)
		return true;
	if (at.sa.sa_family == AF_INET)
		inet_ntop(AF_INET, &at.in.sin_addr, ip, sizeof(ip));
	else
		inet_ntop(AF_INET6, &at.in6.sin6_addr, ip, sizeof(ip));
	port = ntohs(at.sa.sa_family == AF_INET ? at.in.sin_port : at.in6.sin6_port);
	return rd_buffer_print(b, "TCP%sIP=%s", side, ip) && rd_buffer_add(b, "", 1) &&
	       rd_buffer_print(b, "TCP%sPORT=%u", side, port) && rd_buffer_add(b, "", 1);
}

static int program_inetd(struct replyd_exchange *x, void *data)
{
	const struct rd_program *p = data;
	int fd = x->link->descriptor(x);
	struct rd_buffer b = { 0 };
	struct rd_child child;
	char **environment = NULL;
	enum rd_child_end end;
	int status;

	if (fd >= 0 &&
	    program_add(&b, "PROTO", strcmp(replyd_client(x), "unix") == 0 ? "UNIX" : "TCP") &&
	    program_inetd_side(&b, "REMOTE", x) && program_inetd_side(&b, "LOCAL", x))
		environment = program_environment(x, p->environment, &b);
	rd_buffer_free(&b);
	if (!environment)
		return 503;
	program_child(&child, x, p, environment);
	child.socket = fd;
	end = rd_child_run(&child, &status);
	program_log_end(x, p, end, status);
	return end == CHILD_FAILED ? 500 : 0;
}

const struct rd_handler rd_program_cgi = {
	.name = "program",
	.methods = RD_METHODS_ANY,
	.blocks = true,
	.perform = program_cgi,
	.release = program_free,
};

const struct rd_handler rd_program_line = {
	.name = "program",
	.blocks = true,
	.perform = program_line,
	.release = program_free,
};

const struct rd_handler rd_program_inetd = {
	.name = "inetd",
	.blocks = true,
	.perform = program_inetd,
	.release = program_free,
};
