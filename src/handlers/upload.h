/*
 * upload - takes files into a directory, and serves them.
 */
#ifndef RD_HANDLERS_UPLOAD_H
#define RD_HANDLERS_UPLOAD_H

#include "app/handler.h"

#include <stdbool.h>
#include <stddef.h>

struct rd_upload;
struct rd_mime;

/* As rd_files_new, which answers what is not an upload. */
struct rd_upload *rd_upload_new(const char *root, bool list, size_t kept);

/* As rd_files_types. */
void rd_upload_types(struct rd_upload *upload, const struct rd_mime *mime);

/*
 * PUT puts the body in place of the file that the path names, whole or not at all, and on disk when
 * it is answered: 201, 204 where there was one. 409: no such directory above it, or it is one. data
 * is a struct rd_upload, which release frees.
 */
extern const struct rd_handler rd_upload;

/* The same, and DELETE removes a file. */
extern const struct rd_handler rd_upload_delete;

#endif
