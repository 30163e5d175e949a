/*
 * failing - what a program asks of the system fails when a test says so: allocations, files,
 * writes. The linker leads the calls of our own sources here (--wrap, see local.mk); what libraries
 * call among themselves is left alone. One thread.
 */
#ifndef TESTS_UNIT_FAILING_H
#define TESTS_UNIT_FAILING_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

static struct {
	uint64_t count;	   /* calls so far */
	uint64_t at;	   /* the call that fails; 0: none */
	unsigned one_in;   /* of so many calls one fails, by chance; 0: none */
	uint64_t random;   /* state of that */
	unsigned failures; /* so far */
} failing;

/* splitmix64: https://prng.di.unimi.it/ */
static inline uint64_t failing_random(void)
{
	uint64_t z = failing.random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Whether the call that is made now fails. */
static bool failing_now(void)
{
	bool fails = ++failing.count == failing.at;

	if (failing.one_in)
		fails = failing_random() % failing.one_in == 0;
	failing.failures += fails;
	return fails;
}

/* One of several, in turn or by chance. */
static int failing_errno(const int *list, size_t n)
{
	return list[(failing.one_in ? failing_random() : failing.count) % n];
}

/* Sets errno to one of a list. */
#define FAIL_WITH(...)                                 \
	(errno = failing_errno((int[]){ __VA_ARGS__ }, \
			       sizeof((int[]){ __VA_ARGS__ }) / sizeof(int)))

/* A call that gives memory, or NULL. */
#define FAILS_TO_ALLOCATE(result, name, parameters, arguments) \
	result __real_##name parameters;                       \
	result __wrap_##name parameters;                       \
	result __wrap_##name parameters                        \
	{                                                      \
		if (!failing_now())                            \
			return __real_##name arguments;        \
		FAIL_WITH(ENOMEM);                             \
		return (result)0;                              \
	}

/* A call that gives -1 with one of some errors. */
#define FAILS(result, name, parameters, arguments, ...) \
	result __real_##name parameters;                \
	result __wrap_##name parameters;                \
	result __wrap_##name parameters                 \
	{                                               \
		if (!failing_now())                     \
			return __real_##name arguments; \
		FAIL_WITH(__VA_ARGS__);                 \
		return (result)-1;                      \
	}

/* One that moves `len` bytes: some of the time it moves a single one, which is no failure. */
#define FAILS_OR_IS_SHORT(name, parameters, arguments, ...)                              \
	ssize_t __real_##name parameters;                                                \
	ssize_t __wrap_##name parameters;                                                \
	ssize_t __wrap_##name parameters                                                 \
	{                                                                                \
		if (len > 1 && failing.one_in && failing_random() % failing.one_in == 0) \
			len = 1;                                                         \
		if (!failing_now())                                                      \
			return __real_##name arguments;                                  \
		FAIL_WITH(__VA_ARGS__);                                                  \
		return -1;                                                               \
	}

FAILS_TO_ALLOCATE(void *, malloc, (size_t size), (size))
FAILS_TO_ALLOCATE(void *, calloc, (size_t n, size_t size), (n, size))
FAILS_TO_ALLOCATE(void *, realloc, (void *at, size_t size), (at, size))
FAILS_TO_ALLOCATE(void *, reallocarray, (void *at, size_t n, size_t size), (at, n, size))
FAILS_TO_ALLOCATE(void *, aligned_alloc, (size_t align, size_t size), (align, size))
FAILS_TO_ALLOCATE(char *, strdup, (const char *s), (s))
FAILS_TO_ALLOCATE(char *, strndup, (const char *s, size_t n), (s, n))
FAILS_TO_ALLOCATE(FILE *, fmemopen, (void *at, size_t size, const char *mode), (at, size, mode))
FAILS_TO_ALLOCATE(DIR *, fdopendir, (int fd), (fd))
FAILS(int, open64, (const char *path, int flags, mode_t mode), (path, flags, mode), EMFILE, ENFILE,
      ENOSPC, ENOMEM)
FAILS(int, openat64, (int dir, const char *path, int flags, mode_t mode), (dir, path, flags, mode),
      EMFILE, ENFILE, ENOSPC)
FAILS(int, mkostemp64, (char *path, int flags), (path, flags), EMFILE, ENOSPC)
FAILS(long, syscall, (long number, long a, long b, long c, long d, long e), /* openat2 */
      (number, a, b, c, d, e), EMFILE, ENFILE, EINTR, EAGAIN)
FAILS(void *, mmap64, (void *at, size_t len, int protect, int flags, int fd, off_t offset),
      (at, len, protect, flags, fd, offset), ENOMEM)
FAILS(int, fsync, (int fd), (fd), EIO, ENOSPC)
FAILS(int, renameat, (int from, const char *a, int to, const char *b), (from, a, to, b), ENOSPC,
      EIO)
FAILS(int, linkat, (int from, const char *a, int to, const char *b, int flags),
      (from, a, to, b, flags), ENOSPC, EIO)
FAILS_OR_IS_SHORT(write, (int fd, const void *from, size_t len), (fd, from, len), EINTR, ENOSPC,
		  EIO)
FAILS_OR_IS_SHORT(read, (int fd, void *to, size_t len), (fd, to, len), EINTR, EIO)
FAILS_OR_IS_SHORT(pread64, (int fd, void *to, size_t len, off_t at), (fd, to, len, at), EINTR, EIO)

/* Their formats come as a list; with a fortified libc by other names. */
int __real_vasprintf(char **to, const char *format, va_list args);

static int failing_print(char **to, const char *format, va_list args)
{
	if (!failing_now())
		return __real_vasprintf(to, format, args);
	FAIL_WITH(ENOMEM);
	*to = (char *)1; /* undefined after a failure: who uses or frees it dies of it */
	return -1;
}

int __wrap_vasprintf(char **to, const char *format, va_list args);
int __wrap_vasprintf(char **to, const char *format, va_list args)
{
	return failing_print(to, format, args);
}

int __wrap___vasprintf_chk(char **to, int flag, const char *format, va_list args);
int __wrap___vasprintf_chk(char **to, int flag, const char *format, va_list args)
{
	(void)flag;
	return failing_print(to, format, args);
}

#define PRINTS(name, ...)                                                  \
	int __wrap_##name(char **to, __VA_ARGS__ const char *format, ...); \
	int __wrap_##name(char **to, __VA_ARGS__ const char *format, ...)  \
	{                                                                  \
		va_list args;                                              \
		int len;                                                   \
                                                                           \
		va_start(args, format);                                    \
		len = failing_print(to, format, args);                     \
		va_end(args);                                              \
		return len;                                                \
	}

PRINTS(asprintf, )
PRINTS(__asprintf_chk, __attribute__((unused)) int flag, )

#endif
