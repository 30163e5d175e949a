/*
 * directory - the list of what a directory holds, as a page. Names that begin with a dot, and what
 * is neither a file nor a directory, are left out.
 * Thread:  any worker.
 * Owns:    the open directory, until it is read.
 */
#include "handlers/directory.h"

#include "app/app.h"
#include "base/buffer.h"
#include "codec/listing.h"
#include "handlers/beneath.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct list {
	struct rd_listing_entry *entry;
	size_t count, size;
};

static void list_free(struct list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free((char *)l->entry[i].name);
	free(l->entry);
}

static bool list_add(struct list *l, const char *name, const struct stat *st)
{
	struct rd_listing_entry *e;

	if (l->count == l->size) {
		size_t size = l->size ? 2 * l->size : 64;

		e = realloc(l->entry, size * sizeof(*e));
		if (!e)
			return false;
		l->entry = e;
		l->size = size;
	}
	e = &l->entry[l->count];
	*e = (struct rd_listing_entry){
		.name = strdup(name),
		.size = (uint64_t)st->st_size,
		.mtime = st->st_mtim.tv_sec,
		.is_dir = S_ISDIR(st->st_mode),
	};
	l->count += e->name != NULL;
	return e->name;
}

/* What the name leads to; false where that is not below the root, or neither file nor directory. */
static bool list_look(int root, const char *path, const char *name, struct stat *st)
{
	char full[PATH_MAX + NAME_MAX];
	int fd;
	bool seen;

	snprintf(full, sizeof(full), "%s%s", path + 1, name);
	fd = rd_beneath_open(root, full, O_PATH);
	if (fd < 0)
		return false;
	seen = fstat(fd, st) == 0 && (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode));
	close(fd);
	return seen;
}

static bool list_read(struct list *l, DIR *dir, int root, const char *path)
{
	const struct dirent *d;
	struct stat st;

	while ((d = readdir(dir)))
		if (d->d_name[0] != '.' && list_look(root, path, d->d_name, &st) &&
		    !list_add(l, d->d_name, &st))
			return false;
	return true;
}

int rd_directory_reply(struct replyd_exchange *x, int root, int fd)
{
	struct rd_buffer page = { 0 };
	struct list list = { 0 };
	DIR *dir = fdopendir(fd);
	bool made;

	if (!dir) {
		close(fd);
		return 500;
	}
	made = list_read(&list, dir, root, replyd_rest(x));
	closedir(dir);
	if (made && list.count > 0)
		qsort(list.entry, list.count, sizeof(*list.entry), rd_listing_compare);
	made = made && rd_listing_page(&page, x->path, list.entry, list.count);
	list_free(&list);
	if (!made) {
		rd_buffer_free(&page);
		return 503;
	}
	rd_reply_bytes(&x->reply, 200, "text/html; charset=utf-8", page.at, page.len, free,
		       page.at);
	return 0;
}
