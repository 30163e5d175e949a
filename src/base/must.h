/*
 * must - promises that our own code makes, checked also in release builds.
 * What a peer, a disk or a caller of the library does is never asserted: it is returned.
 */
#ifndef RD_BASE_MUST_H
#define RD_BASE_MUST_H

/* Stops the program with a core when the promise is broken. */
#define MUST(promise) \
	((promise) ? (void)0 : rd_must_fail(#promise, __func__, __FILE__, __LINE__, 0))

/* The same for a pthread call, which fails only by our misuse. */
#define PTH(call)                                                                     \
	do {                                                                          \
		int pth_error = (call);                                               \
		if (pth_error)                                                        \
			rd_must_fail(#call, __func__, __FILE__, __LINE__, pth_error); \
	} while (0)

_Noreturn void rd_must_fail(const char *promise, const char *func, const char *file, int line,
			    int error);

#endif
