/*
 * load - takes a file from below a directory, with the coded ones beside it.
 * Thread:  any worker.
 */
#include "handlers/load.h"

#include "app/exchange.h"
#include "base/clock.h"
#include "codec/mime.h"
#include "handlers/beneath.h"
#include "handlers/encode.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IN_MEMORY = 16 * 1024 }; /* a longer file costs less by sendfile than as bytes */

static const char *const suffixes[RD_FILE_CODINGS] = {
	[RD_CODING_BR] = ".br",
	[RD_CODING_ZSTD] = ".zst",
	[RD_CODING_GZIP] = ".gz",
};

size_t rd_load_plain(const char *path, size_t len)
{
	for (size_t i = 0; i < RD_FILE_CODINGS; i++) {
		size_t suffix = strlen(suffixes[i]);

		if (len > suffix && memcmp(path + len - suffix, suffixes[i], suffix) == 0)
			return len - suffix;
	}
	return len;
}

/* Reads exactly `len` bytes from the start; false with errno. */
static bool load_read(int fd, char *to, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = pread(fd, to + got, len - got, (off_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO; /* shorter than it was */
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

static bool load_identical(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

char *rd_load_again(int fd, const struct stat *st)
{
	char *bytes = malloc((size_t)st->st_size + 1);
	struct stat now;

	if (!bytes || (load_read(fd, bytes, (size_t)st->st_size) && fstat(fd, &now) == 0 &&
		       load_identical(&now, st)))
		return bytes;
	free(bytes);
	errno = EIO;
	return NULL;
}

/* Fills `v` but for its head. Takes fd in any case. False with errno. */
static bool load_variant(struct rd_variant *v, int fd, const struct stat *st, const char *coding)
{
	int64_t now = rd_clock_wall_s();

	v->fd = fd;
	v->st = *st;
	v->size = (uint64_t)st->st_size;
	v->coding = coding;
	/* RFC 9110 §8.8.2.1: a time to come is replaced */
	v->modified = st->st_mtim.tv_sec < now ? st->st_mtim.tv_sec : now;
	rd_etag_format(v->etag, st->st_mtim.tv_sec, st->st_mtim.tv_nsec, v->size, st->st_ino,
		       coding);
	if (st->st_size > IN_MEMORY)
		return true;
	v->bytes = malloc((size_t)st->st_size + 1);
	if (!v->bytes || !load_read(fd, v->bytes, (size_t)st->st_size))
		return false;
	close(fd);
	v->fd = -1;
	return true;
}

static bool load_older(const struct stat *a, const struct stat *b)
{
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
		return a->st_mtim.tv_sec < b->st_mtim.tv_sec;
	return a->st_mtim.tv_nsec < b->st_mtim.tv_nsec;
}

/* The coded one beside `name`, or -1. */
static int load_beside(const struct rd_load *load, char *name, const struct stat *plain,
		       enum rd_coding coding, struct stat *st)
{
	size_t len = strlen(name);
	int fd;

	strcpy(name + len, suffixes[coding]);
	fd = rd_beneath_open(load->root, name, O_RDONLY);
	name[len] = '\0';
	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_size > 0 && !load_older(st, plain))
		return fd;
	close(fd);
	return -1;
}

/* The coding that the name says its content has, which no type tells; or NULL. */
static const char *load_coding(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && strcasecmp(name + len - 5, ".svgz") == 0 ? "gzip" : NULL;
}

static bool load_may_vary(const struct rd_file *file)
{
	return !file->plain.coding && !rd_encode_packed(file->type);
}

/* The coded one beside the file; NULL when there is none, or it cannot be read. */
static struct rd_variant *load_coded(const struct rd_load *load, const struct rd_file *file,
				     char *name, enum rd_coding coding)
{
	struct rd_variant *v;
	struct stat st;
	int fd = load_beside(load, name, &file->plain.st, coding, &st);

	if (fd < 0)
		return NULL;
	v = rd_variant_new();
	if (!v) {
		close(fd);
		return NULL;
	}
	if (load_variant(v, fd, &st, rd_accept_word(coding)))
		return v;
	rd_variant_free(v);
	return NULL;
}

/* What is beside the file, and what could be made of it. */
static void load_codings(const struct rd_load *load, struct rd_file *file, char *name)
{
	bool worth = rd_encode_worth(file->type, file->plain.size);

	for (enum rd_coding i = 0; i < RD_FILE_CODINGS && load_may_vary(file); i++) {
		struct rd_variant *v = load_coded(load, file, name, i);

		if (!v && worth && (RD_ENCODE_MAKES & 1u << i))
			v = &rd_file_untried;
		file->coded[i] = v;
		file->varies = file->varies || v;
	}
}

/* Once it is known what there is. False when there is no memory. */
static bool load_heads(struct rd_file *file, struct rd_reply *scratch)
{
	for (int i = 0; i < RD_FILE_CODINGS; i++) {
		struct rd_variant *v = file->coded[i];

		if (v && v != &rd_file_untried && !rd_file_head(file, v, scratch))
			return false;
	}
	return rd_file_head(file, &file->plain, scratch);
}

struct rd_file *rd_load_file(const struct rd_load *load, struct rd_span path, char *name, int fd,
			     const struct stat *st)
{
	struct rd_file *file = rd_file_new(path.at, path.len);
	int error;

	if (!file) {
		close(fd);
		errno = ENOMEM;
		return NULL;
	}
	file->type = rd_mime_of(load->mime, name);
	if (load_variant(&file->plain, fd, st, load_coding(name))) {
		load_codings(load, file, name);
		if (load_heads(file, load->scratch))
			return file;
		errno = ENOMEM;
	}
	error = errno;
	rd_file_drop(file);
	errno = error;
	return NULL;
}

bool rd_load_same(const struct rd_load *load, const struct rd_file *file, char *name,
		  const struct stat *st)
{
	if (!load_identical(st, &file->plain.st))
		return false;
	for (enum rd_coding i = 0; i < RD_FILE_CODINGS && load_may_vary(file); i++) {
		const struct rd_variant *v = rd_file_variant(file, i);
		struct stat now;
		int fd = load_beside(load, name, st, i, &now);

		if (fd >= 0)
			close(fd);
		if (v && v->made)
			v = NULL;
		if ((fd >= 0) != (v != NULL) || (v && !load_identical(&now, &v->st)))
			return false;
	}
	return true;
}
