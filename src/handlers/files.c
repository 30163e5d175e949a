/*
 * files - serves the files of one directory. The kernel itself refuses every way out of it
 * (openat2 with RESOLVE_BENEATH); names that begin with a dot are not there.
 * Thread:  any worker.
 * Owns:    the directory's descriptor, the types, the cache.
 */
#include "handlers/files.h"

#include "app/exchange.h"
#include "base/clock.h"
#include "codec/date.h"
#include "codec/mime.h"
#include "handlers/beneath.h"
#include "handlers/cache.h"
#include "handlers/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	IN_MEMORY = 64 * 1024,	 /* a file up to so long is kept as bytes */
	CHECK_US = 1000 * 1000, /* a kept file is believed for so long */
	TYPES_MAX = 1024 * 1024, /* of a mime.types file */
};

static const char types_path[] = "/etc/mime.types";
static const char index_name[] = "index.html";

struct rd_files {
	int root;
	bool list;
	struct rd_mime *mime; /* NULL: the built-in types alone */
	struct rd_cache *cache;
};

/* Reads exactly `len` bytes from the start; false with errno (0: the file is shorter). */
static bool files_read(int fd, char *to, size_t len)
{
	size_t got = 0;

	errno = 0;
	while (got < len) {
		ssize_t n = pread(fd, to + got, len - got, (off_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

/* The system's types, where it has them. */
static struct rd_mime *files_types(void)
{
	int fd = open(types_path, O_RDONLY | O_CLOEXEC);
	struct rd_mime *mime = NULL;
	struct stat st;
	char *text;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size <= TYPES_MAX &&
	    (text = malloc((size_t)st.st_size))) {
		if (files_read(fd, text, (size_t)st.st_size))
			mime = rd_mime_new(text, (size_t)st.st_size);
		free(text);
	}
	close(fd);
	return mime;
}

static void files_free(void *data)
{
	struct rd_files *f = data;

	rd_cache_free(f->cache);
	rd_mime_free(f->mime);
	if (f->root >= 0)
		close(f->root);
	free(f);
}

struct rd_files *rd_files_new(const char *root, bool list, size_t kept)
{
	struct rd_files *f = calloc(1, sizeof(*f));
	int error;

	if (!f)
		return NULL;
	f->list = list;
	f->root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	f->cache = rd_cache_new(kept);
	if (f->root >= 0 && f->cache) {
		f->mime = files_types();
		return f;
	}
	error = f->root < 0 ? errno : ENOMEM;
	files_free(f);
	errno = error;
	return NULL;
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

static bool files_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static void files_validators(struct rd_reply *reply, const struct rd_file *file)
{
	char date[RD_DATE_SIZE];

	rd_date_format(file->st.st_mtim.tv_sec, date);
	rd_reply_field(reply, "Last-Modified", date);
	rd_reply_field(reply, "ETag", file->etag);
}

/* The ready part of its 200, made in `scratch`. */
static bool files_make_head(struct rd_file *file, struct rd_reply *scratch)
{
	char head[1024];

	rd_reply_begin(scratch);
	scratch->status = 200;
	scratch->length = (uint64_t)file->st.st_size;
	rd_reply_field(scratch, "Content-Type", file->type);
	files_validators(scratch, file);
	file->head_len = rd_reply_ready(scratch, head, sizeof(head));
	rd_reply_begin(scratch);
	if (file->head_len == 0 || !(file->head = malloc(file->head_len)))
		return false;
	memcpy(file->head, head, file->head_len);
	return true;
}

/* Takes `fd` in any case. NULL with errno. */
static struct rd_file *files_load(struct rd_files *f, struct rd_exchange *x, const char *name,
				  int fd, const struct stat *st, uint64_t now_us)
{
	struct rd_file *file = rd_file_new(x->path, x->target.path_len);
	bool whole = true;

	if (!file) {
		close(fd);
		errno = ENOMEM;
		return NULL;
	}
	file->st = *st;
	file->fd = fd;
	file->checked_us = now_us;
	file->type = rd_mime_of(f->mime, name);
	rd_etag_format(file->etag, st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
		       (uint64_t)st->st_size, st->st_ino, NULL);
	if (st->st_size <= IN_MEMORY) {
		file->bytes = malloc((size_t)st->st_size + 1);
		whole = file->bytes && files_read(fd, file->bytes, (size_t)st->st_size);
		close(fd);
		file->fd = -1;
	}
	if (whole && files_make_head(file, &x->reply)) {
		rd_cache_keep(f->cache, file);
		return file;
	}
	rd_file_drop(file);
	errno = whole ? ENOMEM : EIO;
	return NULL;
}

static int files_redirect(struct rd_exchange *x)
{
	char to[3 * RD_PATH_MAX];
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

/* RFC 9110 §13.2.2: If-None-Match decides; If-Modified-Since only where it is not sent. */
static bool files_not_modified(const struct rd_exchange *x, const struct rd_file *file)
{
	struct rd_span list, tag, since = rd_head_field(&x->head, FIELD_IF_MODIFIED_SINCE);
	const struct rd_field *field;
	bool asked = false;
	int64_t then;
	unsigned i = 0;

	while ((field = rd_head_next(&x->head, FIELD_IF_NONE_MATCH, &i))) {
		asked = true;
		list = field->value;
		if (rd_span_eq(list, "*"))
			return true;
		while (rd_etag_next(&list, &tag))
			if (rd_etag_same_weak(tag, rd_span_of(file->etag)))
				return true;
	}
	return !asked && since.at &&
	       rd_date_parse(since.at, since.len, rd_clock_wall_s(), &then) &&
	       file->st.st_mtim.tv_sec <= then;
}

/* Takes the caller's reference. */
static int files_reply(struct rd_exchange *x, struct rd_file *file)
{
	struct rd_reply *reply = &x->reply;

	if (files_not_modified(x, file)) {
		files_validators(reply, file);
		reply->status = 304;
		rd_file_drop(file);
		return 0;
	}
	reply->status = 200;
	reply->ready = (struct rd_span){file->head, file->head_len};
	reply->length = (uint64_t)file->st.st_size;
	reply->body = (struct rd_body){
		.bytes = file->bytes,
		.file = file->fd,
		.left = reply->length,
		.release = rd_file_drop,
		.owner = file,
	};
	return 0;
}

/* A directory that was asked for with its slash and has no index.html. */
static int files_directory(struct rd_files *f, struct rd_exchange *x)
{
	int fd = rd_beneath_open(f->root, x->path + 1, O_RDONLY);
	struct stat st;

	if (fd < 0)
		return files_status(errno);
	if (fstat(fd, &st) != 0 || !S_ISDIR(st.st_mode) || !f->list) {
		int status = S_ISDIR(st.st_mode) ? 403 : 404;

		close(fd);
		return status;
	}
	return rd_directory_reply(x, f->root, fd);
}

/* Opens what the path names. 0 and *out, or a status. */
static int files_find(struct rd_files *f, struct rd_exchange *x, struct rd_file *was,
		      uint64_t now_us, struct rd_file **out)
{
	char name[RD_PATH_MAX + sizeof(index_name)];
	bool slash = x->path[x->target.path_len - 1] == '/';
	struct stat st;
	int fd;

	memcpy(name, x->path + 1, x->target.path_len);
	if (slash)
		strcpy(name + x->target.path_len - 1, index_name);
	fd = rd_beneath_open(f->root, name, O_RDONLY);
	if (fd < 0)
		return slash && errno == ENOENT ? files_directory(f, x) : files_status(errno);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return !slash && S_ISDIR(st.st_mode) ? files_redirect(x) : 404;
	}
	if (was && files_same(&st, &was->st)) {
		close(fd);
		atomic_store_explicit(&was->checked_us, now_us, memory_order_relaxed);
		*out = was;
		return 0;
	}
	*out = files_load(f, x, name, fd, &st, now_us);
	return *out ? 0 : files_status(errno);
}

static int files_perform(struct rd_exchange *x, void *data)
{
	struct rd_files *f = data;
	struct rd_file *kept, *file = NULL;
	uint64_t now_us = rd_clock_us();
	int status;

	kept = rd_cache_find(f->cache, x->path, x->target.path_len);
	if (kept &&
	    now_us - atomic_load_explicit(&kept->checked_us, memory_order_relaxed) < CHECK_US)
		return files_reply(x, kept);
	if (files_hidden(x->path))
		return 404;
	status = files_find(f, x, kept, now_us, &file);
	if (kept && file != kept) {
		if (!file)
			rd_cache_forget(f->cache, x->path, x->target.path_len);
		rd_file_drop(kept);
	}
	return file ? files_reply(x, file) : status;
}

const struct rd_handler rd_files = {
	.name = "files",
	.perform = files_perform,
	.release = files_free,
};
