/*
 * load - takes a file from below a directory, with the coded ones beside it: NAME.br, NAME.zst,
 * NAME.gz. One that is older than NAME is not there.
 */
#ifndef RD_HANDLERS_LOAD_H
#define RD_HANDLERS_LOAD_H

#include "base/span.h"
#include "handlers/file.h"

struct rd_mime;
struct rd_reply;

struct rd_load {
	int root;
	const struct rd_mime *mime; /* NULL: the built-in types alone */
	struct rd_reply *scratch;   /* is begun anew */
};

enum { RD_LOAD_SUFFIX = 4 }; /* bytes that the names of coded ones are longer, at most */

/*
 * The file `name` (writable, with RD_LOAD_SUFFIX bytes of room behind it; as it was after), open as
 * `fd` with the identity `st`, to be kept for the path. Takes fd in any case. It has one reference.
 * NULL with errno.
 */
struct rd_file *rd_load_file(const struct rd_load *load, struct rd_span path, char *name, int fd,
			     const struct stat *st);

/* Whether `st` is the identity of the file as loaded, and what is beside it is the same too. */
bool rd_load_same(const struct rd_load *load, const struct rd_file *file, char *name,
		  const struct stat *st);

/* How much of a path is that of the file which a file there is a coded one of: all, if of none. */
size_t rd_load_plain(const char *path, size_t len);

/* The content once more, malloc'd. NULL with errno: EIO when it is not what it was at `st`. */
char *rd_load_again(int fd, const struct stat *st);

#endif
