/*
 * files - serves the files of one directory. The kernel itself refuses every way out of it
 * (openat2 with RESOLVE_BENEATH); names that begin with a dot are not there.
 * Thread:  any worker.
 * Owns:    the directory's descriptor, the types, the cache.
 */
#include "handlers/files.h"

#include "app/app.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/slurp.h"
#include "codec/condition.h"
#include "codec/mime.h"
#include "handlers/beneath.h"
#include "handlers/cache.h"
#include "handlers/directory.h"
#include "handlers/load.h"
#include "handlers/partial.h"
#include "handlers/variant.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CHECK_US = 1000 * 1000,	 /* a kept file is believed for so long */
	TYPES_MAX = 1024 * 1024, /* of a mime.types file */
};

static const char types_path[] = "/etc/mime.types";
static const char index_name[] = "index.html";

struct rd_files {
	int root;
	bool list;
	struct rd_mime *system;	    /* the system's types; NULL: it has none */
	const struct rd_mime *mime; /* that are used; NULL: the built-in types alone */
	struct rd_cache *cache;
};

/* The system's types, where it has them. */
static struct rd_mime *files_types(void)
{
	char why[128];
	size_t len;
	char *text = rd_slurp(types_path, TYPES_MAX, &len, why, sizeof(why));
	struct rd_mime *mime = text ? rd_mime_new(text, len) : NULL;

	free(text);
	return mime;
}

static void files_free(void *data)
{
	struct rd_files *f = data;

	rd_cache_free(f->cache);
	rd_mime_free(f->system);
	if (f->root >= 0)
		close(f->root);
	free(f);
}

/* The directory, once it is sure that files below it can be opened; -1 with errno. */
static int files_open_root(const char *root)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int probe = fd < 0 ? -1 : rd_beneath_open(fd, "", O_PATH), error = errno;

	if (probe >= 0) {
		close(probe);
		return fd;
	}
	if (fd >= 0) {
		rd_log("openat2 is refused: it needs Linux 5.6 and a sandbox that allows it");
		close(fd);
	}
	errno = error;
	return -1;
}

struct rd_files *rd_files_new(const char *root, bool list, size_t kept)
{
	struct rd_files *f = calloc(1, sizeof(*f));
	int error;

	if (!f)
		return NULL;
	f->list = list;
	f->root = files_open_root(root);
	f->cache = rd_cache_new(kept);
	if (f->root >= 0 && f->cache) {
		f->mime = f->system = files_types();
		return f;
	}
	error = f->root < 0 ? errno : ENOMEM;
	files_free(f);
	errno = error;
	return NULL;
}

void rd_files_types(struct rd_files *f, const struct rd_mime *mime)
{
	f->mime = mime;
}

static int files_status(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return 403;
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
	case ELOOP:
	case EXDEV: /* a way out of the directory */
	case ENXIO: /* a socket, or a device without its driver */
		return 404;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
		return 503;
	default:
		return 500;
	}
}

static bool files_hidden(const char *path)
{
	for (const char *p = path; *p; p++)
		if (p[0] == '/' && p[1] == '.')
			return true;
	return false;
}

static int files_redirect(struct replyd_exchange *x)
{
	char to[RD_REPLY_FIELDS - 1024]; /* leaves room for the other fields */
	size_t len = rd_target_encode(x->path, x->target.path_len, to, sizeof(to) - 2);

	if (len + x->target.query.len + 3 > sizeof(to))
		return 414;
	to[len++] = '/';
	if (x->target.query.at) {
		to[len++] = '?';
		memcpy(to + len, x->target.query.at, x->target.query.len);
		len += x->target.query.len;
	}
	to[len] = '\0';
	rd_reply_field(&x->reply, "Location", to);
	return 301;
}

/* Does the request say nothing that makes its reply another than the whole file? */
static bool files_plain(const struct rd_head *head)
{
	return !(head->first[FIELD_IF_MATCH] | head->first[FIELD_IF_NONE_MATCH] |
		 head->first[FIELD_IF_MODIFIED_SINCE] | head->first[FIELD_IF_UNMODIFIED_SINCE] |
		 head->first[FIELD_RANGE]);
}

/* RFC 9110 §13.2.2. 200 for the whole file; else as rd_partial_reply, or 304 and done. */
static int files_weigh(struct replyd_exchange *x, struct rd_file *file, const struct rd_variant *v)
{
	struct rd_condition there = {
		.exists = true,
		.etag = rd_span_of(v->etag),
		.dated = true,
		.mtime = v->modified,
		.now = rd_clock_wall_s(),
	};
	int status = rd_condition_check(&x->head, &there);

	if (status == 304) {
		rd_file_fields(file, v, NULL, &x->reply);
		x->reply.status = 304;
	}
	if (status)
		return status;
	return rd_condition_range(&x->head, &there) ? rd_partial_reply(x, file, v) : 200;
}

/* Takes the caller's reference. */
static int files_reply(struct rd_files *f, struct replyd_exchange *x, struct rd_file *file)
{
	const struct rd_variant *v = rd_variant_find(f->cache, file, x);
	struct rd_reply *reply = &x->reply;
	int status = files_plain(&x->head) ? 200 : files_weigh(x, file, v);

	if (status == 206)
		return 0;
	if (status != 200) {
		rd_file_drop(file);
		return status == 304 ? 0 : status;
	}
	reply->status = 200;
	reply->ready = (struct rd_span){ v->head, v->head_len };
	reply->length = v->size;
	reply->body = (struct rd_body){
		.bytes = v->bytes,
		.file = v->fd,
		.left = v->size,
		.release = rd_file_drop,
		.owner = file,
	};
	return 0;
}

/* RFC 9110 §13.1: a list has no validators, but it is there. 0, or 304 or 412. */
static int files_weigh_list(const struct replyd_exchange *x)
{
	struct rd_condition there = { .exists = true };

	return rd_condition_check(&x->head, &there);
}

/* A directory that was asked for with its slash and has no index.html. */
static int files_directory(struct rd_files *f, struct replyd_exchange *x)
{
	int fd = rd_beneath_open(f->root, replyd_rest(x) + 1, O_RDONLY);
	struct stat st;
	int status;

	if (fd < 0)
		return files_status(errno);
	if (fstat(fd, &st) != 0 || !S_ISDIR(st.st_mode))
		status = 404;
	else
		status = f->list ? files_weigh_list(x) : 403;
	if (!status)
		return rd_directory_reply(x, f->root, fd);
	close(fd);
	if (status != 304)
		return status;
	x->reply.status = 304;
	return 0;
}

/* Opens what the path names. 0 and *out, or a status. `was` and `seen` are of rd_cache_find. */
static int files_find(struct rd_files *f, struct replyd_exchange *x, struct rd_file *was,
		      unsigned seen, struct rd_file **out)
{
	struct rd_load load = { .root = f->root, .mime = f->mime, .scratch = &x->reply };
	char name[PATH_MAX + sizeof(index_name) + RD_LOAD_SUFFIX];
	const char *rest = replyd_rest(x);
	bool slash = *rest && x->path[x->target.path_len - 1] == '/';
	struct stat st;
	int fd;

	if (strlen(rest) >= PATH_MAX)
		return files_status(ENAMETOOLONG);
	strcpy(stpcpy(name, *rest ? rest + 1 : ""), slash ? index_name : "");
	fd = rd_beneath_open(f->root, name, O_RDONLY);
	if (fd < 0)
		return slash && errno == ENOENT ? files_directory(f, x) : files_status(errno);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return !slash && S_ISDIR(st.st_mode) ? files_redirect(x) : 404;
	}
	if (was && rd_load_same(&load, was, name, &st)) {
		close(fd);
		atomic_store_explicit(&was->checked_us, x->now_us, memory_order_relaxed);
		*out = was;
		return 0;
	}
	*out = rd_load_file(&load, (struct rd_span){ x->path, x->target.path_len }, name, fd, &st);
	if (!*out)
		return files_status(errno);
	(*out)->checked_us = x->now_us;
	rd_cache_keep(f->cache, *out, seen);
	return 0;
}

/* Was its identity seen lately? (Another worker may just have seen it, after our now.) */
static bool files_believed(const struct rd_file *file, uint64_t now_us)
{
	uint64_t checked = atomic_load_explicit(&file->checked_us, memory_order_relaxed);

	return now_us < checked + CHECK_US;
}

static int files_perform(struct replyd_exchange *x, void *data)
{
	struct rd_files *f = data;
	struct rd_file *kept, *file = NULL;
	unsigned seen;
	int status;

	kept = rd_cache_find(f->cache, x->path, x->target.path_len, &seen);
	if (kept && files_believed(kept, x->now_us))
		return files_reply(f, x, kept);
	if (files_hidden(replyd_rest(x)))
		return 404;
	status = files_find(f, x, kept, seen, &file);
	if (kept && file != kept) {
		if (!file)
			rd_cache_forget(f->cache, x->path, x->target.path_len);
		rd_file_drop(kept);
	}
	return file ? files_reply(f, x, file) : status;
}

static void files_forget(struct rd_files *f, const char *path, size_t len)
{
	size_t name = sizeof(index_name) - 1;

	rd_cache_forget(f->cache, path, len);
	if (len > name && path[len - name - 1] == '/' &&
	    memcmp(path + len - name, index_name, name) == 0)
		rd_cache_forget(f->cache, path, len - name);
}

void rd_files_forget(struct rd_files *f, const char *path, size_t len)
{
	size_t plain = rd_load_plain(path, len);

	files_forget(f, path, len);
	if (plain < len) /* the other may have been answered with this one */
		files_forget(f, path, plain);
}

const struct rd_handler rd_files = {
	.name = "files",
	.perform = files_perform,
	.release = files_free,
};
