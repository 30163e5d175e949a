/*
 * file - a file as it was when it was opened, in each coding that it can be sent in: small ones
 * with their bytes, large ones with an open descriptor, all with the ready part of a 200's head.
 */
#ifndef RD_HANDLERS_FILE_H
#define RD_HANDLERS_FILE_H

#include "codec/accept.h"
#include "codec/etag.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define RD_FILE_CODINGS RD_CODING_IDENTITY /* all but the bytes as they are */

struct rd_reply;

/* What is sent in one coding. Does not change once others than its maker can see it. */
struct rd_variant {
	uint64_t size;
	char *bytes; /* [size], or NULL: they are in fd */
	int fd;	     /* -1 when the bytes are here */
	char *head;  /* ready part of a 200 */
	size_t head_len;
	const char *coding; /* as Content-Encoding says it, or NULL */
	bool made;	  /* coded here: a later start may code it otherwise, so no ranges of it */
	int64_t modified; /* its Last-Modified */
	struct stat st;	  /* of the file that it was read from */
	char etag[RD_ETAG_SIZE];
};

/* Freed at the last drop. */
struct rd_file {
	_Atomic unsigned refs;
	_Atomic uint64_t checked_us; /* when its identity was last seen to be the same */
	bool varies;		     /* the coding depends on who asks */
	const char *type;	     /* lives as long as the handler */
	struct rd_variant plain;
	/*
	 * By enum rd_coding. NULL where there is none. rd_file_untried may become
	 * rd_file_making, by who then makes it, and that a variant or NULL, and then stays so.
	 */
	struct rd_variant *_Atomic coded[RD_FILE_CODINGS];
	/* the cache's, under its lock */
	struct rd_file *next, *newer, *older;
	uint64_t hash;
	size_t bytes, descriptors; /* as counted by the cache; 0 descriptors: not kept */
	size_t path_len;
	char path[];
};

/* Stand in `coded` for what can be made and is not there yet. */
extern struct rd_variant rd_file_untried, rd_file_making;

/* A file with one reference, nothing open and no bytes; or NULL when there is no memory. */
struct rd_file *rd_file_new(const char *path, size_t len);
/* Gives a reference back. void *, so that it can be the release of a body. */
void rd_file_drop(void *file);

/* The variant of that coding if it is there, else NULL. For RD_CODING_IDENTITY never NULL. */
const struct rd_variant *rd_file_variant(const struct rd_file *file, enum rd_coding coding);

/* An empty variant, with nothing open; NULL when there is no memory. */
struct rd_variant *rd_variant_new(void);
/* NULL is allowed. */
void rd_variant_free(struct rd_variant *v);

/* Adds the fields that a 200 and a 206 of it have; without a Content-Type, those of a 304. */
void rd_file_fields(const struct rd_file *file, const struct rd_variant *v, const char *type,
		    struct rd_reply *reply);

/* Makes v->head, in `scratch`, which is begun anew after. False when there is no memory. */
bool rd_file_head(const struct rd_file *file, struct rd_variant *v, struct rd_reply *scratch);

#endif
