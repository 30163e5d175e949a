/*
 * files - serves the files of one directory.
 */
#ifndef RD_HANDLERS_FILES_H
#define RD_HANDLERS_FILES_H

#include "app/handler.h"

#include <stdbool.h>
#include <stddef.h>

struct rd_files;
struct rd_mime;

/*
 * `root` is a directory, and what is in it stands below the route's prefix; with `list`, a
 * directory without an index.html is shown as a list. At most about `kept` files stay open for the
 * next who asks. NULL with errno when it cannot be opened.
 */
struct rd_files *rd_files_new(const char *root, bool list, size_t kept);

/* What the path led to has changed: the next who asks gets what is there then. */
void rd_files_forget(struct rd_files *files, const char *path, size_t len);

/* Before it serves: types in place of the system's. They are the caller's, and live longer. */
void rd_files_types(struct rd_files *files, const struct rd_mime *mime);

/* data is a struct rd_files, which release frees. */
extern const struct rd_handler rd_files;

#endif
