/*
 * beside - a file that is there whole, or not at all: it is written beside its place.
 */
#ifndef RD_CLIENT_BESIDE_H
#define RD_CLIENT_BESIDE_H

#include <stdbool.h>
#include <stdio.h>

struct rd_beside {
	FILE *to;
	char *path;
	char *part; /* where it is written; NULL: in its place, which is no regular file */
};

/*
 * One at a time. SIGHUP, SIGINT and SIGTERM, unless they are ignored or caught later, remove it
 * before they end the program. False with errno.
 */
bool rd_beside_open(struct rd_beside *b, const char *path);

/* It is whole: puts it in its place, over what was there. False with errno: it is gone. */
bool rd_beside_keep(struct rd_beside *b);

/* It is not: nothing is left of it. */
void rd_beside_drop(struct rd_beside *b);

#endif
