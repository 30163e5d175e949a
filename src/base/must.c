/*
 * must - says which promise was broken, and stops.
 * Thread:  any.
 * Never:   returns.
 */
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rd_must_fail(const char *promise, const char *func, const char *file, int line, int error)
{
	fprintf(stderr, "replyd: broken promise in %s (%s:%d): %s%s%s\n", func, file, line, promise,
		error ? ": " : "", error ? strerror(error) : "");
	abort();
}
