/*
 * openat - for a server that is counted under valgrind, which does not know
 * openat2: preloaded, it has the plain openat called in its stead.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

long syscall(long number, ...)
{
	static long (*next)(long, ...);
	const struct open_how *how;
	long with[6];
	va_list all;

	va_start(all, number);
	for (int i = 0; i < 6; i++)
		with[i] = va_arg(all, long);
	va_end(all);
	if (number == SYS_openat2) {
		how = (const struct open_how *)with[2];
		return openat((int)with[0], (const char *)with[1], (int)how->flags,
			      (mode_t)how->mode);
	}
	if (!next)
		next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	return next(number, with[0], with[1], with[2], with[3], with[4], with[5]);
}
