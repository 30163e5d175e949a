/*
 * slurp - a small file, whole.
 */
#ifndef RD_BASE_SLURP_H
#define RD_BASE_SLURP_H

#include <stddef.h>

/*
 * The bytes of a regular file of at most `max` bytes, to be freed, with a NUL behind them that
 * *len does not count. NULL, and why says which file and what is wrong.
 */
char *rd_slurp(const char *path, size_t max, size_t *len, char *why, size_t size);

#endif
