/*
 * fastcgi - an application server answers, by FastCGI.
 * Thread:  any worker, which is held while the application works.
 * Owns:    the root's descriptor, the files, and what the configuration says.
 */
#include "handlers/fastcgi.h"

#include "app/environment.h"
#include "app/route.h"
#include "base/clock.h"
#include "base/words.h"
#include "handlers/beneath.h"
#include "handlers/fastcgi_talk.h"
#include "handlers/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONNECT_US = 5 * 1000 * 1000 };

static const char suffix[] = ".php";

struct rd_fastcgi_server {
	struct rd_fastcgi_pool *pool;
	char *address, *root, *index, *script, **environment;
	const char *script_name; /* that of `script` below the root */
	unsigned keep;
	int dir; /* the root; -1: none */
	struct rd_files *files;
};

static void fastcgi_free(void *data)
{
	struct rd_fastcgi_server *s = data;

	if (s->pool)
		rd_fastcgi_pool_free(s->pool);
	if (s->dir >= 0)
		close(s->dir);
	if (s->files)
		rd_files.release(s->files);
	rd_words_free(s->environment);
	free(s->address);
	free(s->root);
	free(s->index);
	free(s->script);
	free(s);
}

static bool fastcgi_wrong(char *why, size_t size, const char *what, const char *reason)
{
	snprintf(why, size, "%s: %s", what, reason);
	return false;
}

/* As the application server knows it, whose working directory is another; without its last '/'. */
static char *fastcgi_path(const char *path)
{
	char *whole = path[0] == '/' ? strdup(path) : realpath(path, NULL);
	size_t len = whole ? strlen(whole) : 0;

	while (len > 0 && whole[len - 1] == '/')
		whole[--len] = '\0';
	return whole;
}

static bool fastcgi_root(struct rd_fastcgi_server *s, const struct rd_fastcgi_config *c, char *why,
			 size_t size)
{
	if (!c->root)
		return true;
	s->dir = open(c->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->dir >= 0)
		s->root = fastcgi_path(c->root);
	return s->root || fastcgi_wrong(why, size, c->root, strerror(errno));
}

static bool fastcgi_script(struct rd_fastcgi_server *s, const struct rd_fastcgi_config *c,
			   char *why, size_t size)
{
	size_t len = s->root ? strlen(s->root) : 0;

	if (!c->script)
		return true;
	s->script = fastcgi_path(c->script);
	if (!s->script)
		return fastcgi_wrong(why, size, c->script, strerror(errno));
	if (!s->root)
		return true;
	if (strncmp(s->script, s->root, len) != 0 || s->script[len] != '/')
		return fastcgi_wrong(why, size, c->script, "it is not below the root");
	s->script_name = s->script + len;
	return true;
}

static bool fastcgi_fill(struct rd_fastcgi_server *s, const struct rd_fastcgi_config *c, char *why,
			 size_t size)
{
	s->keep = c->keep;
	s->address = strdup(c->address);
	s->index = strdup(c->index);
	s->environment = rd_words_copy(c->environment);
	if (!s->address || !s->index || !s->environment)
		return fastcgi_wrong(why, size, c->address, "no memory");
	s->pool = rd_fastcgi_pool_get(c->address, why, size);
	return s->pool && fastcgi_root(s, c, why, size) && fastcgi_script(s, c, why, size);
}

struct rd_fastcgi_server *rd_fastcgi_server_new(const struct rd_fastcgi_config *c, char *why,
						size_t size)
{
	struct rd_fastcgi_server *s = calloc(1, sizeof(*s));

	if (!s) {
		fastcgi_wrong(why, size, c->address, "no memory");
		return NULL;
	}
	s->dir = -1;
	if (fastcgi_fill(s, c, why, size)) {
		s->files = c->files;
		return s;
	}
	fastcgi_free(s);
	return NULL;
}

/* What there is below the root: S_IFREG, S_IFDIR, or 0. Hidden names are not there. */
static mode_t fastcgi_there(const struct rd_fastcgi_server *s, const char *path)
{
	int fd = strstr(path, "/.") ? -1 : rd_beneath_open(s->dir, path + 1, O_PATH);
	struct stat st = { 0 };

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) != 0 || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		st.st_mode = 0;
	close(fd);
	return st.st_mode & S_IFMT;
}

/* The script /a.php of the path /a.php/more, where it is there. NULL: none is, or no memory. */
static const char *fastcgi_named(const struct rd_fastcgi_server *s, struct replyd_exchange *x,
				 const char **info)
{
	for (const char *at = x->path; (at = strstr(at, suffix)); at++) {
		const char *end = at + sizeof(suffix) - 1;
		const char *name;

		if (*end != '\0' && *end != '/')
			continue;
		name = rd_arena_text(&x->memory, x->path, (size_t)(end - x->path));
		if (!name)
			x->reply.fault = RD_NO_MEMORY;
		if (!name || fastcgi_there(s, name) == S_IFREG) {
			*info = end;
			return name;
		}
	}
	return NULL;
}

static const char *fastcgi_join(struct replyd_exchange *x, const char *a, const char *b)
{
	char *text = rd_arena_take(&x->memory, strlen(a) + strlen(b) + 1);

	if (text)
		stpcpy(stpcpy(text, a), b);
	else
		x->reply.fault = RD_NO_MEMORY;
	return text;
}

/* That of a directory. NULL: there is none, or no memory. */
static const char *fastcgi_index(const struct rd_fastcgi_server *s, struct replyd_exchange *x)
{
	const char *name;

	if (x->path[x->target.path_len - 1] != '/')
		return NULL;
	name = fastcgi_join(x, x->path, s->index);
	return name && fastcgi_there(s, name) == S_IFREG ? name : NULL;
}

/* Whether the path is one for the files: what they have, and all where no script answers else. */
static bool fastcgi_is_file(const struct rd_fastcgi_server *s, struct replyd_exchange *x)
{
	const char *page;
	mode_t there;

	if (!s->script)
		return true;
	there = fastcgi_there(s, x->path);
	if (there != S_IFDIR || x->path[x->target.path_len - 1] != '/')
		return there != 0;
	page = fastcgi_join(x, x->path, "index.html");
	return page && fastcgi_there(s, page) == S_IFREG;
}

/* The root's own file, whose path is the whole of the request's. */
static int fastcgi_file(const struct rd_fastcgi_server *s, struct replyd_exchange *x)
{
	size_t rest = x->rest;
	int status;

	if (x->head.method != METHOD_GET && x->head.method != METHOD_HEAD) {
		if (!fastcgi_there(s, x->path))
			return 404;
		replyd_add_field(x, "Allow", "GET, HEAD");
		return 405;
	}
	x->rest = 0;
	status = rd_files.perform(x, s->files);
	x->rest = rest;
	return status;
}

/* RFC 9110 §9.2.2 */
static bool fastcgi_repeatable(enum rd_method method)
{
	return method == METHOD_GET || method == METHOD_HEAD || method == METHOD_PUT ||
	       method == METHOD_DELETE || method == METHOD_OPTIONS;
}

/* The records of the request; with the body where it is in memory. */
static bool fastcgi_request(const struct rd_fastcgi_server *s, struct replyd_exchange *x,
			    const struct rd_environment *e, struct rd_buffer *to)
{
	static const char status[] = "REDIRECT_STATUS=200"; /* php-cgi wants it */
	struct rd_buffer block = { 0 };
	bool made;

	made = (!e->filename || rd_buffer_add(&block, status, sizeof(status))) &&
	       rd_environment_add(x, e, &block) &&
	       rd_fastcgi_begin(s->keep > 0, block.at, block.len, to) &&
	       (x->content_file >= 0 || rd_fastcgi_talk_body(to, x->content.at, x->content.len));
	rd_buffer_free(&block);
	return made;
}

/* A new connection. 0, or a status. */
static int fastcgi_connect(const struct rd_fastcgi_server *s, struct replyd_exchange *x,
			   struct rd_fastcgi_link *link)
{
	uint64_t until_us = rd_clock_us() + CONNECT_US;
	int cancel_fd = rd_exchange_cancel_fd(x);

	if (x->deadline_us && x->deadline_us < until_us)
		until_us = x->deadline_us;
	while (!rd_fastcgi_pool_connect(s->pool, until_us, cancel_fd, link)) {
		int error = errno;

		if (error == ECANCELED && !replyd_cancelled(x))
			continue;
		if (error == ECANCELED)
			return x->deadline_us && rd_clock_us() >= x->deadline_us ? 504 : 503;
		replyd_log(x, "%s: %s", s->address, strerror(error));
		if (error == ETIMEDOUT)
			return 504;
		return error == EMFILE || error == ENFILE || error == ENOMEM ? 503 : 502;
	}
	return 0;
}

/* What the application server did not do, but said. 0, or a status. */
static int fastcgi_declined(struct rd_fastcgi_talk *t)
{
	switch (t->in.protocol) {
	case RD_FASTCGI_ONE_ONLY:
		t->reply->fault = "it takes one request on a connection only";
		return 0;
	case RD_FASTCGI_NO_ROLE:
		t->reply->fault = "it does not answer requests";
		return 0;
	case RD_FASTCGI_OVERLOADED:
		if (t->reply->begun)
			return 0;
		replyd_log(t->x, "%s: it is overloaded", t->errors->who);
		return 503;
	default:
		if (t->in.status)
			replyd_log(t->x, "%s: ended with status %u", t->errors->who, t->in.status);
		return 0;
	}
}

/* What the handler is to return. */
static int fastcgi_status(struct rd_fastcgi_talk *t, enum rd_fastcgi_end end)
{
	struct replyd_exchange *x = t->x;
	int status;

	switch (end) {
	case FASTCGI_ENDED:
		status = fastcgi_declined(t);
		return status ? status : rd_cgi_reply_end(t->reply, true, t->errors->who);
	case FASTCGI_WRONG:
		t->reply->fault = t->in.wrong;
		return rd_cgi_reply_end(t->reply, false, t->errors->who);
	case FASTCGI_LOST:
		return rd_cgi_reply_end(t->reply, false, t->errors->who);
	case FASTCGI_LATE:
		replyd_log(x, "%s: its time was over", t->errors->who);
		return 504;
	case FASTCGI_REFUSED:
		if (t->reply->fault)
			return rd_cgi_reply_end(t->reply, false, t->errors->who);
		break;
	case FASTCGI_CANCELLED:
		break;
	}
	x->reply.cut = x->reply.state == PIECES_SENT;
	return x->reply.cut ? 0 : 503;
}

/* By a kept connection where that may fail: what is not repeated goes by a new one. */
static int fastcgi_ask(const struct rd_fastcgi_server *s, struct rd_fastcgi_talk *t)
{
	bool kept =
		fastcgi_repeatable(t->x->head.method) && rd_fastcgi_pool_take(s->pool, &t->link);
	enum rd_fastcgi_end end;
	int status;

	for (;; kept = false) {
		if (!kept && (status = fastcgi_connect(s, t->x, &t->link)) != 0)
			return status;
		end = rd_fastcgi_talk(t);
		rd_log_lines_end(t->errors);
		rd_fastcgi_pool_give(s->pool, &t->link, t->clean ? s->keep : 0);
		if (!kept || end != FASTCGI_LOST || t->heard)
			return fastcgi_status(t, end);
	}
}

static int fastcgi_run(const struct rd_fastcgi_server *s, struct replyd_exchange *x,
		       const struct rd_environment *e)
{
	struct rd_cgi_reply reply = { .x = x };
	struct rd_log_lines errors = { .x = x, .who = s->address };
	struct rd_fastcgi_talk talk = {
		.x = x,
		.pool = s->pool,
		.file = x->content_file,
		.file_len = x->content_len,
		.reply = &reply,
		.errors = &errors,
	};
	struct rd_buffer request = { 0 };
	int status = 503;

	if (fastcgi_request(s, x, e, &request)) {
		talk.request = (struct rd_span){ request.at, request.len };
		status = fastcgi_ask(s, &talk);
	}
	rd_buffer_free(&request);
	rd_buffer_free(&reply.head);
	return status;
}

static int fastcgi_perform(struct replyd_exchange *x, void *data)
{
	const struct rd_fastcgi_server *s = data;
	struct rd_environment e = {
		.root = s->root,
		.filename = s->script,
		.more = (const char *const *)s->environment,
		.authorization = !x->route->policy.auth,
	};

	if (s->root) {
		e.info = "";
		e.script = fastcgi_named(s, x, &e.info);
		if (!e.script && !x->reply.fault)
			e.script = fastcgi_index(s, x);
		if (!e.script && !x->reply.fault && fastcgi_is_file(s, x))
			return fastcgi_file(s, x);
		if (!e.script)
			e.script = s->script_name;
		else
			e.filename = fastcgi_join(x, s->root, e.script);
		if (x->reply.fault)
			return 503;
	}
	return fastcgi_run(s, x, &e);
}

const struct rd_handler rd_fastcgi = {
	.name = "fastcgi",
	.methods = RD_METHODS_ANY | 1u << METHOD_OPTIONS,
	.blocks = true,
	.perform = fastcgi_perform,
	.release = fastcgi_free,
};
