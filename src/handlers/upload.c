/*
 * upload - takes files into a directory, and serves them.
 *
 * What is sent is written to a file without a name, or where the file system has none with a
 * hidden one, beside the one that it becomes; it is on disk before it gets the name, and has the
 * name at once. So who reads sees the old or the new, and a crash leaves no half of one.
 *
 * Thread:  any worker; all of it may block.
 * Owns:    the directory's descriptor, and what serves its files.
 */
#include "handlers/upload.h"

#include "app/app.h"
#include "base/clock.h"
#include "base/lock.h"
#include "codec/condition.h"
#include "codec/etag.h"
#include "handlers/beneath.h"
#include "handlers/files.h"
#include "handlers/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct rd_upload {
	int root;
	struct rd_files *files;
	/* rank UPLOAD: from the look at what is there until it is replaced, so that of two who
	 * both expect the same version only one replaces it */
	struct rd_lock lock;
};

static void upload_free(void *data)
{
	struct rd_upload *u = data;

	if (u->files)
		rd_files.release(u->files);
	if (u->root >= 0)
		close(u->root);
	rd_lock_fini(&u->lock);
	free(u);
}

struct rd_upload *rd_upload_new(const char *root, bool list, size_t kept)
{
	struct rd_upload *u = calloc(1, sizeof(*u));
	int error;

	if (!u)
		return NULL;
	rd_lock_init(&u->lock, RANK_UPLOAD);
	u->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	u->files = u->root < 0 ? NULL : rd_files_new(root, list, kept);
	if (u->files)
		return u;
	error = errno;
	upload_free(u);
	errno = error;
	return NULL;
}

void rd_upload_types(struct rd_upload *u, const struct rd_mime *mime)
{
	rd_files_types(u->files, mime);
}

static int upload_status(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
	case EROFS:
	case EXDEV: /* a way out of the directory */
		return 403;
	case ENOENT: /* no directory to put it in */
	case ENOTDIR:
	case EISDIR:
	case ELOOP:
	case EEXIST: /* somebody else made it meanwhile */
		return 409;
	case EFBIG:
		return 413;
	case ENAMETOOLONG:
		return 414;
	case ENOSPC:
	case EDQUOT:
		return 507;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
		return 503;
	default:
		return 500;
	}
}

static bool upload_hidden(const char *path)
{
	return strstr(path, "/.") != NULL;
}

/* The directory that the last name of `rest` stands in; -1 with errno. */
static int upload_parent(const struct rd_upload *u, const char *rest, const char *name)
{
	char parent[PATH_MAX];
	size_t len = (size_t)(name - (rest + 1));

	if (len >= sizeof(parent)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(parent, rest + 1, len);
	parent[len] = '\0';
	return rd_beneath_open(u->root, parent, O_RDONLY | O_DIRECTORY);
}

/* Does the request have a body that is stored as it came: whole, and not coded? 0, or a status. */
static int upload_body_ok(const struct rd_head *head)
{
	const struct rd_field *coding;
	unsigned i = 0;

	for (unsigned f = 0; f < head->fields; f++)
		if (rd_span_eq_nocase(head->field[f].name, "content-range"))
			return 400; /* RFC 9110 §14.5 */
	while ((coding = rd_head_next(head, FIELD_CONTENT_ENCODING, &i)))
		if (coding->value.len > 0 && !rd_span_eq_nocase(coding->value, "identity"))
			return 415;
	return 0;
}

/*
 * What is there now, if that is a file or nothing, and whether the request still applies to it. 0,
 * or a status. *is_new: nothing is there.
 */
static int upload_weigh(const struct rd_head *head, int dir, const char *name, struct stat *st,
			bool *is_new)
{
	struct rd_condition there = { .now = rd_clock_wall_s() };
	char tag[RD_ETAG_SIZE];

	*is_new = fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) != 0;
	if (*is_new && errno != ENOENT)
		return upload_status(errno);
	if (!*is_new && !S_ISREG(st->st_mode))
		return 409;
	if (!*is_new) {
		rd_etag_format(tag, st->st_mtim.tv_sec, st->st_mtim.tv_nsec, (uint64_t)st->st_size,
			       st->st_ino, NULL);
		there.exists = there.dated = true;
		there.etag = rd_span_of(tag);
		there.mtime = st->st_mtim.tv_sec;
	}
	return rd_condition_check(head, &there);
}

/* Writes the body, and has it on disk. 0, or an error number. */
static int upload_write(struct replyd_exchange *x, struct rd_place *p)
{
	int error = x->content_file >= 0 ? rd_place_copy(p, x->content_file, x->content_len)
					 : rd_place_write(p, x->content.at, x->content.len);

	if (!error && fsync(p->fd) != 0)
		error = errno;
	return error;
}

/* Puts it in place, if the request still applies. 0 or a status; *is_new: nothing was there. */
static int upload_swap(struct rd_upload *u, struct replyd_exchange *x, int dir, const char *name,
		       struct rd_place *p, bool *is_new)
{
	struct stat was;
	int status, error = 0;

	rd_lock_take(&u->lock);
	status = upload_weigh(&x->head, dir, name, &was, is_new);
	if (!status && !*is_new) /* who may read the old may read the new */
		error = fchmod(p->fd, was.st_mode & 0777) == 0 ? 0 : errno;
	if (!status && !error)
		error = rd_place_take(p, dir, name, !*is_new);
	rd_lock_drop(&u->lock);
	return error ? upload_status(error) : status;
}

/* The tag by which the client may name what it has stored (RFC 9110 §9.3.4). */
static void upload_tag(struct rd_reply *reply, const struct stat *st)
{
	char tag[RD_ETAG_SIZE];

	rd_etag_format(tag, st->st_mtim.tv_sec, st->st_mtim.tv_nsec, (uint64_t)st->st_size,
		       st->st_ino, NULL);
	rd_reply_field(reply, "ETag", tag);
}

static int upload_store(struct rd_upload *u, struct replyd_exchange *x, int dir, const char *name)
{
	struct rd_place place;
	struct stat st;
	bool is_new;
	int status = upload_weigh(&x->head, dir, name, &st, &is_new), error;

	if (status) /* said before anything is written; it is asked again when all is */
		return status;
	error = rd_place_open(&place, dir);
	if (error)
		return upload_status(error);
	error = upload_write(x, &place);
	status = error ? upload_status(error) : upload_swap(u, x, dir, name, &place, &is_new);
	if (!status && (fsync(dir) != 0 || fstat(place.fd, &st) != 0))
		status = upload_status(errno);
	rd_place_close(&place, dir);
	rd_files_forget(u->files, x->path, x->target.path_len);
	if (status)
		return status;
	upload_tag(&x->reply, &st);
	if (is_new)
		return 201;
	x->reply.status = 204;
	return 0;
}

static int upload_put(struct rd_upload *u, struct replyd_exchange *x, int dir, const char *name)
{
	char location[RD_REPLY_FIELDS / 2];
	int status = upload_body_ok(&x->head);

	if (status)
		return status;
	if (rd_target_encode(x->path, x->target.path_len, location, sizeof(location)) >=
	    sizeof(location))
		return 414;
	status = upload_store(u, x, dir, name);
	if (status == 201)
		rd_reply_field(&x->reply, "Location", location);
	return status;
}

static int upload_delete(struct rd_upload *u, struct replyd_exchange *x, int dir, const char *name)
{
	struct stat st;
	bool missing;
	int status;

	rd_lock_take(&u->lock);
	status = upload_weigh(&x->head, dir, name, &st, &missing);
	if (!status && missing)
		status = 404;
	else if (!status && unlinkat(dir, name, 0) != 0)
		status = errno == ENOENT ? 404 : upload_status(errno);
	rd_lock_drop(&u->lock);
	rd_files_forget(u->files, x->path, x->target.path_len);
	if (!status && fsync(dir) != 0)
		status = upload_status(errno);
	if (!status)
		x->reply.status = 204;
	return status;
}

/* The name that is asked for, and the directory that it stands in. 0, or a status. */
static int upload_find(const struct rd_upload *u, struct replyd_exchange *x, int *dir,
		       const char **name)
{
	const char *rest = replyd_rest(x), *slash = strrchr(rest, '/');
	bool removes = x->head.method == METHOD_DELETE;

	*name = slash ? slash + 1 : rest;
	if (upload_hidden(rest))
		return removes ? 404 : 403;
	if (!**name) /* a directory's */
		return 409;
	*dir = upload_parent(u, rest, *name);
	if (*dir >= 0)
		return 0;
	return removes && (errno == ENOENT || errno == ENOTDIR) ? 404 : upload_status(errno);
}

/* What would become of a PUT now, but for the writing. */
static int upload_admit(struct replyd_exchange *x, void *data)
{
	const char *name;
	struct stat st;
	bool is_new;
	int dir, status;

	if (x->head.method != METHOD_PUT)
		return 0;
	status = upload_find(data, x, &dir, &name);
	if (status)
		return status;
	status = upload_body_ok(&x->head);
	if (!status)
		status = upload_weigh(&x->head, dir, name, &st, &is_new);
	close(dir);
	return status;
}

static int upload_perform(struct replyd_exchange *x, void *data)
{
	struct rd_upload *u = data;
	bool removes = x->head.method == METHOD_DELETE;
	const char *name;
	int dir, status;

	if (x->head.method != METHOD_PUT && !removes)
		return rd_files.perform(x, u->files);
	status = upload_find(u, x, &dir, &name);
	if (status)
		return status;
	status = removes ? upload_delete(u, x, dir, name) : upload_put(u, x, dir, name);
	close(dir);
	return status;
}

const struct rd_handler rd_upload = {
	.name = "upload",
	.methods = 1u << METHOD_GET | 1u << METHOD_HEAD | 1u << METHOD_PUT,
	.admit = upload_admit,
	.perform = upload_perform,
	.release = upload_free,
};

const struct rd_handler rd_upload_delete = {
	.name = "upload",
	.methods = 1u << METHOD_GET | 1u << METHOD_HEAD | 1u << METHOD_PUT | 1u << METHOD_DELETE,
	.admit = upload_admit,
	.perform = upload_perform,
	.release = upload_free,
};
