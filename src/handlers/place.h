/*
 * place - a file that is written aside, and then takes the place of another at once.
 */
#ifndef RD_HANDLERS_PLACE_H
#define RD_HANDLERS_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RD_PLACE_NAME = 32 };

struct rd_place {
	int fd;
	char name[RD_PLACE_NAME]; /* hidden, in the directory; "" while the file has none */
};

/* Each gives 0 or an error number. `dir` is the directory's descriptor, the same in all. */

/* An empty file that can take a place in dir. */
int rd_place_open(struct rd_place *p, int dir);
int rd_place_write(struct rd_place *p, const char *bytes, size_t len);
/* Writes the first `len` bytes of the file `from`, whose offset stays. */
int rd_place_copy(struct rd_place *p, int from, uint64_t len);
/* It is `name` from now on, in place of what was; EEXIST where something was and none should be. */
int rd_place_take(struct rd_place *p, int dir, const char *name, bool replace);

/* Closes it; what did not take its place is gone. */
void rd_place_close(struct rd_place *p, int dir);

#endif
